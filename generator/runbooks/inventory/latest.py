"""Of many runs of one thing the newest: for exports that list every session, job run or snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from runbooks.inventory.seen import Seen


@dataclass(slots=True)
class _Run:
    seen: Seen
    when: datetime | None
    success: datetime | None


def latest(runs: Iterable[tuple[Seen, datetime | None]]) -> Iterator[Seen]:
    """Each thing once, as its newest run has it, with the newest success of all its runs.

    The runs of one thing have the same client, job and id; or name, where there is no id: what has one may have been
    renamed since an older run. Of runs without a time the later row is the newer.
    """
    found: dict[tuple[str, str, str, str], _Run] = {}
    for seen, when in runs:
        key = (seen.client, seen.key, "" if seen.key else seen.name, seen.job)
        run = found.get(key)
        if run is None:
            found[key] = _Run(seen, when, seen.last_success)
            continue
        if run.success is None or (seen.last_success is not None and seen.last_success > run.success):
            run.success = seen.last_success
        if run.when is None or (when is not None and when >= run.when):
            run.seen, run.when = seen, when
    for run in found.values():
        same = run.seen.last_success == run.success
        yield run.seen if same else replace(run.seen, last_success=run.success)
