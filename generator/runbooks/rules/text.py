"""The rules that readers check by themselves: the text of a file and the shape of what is in it."""

from __future__ import annotations

from runbooks.findings import Blocks
from runbooks.rules.registry import read_by
from runbooks.source import CODES

for _code, (_name, _summary) in CODES.items():
    read_by(_code, _name, _summary)

_SHAPES = {
    "REC": ("record", Blocks.CLIENT),
    "POL": ("policy", Blocks.SITE),
    "CAT": ("product", Blocks.NOTHING),
}

for _family, (_what, _blocks) in _SHAPES.items():
    read_by(
        f"{_family}001",
        f"{_what}-unknown-key",
        """Every key is one that the manual names.

        A misspelt key would be ignored, and what it says with it.

        Mend: correct the key; the message names the nearest one.
        """,
        blocks=_blocks,
    )
    read_by(
        f"{_family}002",
        f"{_what}-wrong-value",
        """Every value is of the kind its key asks for.

        Mend: correct the value; the message says what is expected.
        """,
        blocks=_blocks,
    )
    read_by(
        f"{_family}003",
        f"{_what}-missing-key",
        """Every key that cannot be done without is there.

        Mend: add the key.
        """,
        blocks=_blocks,
    )

read_by(
    "CAT004",
    "product-mac-unsaid",
    """A product says whether it can protect a Mac, and has the procedure or the reason.

    Mend: add add-workstation-mac.md, or set mac.possible to false and say why.
    """,
    blocks=Blocks.NOTHING,
)
read_by(
    "CAT018",
    "monitoring-procedure-given-away",
    """The daily check and the answers to alerts need monitoring.

    They are what a client pays for who is watched. Whatever else their files say, no client without monitoring gets
    them.

    Mend: write `needs: monitoring` in the procedure's front matter.
    """,
    blocks=Blocks.NOTHING,
)
read_by(
    "REC006",
    "short-name",
    """The name of a record's file can stand in an address.

    Mend: rename the file: lower case, digits and single dashes.
    """,
)
read_by(
    "REC007",
    "short-name-twice",
    """No two records have the same short name.

    Their pages would overwrite each other, so neither is trusted.

    Mend: rename one of the files.
    """,
)

read_by(
    "REC011",
    "record-not-read",
    """Whatever looks like a record can be read as one.

    A file called client.yml.txt, a link that leads nowhere, or a file nobody may open would be a client who vanishes
    without a word.

    Mend: give the file its right name and rights, or take it out of clients.
    """,
)
read_by(
    "DOC013",
    "page-not-read",
    """Every hand-written page can be read.

    What cannot be read cannot be checked, so it is not published.

    Mend: give the file its right name and rights, or take it out of docs.
    """,
    blocks=Blocks.PAGE,
)
