"""What the files of a published tree hold, remembered: so that one which stands as it was left need not be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from runbooks import folders
from runbooks.publish.place import MARKER


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it was published: a digest of its bytes, how many they are, and when they were written, in ns."""

    seal: str
    size: int
    written: int

    def stands(self, tree: Path, name: str) -> bool:
        """Whether nobody has written since to the file of this name."""
        try:
            return folders.state(tree, name) == (self.size, self.written)
        except OSError:
            return False


NONE: Final[Mapping[str, Sealed]] = MappingProxyType({})


def sealed_files(tree: Path, digests: Mapping[str, str], known: Mapping[str, Sealed] = NONE) -> bytes:
    """The files of a tree, by their digests, to be kept. Those that are `known` are not looked at."""
    found = {}
    for name, seal in digests.items():
        one = known.get(name)
        there = (one.size, one.written) if one and one.seal == seal else folders.state(tree, name)
        found[name] = (seal, *there)
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
    states = dict(folders.states(tree))
    states.pop(MARKER, None)
    return states == {name: (one.size, one.written) for name, one in files.items()}
