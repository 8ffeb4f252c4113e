"""What the files of a published tree hold, remembered: so that one which stands as it was left need not be read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runbooks.publish.place import MARKER


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it was published: a digest of its bytes, how many they are, and when they were written, in ns."""

    seal: str
    size: int
    written: int

    def stands(self, file: Path) -> bool:
        """Whether nobody has written to the file since."""
        try:
            there = file.stat(follow_symlinks=False)
        except OSError:
            return False
        return (there.st_size, there.st_mtime_ns) == (self.size, self.written)


def sealed_files(tree: Path, digests: Mapping[str, str]) -> bytes:
    """The files of a tree, by their digests, to be kept."""
    found = {name: (seal, *_state(tree / name)) for name, seal in digests.items()}
    return json.dumps(found, separators=(",", ":")).encode("utf-8", "surrogatepass")


def seals(kept: bytes | None) -> dict[str, Sealed]:
    """What was kept; nothing where it cannot be understood."""
    try:
        found = json.loads(kept) if kept else {}
        return {str(name): Sealed(str(seal), int(size), int(at)) for name, (seal, size, at) in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def stand(tree: Path, files: Mapping[str, Sealed]) -> bool:
    """Whether a tree holds these files and no others, as they were published; the marker is not looked at."""
    found = ((Path(folder), inside) for folder, _, inside in os.walk(tree))
    names = {(folder / name).relative_to(tree).as_posix() for folder, inside in found for name in inside}
    return names - {MARKER} == files.keys() and all(one.stands(tree / name) for name, one in files.items())


def _state(file: Path) -> tuple[int, int]:
    there = file.stat(follow_symlinks=False)
    return there.st_size, there.st_mtime_ns
