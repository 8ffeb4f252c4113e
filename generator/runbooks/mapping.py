"""The column map: which columns of a table that somebody brings say what in a record."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import AfterValidator, Field, field_validator

from runbooks.inventory.feeds import ORDERS, is_pattern
from runbooks.parts import Part
from runbooks.records.agreement import ItemKind
from runbooks.values import Line, Many, Slug, Version

Rows: TypeAlias = Literal["clients", "contacts", "sites", "items", "agreements"]
"""What each row of a table is."""

CONTACT: Final = ("name", "roles", "phone", "email", "approves_up_to", "available", "notes")
SITE: Final = ("name", "address", "notes")
AGREEMENT: Final = ("id", "type", "covers", "starts", "last_day", "signed_on", "signed_by", "billing", "notes")
ITEM: Final = ("name", "kind", "os", "site", "user", "notes")

FIELDS: Final[dict[Rows, tuple[str, ...]]] = {
    "clients": (
        "client", "slug", "aliases", "groups", "status", "owner", "timezone", "business_hours", "warning", "notes",
        *(f"contact.{one}" for one in CONTACT), *(f"site.{one}" for one in SITE),
        *(f"agreement.{one}" for one in AGREEMENT),
    ),
    "contacts": ("client", "site", *CONTACT),
    "sites": ("client", *SITE),
    "items": ("client", "product", *ITEM),
    "agreements": ("client", *AGREEMENT),
}  # fmt: skip
"""What the columns of each kind of row can say. `external_ids.<system>` and `fields.<name>` stand beside these."""

OPEN: Final[dict[Rows, tuple[str, ...]]] = {
    "clients": ("external_ids.", "fields."), "contacts": (), "sites": (), "items": ("external_ids.",), "agreements": (),
}  # fmt: skip
"""What fields of one's own begin with."""

KINDS: Final = get_args(ItemKind)


def _encoding(name: str) -> str:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        raise ValueError(f"{name} is no encoding; write utf-8, utf-16 or cp1252") from None
    return name


def style(words: str) -> str:
    """How days are written, as it may be said.

    Raises:
        ValueError: when nobody can read days by it.
    """
    if words not in ORDERS and not is_pattern(words):
        raise ValueError(f"write {', '.join(ORDERS)}, or a pattern such as %d/%m/%Y")
    return words


Encoding: TypeAlias = Annotated[Line, AfterValidator(_encoding)]


class Skip(Part):
    """Rows that are no client, contact or device any more. They are listed, and not taken in."""

    column: Line = Field(description="The column that says so.")
    values: Many[Line] = Field(description="The words there that mean it, whatever their case.")
    reason: Line = Field(description="Why, as the list of what was left out says it.")


class Table(Part):
    """One kind of row: which files hold it, and what its columns say."""

    rows: Rows = Field(description="What each row is: clients, contacts, sites, items or agreements.")
    files: Line | None = Field(
        None, description="The names of its files or sheets, with * for any letters. Without it: any."
    )
    columns: dict[Line, Line | Many[Line]] = Field(
        description="A field of a record, and its column, or several whose texts are put together. A | stands between "
        "names that the same column has in different exports."
    )
    ignore: Many[Line] = Field((), description="Columns that say nothing a record needs: they are not listed.")
    words: dict[Line, dict[Line, Line]] = Field(
        default_factory=dict, description="For a field: the words of the table, and what the record says instead."
    )
    skip: Many[Skip] = Field((), description="Rows that are left out.")
    product: Slug | None = Field(None, description="For items: the product that protects all of them.")

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: dict[str, str | tuple[str, ...]], info: object) -> dict[str, str | tuple[str, ...]]:
        rows: Rows | None = getattr(info, "data", {}).get("rows")
        if rows is None:
            return columns
        unknown = [one for one in columns if one not in FIELDS[rows] and not one.startswith(OPEN[rows] or ("\0",))]
        wrong = [f"{rows} have no field {', '.join(unknown)}"] if unknown else []
        if "client" not in columns:
            wrong.append("no column says whose each row is: map client")
        if unknown:
            wrong.append(f"there are {', '.join((*FIELDS[rows], *OPEN[rows]))}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return columns


class Map(Part):
    """import.yml: how the tables that somebody brings become records."""

    version: Version = Field(1, alias="schema", description="The version of the map's shape: 1.")
    encoding: Encoding = Field("utf-8", description="How the letters are written where no mark at the start says it.")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="What stands between two cells. Without it: what the header has most of."
    )
    dates: Annotated[Line, AfterValidator(style)] | None = Field(
        None, description="How days are written: day_first, month_first, iso, or a pattern such as %d/%m/%Y."
    )
    tables: Many[Table] = Field(min_length=1, description="The kinds of row. The first that fits a file is taken.")
