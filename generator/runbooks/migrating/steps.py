"""The steps from one version of a file's shape to the next, in order. One that does much has a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runbooks.edits import Edit
from runbooks.source import Json

Kind: TypeAlias = Literal["record", "policy", "feeds", "product"]


@dataclass(frozen=True, slots=True)
class Step:
    """What changes with a version.

    `edits` gets the data of a file as it is after the steps before, and yields what is to be changed in it: the same
    for the same data, nothing for a file that needs nothing. Of a record in parts it gets one part after the other.
    """

    to: int
    words: str
    edits: Callable[[Json], Iterable[Edit]]


def _nothing(_: Json) -> Iterable[Edit]:
    return ()


_FIRST: Final = Step(1, "says which version its shape has", _nothing)
"""Files were written before they had to say their version. The line itself is written with every version."""

STEPS: Final[Mapping[Kind, Sequence[Step]]] = {
    "record": (_FIRST,),
    "policy": (_FIRST,),
    "feeds": (_FIRST,),
    "product": (_FIRST,),
}
"""The steps for each kind of file, each to the version after that of the one before, from version 0 on."""
