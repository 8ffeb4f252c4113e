"""The maps that come with the program, and the reading of one's own.

The columns of IT Glue are those of its account export and of its import templates (organizations.csv, contacts.csv,
configurations.csv, locations.csv); those of Hudu are the names that its companies and assets have in its API.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from runbooks import secrets
from runbooks.errors import UserError
from runbooks.findings import Place, Problem
from runbooks.mapping import Map
from runbooks.shape import shaped
from runbooks.source import Document

_ADDRESS: Final = ["address_1 | address_line_1 | address", "address_2 | address_line_2", "city",
                   "region | region_name | state", "postal_code | zip", "country | country_name"]  # fmt: skip
_GONE: Final = {"column": "archived", "values": ["yes", "true", "1"], "reason": "it is archived"}
_NOISE: Final = ["id", "created_at", "updated_at", "archived", "resource_url", "url", "slug", "object_type"]
_ORGANIZATION: Final = "organization | organization_name | company | company_name | client"

_ITGLUE: Final[dict[str, Any]] = {
    "tables": [
        {
            "rows": "clients",
            "files": "*organi?ation*",
            "columns": {
                "client": "name", "aliases": "short_name", "status": "organization_status",
                "notes": ["description", "quick_notes"], "warning": "alert", "external_ids.itglue": "id",
                "site.name": "primary_location_name", "site.address": _ADDRESS,
            },
            "ignore": _NOISE,
            "skip": [
                {"column": "organization_type", "values": ["vendor", "partner", "owner", "internal"],
                 "reason": "it is no client"},
            ],
        },
        {
            "rows": "contacts",
            "files": "*contact*",
            "columns": {
                "client": _ORGANIZATION, "name": ["first_name", "last_name"], "phone": "primary_phone | phone",
                "email": "primary_email | email", "site": "location | location_name", "notes": ["title", "notes"],
            },
            "ignore": _NOISE,
            "skip": [_GONE],
        },
        {
            "rows": "items",
            "files": "*configuration*",
            "columns": {
                "client": _ORGANIZATION, "name": "name", "kind": "configuration_type | configuration_type_name",
                "os": "operating_system | operating_system_name", "user": "contact | contact_name",
                "site": "location | location_name", "notes": "notes",
                "external_ids.itglue": "id",
            },
            "ignore": _NOISE,
            "skip": [
                _GONE,
                {"column": "configuration_status", "values": ["inactive", "decommissioned", "retired"],
                 "reason": "it is not in use"},
            ],
        },
        {
            "rows": "sites",
            "files": "*location*",
            "columns": {"client": _ORGANIZATION, "name": "name", "address": _ADDRESS, "notes": "notes"},
            "ignore": _NOISE,
        },
    ]
}  # fmt: skip

_HUDU: Final[dict[str, Any]] = {
    "tables": [
        {
            "rows": "clients",
            "files": "*compan*",
            "columns": {
                "client": "name | company_name | company", "aliases": "nickname", "notes": "notes",
                "external_ids.hudu": "id", "external_ids.number": "id_number", "site.address": _ADDRESS,
                "contact.phone": "phone_number",
            },
            "ignore": _NOISE,
            "skip": [_GONE],
        },
        {
            "rows": "contacts",
            "files": "*people*",
            "columns": {
                "client": _ORGANIZATION, "name": "name | full_name", "phone": "phone | phone_number | mobile",
                "email": "email | email_address", "notes": ["title | job_title", "notes"],
            },
            "ignore": _NOISE,
            "skip": [_GONE],
        },
        {
            "rows": "contacts",
            "files": "*contact*",
            "columns": {
                "client": _ORGANIZATION, "name": "name | full_name", "phone": "phone | phone_number | mobile",
                "email": "email | email_address", "notes": ["title | job_title", "notes"],
            },
            "ignore": _NOISE,
            "skip": [_GONE],
        },
        {
            "rows": "sites",
            "files": "*location*",
            "columns": {"client": _ORGANIZATION, "name": "name", "address": _ADDRESS, "notes": "notes"},
            "ignore": _NOISE,
            "skip": [_GONE],
        },
        {
            "rows": "items",
            "columns": {
                "client": _ORGANIZATION, "name": "name", "kind": "asset_layout | asset_type | asset_layout_name | type",
                "os": "operating_system | os", "external_ids.hudu": "id",
            },
            "ignore": _NOISE,
            "skip": [_GONE],
            "words": {"kind": {"Servers": "server", "Workstations": "workstation", "Desktops": "workstation",
                               "Laptops": "workstation", "Computer Assets": "workstation",
                               "Virtual Machines": "vm"}},
        },
    ]
}  # fmt: skip

_PLAIN: Final[dict[str, Any]] = {
    "tables": [
        {
            "rows": "clients",
            "columns": {
                "client": "client | client name | company | company name | customer | customer name | name",
                "slug": "slug | short name", "aliases": "aliases | also known as", "groups": "groups | group",
                "status": "status", "owner": "owner", "notes": "notes | comments", "warning": "warning",
                "business_hours": "business hours | hours",
                "contact.name": "contact | contact name | main contact", "contact.phone": "phone | telephone",
                "contact.email": "email | e-mail", "site.name": "site | site name",
                "site.address": ["address | street", "city", "state", "postcode | postal code | zip", "country"],
                "agreement.id": "agreement | agreement number | contract", "agreement.type": "agreement type",
                "agreement.covers": "covers", "agreement.starts": "starts | start date",
                "agreement.last_day": "last day | end date | ends", "agreement.billing": "billing | invoiced",
                "external_ids.psa": "psa id | psa number",
            },
        },
    ]
}  # fmt: skip

MAPS: Final[dict[str, dict[str, Any]]] = {"csv": _PLAIN, "xlsx": _PLAIN, "itglue": _ITGLUE, "hudu": _HUDU}
"""The maps that come with the program, by format."""


def built_in(form: str) -> Map:
    """The map of a format."""
    return Map.model_validate(_tuples(MAPS[form]))


def read_map(path: Path) -> Map:
    """A map of one's own.

    Raises:
        UserError: with everything that is wrong with it, each at its place.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    document, traps = secrets.read(path.name, raw)
    found = shaped(Map, document, "MAP")
    problems = (*traps, *found.problems)
    if problems or found.model is None:
        raise UserError(*(_said(document, one) for one in problems) if problems else (f"{path.name}: this is no map",))
    return found.model


def _said(document: Document, problem: Problem) -> str:
    """A problem of a map in a line: where, what, and what helps."""
    where = document.key_place if problem.on_key else document.place
    place = problem.at if isinstance(problem.at, Place) else where(problem.at)
    return f"{place}: {problem.message}{f' ({problem.help})' if problem.help else ''}"


def _tuples(value: Any) -> Any:
    """Data as a reader gives it: the maps above share lists."""
    if isinstance(value, dict):
        return {key: _tuples(one) for key, one in value.items()}
    return [_tuples(one) for one in value] if isinstance(value, list) else value
