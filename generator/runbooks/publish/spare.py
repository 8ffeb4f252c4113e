"""A stage that begins as a release of old: what is published still is in it already, and need not be shared again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from runbooks import folders
from runbooks.publish.place import SPARE, is_folder
from runbooks.publish.sealed import Sealed
from runbooks.publish.swap import Staging, in_one_line
from runbooks.publish.tree import Held


def begun(staged: Staging, wanted: Mapping[str, Sealed]) -> Held:
    """Make an empty stage of the spare tree, if there is one; the files that are in it afterwards, and no others.

    These are of those `wanted`, as they stand in the published site: the very same files, to which nobody has written.
    Nothing in a stage may be written to, for that reason, but what is taken out of it before.

    Raises:
        PublishError: when there is no room for a stage any more.
    """
    stage, spare, published = staged.stage, staged.stage.with_name(SPARE), staged.published
    if published is None or not wanted or not is_folder(spare) or not folders.beside(spare, published):
        return {}

    def stays(name: str, number: int) -> bool:
        seal = wanted.get(name)
        return seal is not None and folders.same(stage, number, published, name) == (seal.size, seal.written)

    with in_one_line(staged.site):
        try:
            stage.rmdir()
            spare.rename(stage)
            return dict(folders.swept(stage, stays))
        except OSError:
            shutil.rmtree(stage, ignore_errors=True)
            stage.mkdir()
            return {}
