"""What is known of a client as the text of a record, in the site's order, checked as every record is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from runbooks.adoption.drafts import PLACEHOLDER, SETUP_PLACEHOLDER
from runbooks.fleet import Fleet
from runbooks.imports.cells import ORDER
from runbooks.imports.joining import PLACE, Joined, Left, Part, folded
from runbooks.parts import Part as Model
from runbooks.recordfiles import Original, Record, record_of
from runbooks.records.agreement import Agreement
from runbooks.records.client import Contact, Place
from runbooks.records.setup import Item
from runbooks.rules.documentation import OTHER
from runbooks.slugs import DEVICES, LONGEST, slug_of
from runbooks.source import Json
from runbooks.starting import block

NOBODY: Final[Part] = {"name": "TODO who decides, by function", "roles": ["decision_maker"], "phone": "TODO the number"}
NO_SITE: Final = "TODO what this site is called"
NO_NAME: Final = "TODO who this is, by function"


@dataclass(frozen=True, slots=True)
class Made:
    """A record that was made of some rows: its file and its bytes; or in `refusal` why there is none."""

    client: Joined
    slug: str
    file: str
    content: bytes = b""
    refusal: str = ""


def made(clients: Iterable[Joined], fleet: Fleet, folder: str) -> tuple[tuple[Made, ...], tuple[Left, ...]]:
    """The records of some clients, and what of their rows has no place in one.

    `folder` is where they go, below the site. A client that has a record already is refused: nothing is added to it.
    """
    known, left, found = dict(_known(fleet)), list[Left](), list[Made]()
    taken = {record.slug: record.file for record in fleet.records}
    for client in clients:
        slug = str(client.values.get("slug") or slug_of(client.name))
        file = f"{folder}/{slug}.yml"
        why, content = _refused(client, slug, known, taken), b""
        if not why:
            meant = _record(client, fleet, left)
            content = _text(meant, folder).encode()
            why = _unlike(record_of(Original(slug, ((file, content, ""),))), meant)
        if why:
            found.append(Made(client, slug, file, refusal=why))
            continue
        taken[slug] = file
        found.append(Made(client, slug, file, content))
    return tuple(found), tuple(left)


def _known(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """The names and numbers of every client that has a record, with its file."""
    for record in fleet.records:
        for name in (record.client.client, *record.client.aliases):
            yield folded(name), record.file
        for system, number in record.client.external_ids.items():
            yield f"{system}\0{number}", record.file


def _refused(client: Joined, slug: str, known: dict[str, str], taken: dict[str, str]) -> str:
    numbers = (
        f"{key.partition('.')[2]}\0{one}" for key, one in client.values.items() if key.startswith("external_ids.")
    )
    there = next((known[one] for one in (folded(client.name), *numbers) if one in known), None)
    if there is not None:
        return f"{there} is its record already: nothing is added to it"
    if not slug:
        return "no short name can be made of its name: give it one in a column that the map calls slug"
    if len(slug) > LONGEST or slug in DEVICES:
        return f"{slug} cannot be the name of a file: give it another short name"
    if slug in taken:
        return f"its short name would be {slug}, and {taken[slug]} has that: give it another one"
    return ""


def _record(client: Joined, fleet: Fleet, left: list[Left]) -> Part:
    """The record: what the rows say, and a placeholder where only a person knows."""
    values = {key: one for key, one in client.values.items() if "." not in key and key != "slug"}
    names = client.values.get("aliases")
    aliases = [one for one in names if folded(str(one)) != folded(client.name)] if isinstance(names, list) else []
    sites = list(_sites(client))
    ids = {folded(str(one["name"])): str(one["id"]) for one in sites}
    new: Part = {
        **values,
        "schema": 1,
        "client": client.name,
        "aliases": aliases,
        "external_ids": _below("external_ids", client.values),
        "fields": _below("fields", client.values),
        "sites": [*sites],
        "contacts": [_contact(one, ids, client, left) for one in client.contacts] or [NOBODY],
        "agreements": [one for one in (_agreement(one, fleet, client, left) for one in client.agreements) if one],
        "setups": [*_setups(client, ids, fleet, left)],
    }
    return {key: _ended(new[key]) for key in ORDER if new.get(key)}


def _text(record: Part, folder: str) -> str:
    """The text of a record in a folder, with the line by which editors know its shape."""
    up = "../" * (folder.count("/") + 1)
    return f"# yaml-language-server: $schema={up}schemas/client.json\n" + block.text(record, {})


def _unlike(record: Record, meant: Part) -> str:
    """Why a record that was written cannot be relied on; nothing where it says what was meant."""
    if record.problems:
        return "; ".join(dict.fromkeys(one.message for one in record.problems[:3]))
    return "" if record.document.data == meant else "there is no way to write it that says the same: write it by hand"


def _ended(value: Json) -> Json:
    """A value whose texts of several lines end with a line end, as those that people write do."""
    if isinstance(value, dict):
        return {key: _ended(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_ended(one) for one in value]
    return f"{value}\n" if isinstance(value, str) and "\n" in value else value


def _below(name: str, values: Part) -> Part:
    return {key.partition(".")[2]: one for key, one in values.items() if key.startswith(f"{name}.")}


def _ordered(model: type[Model], part: Part) -> Part:
    """The keys of a part in the order of its model, without what is empty."""
    return {key: part[key] for key in model.model_fields if part.get(key) not in (None, "", [], {})}


def _sites(client: Joined) -> Iterator[Part]:
    ids = set[str]()
    for number, site in enumerate(client.sites, 1):
        name = str(site.get("name") or NO_SITE)
        slug = slug_of(name)[:LONGEST].strip("-") if site.get("name") else ""
        own = slug if slug and slug not in ids else f"site-{number}"
        ids.add(own)
        yield _ordered(Place, {**site, "id": own, "name": name})


def _contact(part: Part, ids: dict[str, str], client: Joined, left: list[Left]) -> Part:
    return _ordered(Contact, {**part, "name": part.get("name") or NO_NAME, "site": _site(part, ids, client, left)})


def _site(part: Part, ids: dict[str, str], client: Joined, left: list[Left]) -> Json:
    """The id of the site that an entry names; a site that no table describes is told."""
    name = part.get("site")
    if not name or folded(str(name)) in ids:
        return ids[folded(str(name))] if name else None
    reason = f"no table has a site of this name, so it is not taken over for {part.get('name') or NO_NAME}"
    left.append(_left(part, "site", reason, client))
    return None


def _left(part: Part, column: str, reason: str, client: Joined) -> Left:
    """Something of an entry that was not taken over, at the row that the entry comes from."""
    place = part[PLACE]
    assert isinstance(place, list)
    return Left(str(place[0]), int(str(place[1])), column, reason, client.name)


def _agreement(part: Part, fleet: Fleet, client: Joined, left: list[Left]) -> Part | None:
    """An agreement of a type that policy.yml knows, with the services that it knows."""
    types = {folded(name.replace("_", " ")): name for name in fleet.policy.agreements.by_name}
    kind = types.get(folded(str(part.get("type", "")).replace("_", " ")))
    if kind is None:
        told = (
            "policy.yml has no agreement type of this name: say under `words` of the map what it means"
            if part.get("type")
            else "no cell says the type of the agreement: name its column in the map, as agreement.type"
        )
        rest = ", ".join(key for key in part if key not in (PLACE, "type"))
        more = f"; {rest} of it left too" if rest else ""
        left.append(_left(part, "agreement type" if part.get("type") else "", f"{told}{more}", client))
        return None
    services = {folded(name): name for name in fleet.policy.service_names}
    covers = part.get("covers")
    asked = [str(one) for one in covers] if isinstance(covers, list) else []
    if unknown := [one for one in asked if folded(one) not in services]:
        told = f"policy.yml has no service of {'this name' if len(unknown) == 1 else 'these names'}"
        left.append(_left(part, "covers", told, client))
    every = part.get("billing")
    new: Part = {
        **part,
        "id": part.get("id") or "TODO its number",
        "type": kind,
        "covers": [services[folded(one)] for one in asked if folded(one) in services],
        "billing": {"every": every} if every else None,
    }
    return _ordered(Agreement, new)


def _setups(client: Joined, ids: dict[str, str], fleet: Fleet, left: list[Left]) -> Iterator[Part]:
    """A set-up for each product that the rows name; one without a name where they name none."""
    if client.values.get("status") in ("former", "prospect") and not client.items:
        return
    groups: dict[str, list[Part]] = {}
    for item in client.items:
        groups.setdefault(str(item.get("product") or ""), []).append(item)
    names = {folded(entry.product.name): name for name, entry in fleet.catalogue.products.items()}
    taken = set[str]()
    for number, (given, items) in enumerate((groups or {"": []}).items(), 1):
        product = given if given in fleet.catalogue.products else names.get(folded(given), OTHER)
        own = slug_of(given or "main")[:LONGEST].strip("-") or "main"
        own = own if own not in taken else f"{own}-{number}"
        taken.add(own)
        named = {"product_name": given or "TODO which product protects this"} if product == OTHER else {}
        listed: list[Json] = [_item(one, ids, client, left) for one in items]
        yield {
            "id": own,
            "product": product,
            **named,
            **({"items": listed} if listed else {}),
            "notes": SETUP_PLACEHOLDER,
        }


def _item(part: Part, ids: dict[str, str], client: Joined, left: list[Left]) -> Part:
    numbers, own = _below("external_ids", part), part.get("notes") or PLACEHOLDER
    new = {
        **part,
        "site": _site(part, ids, client, left),
        "external_ids": numbers,
        "notes": f"{part['system']}. {own}" if part.get("system") else own,
    }
    return _ordered(Item, new)
