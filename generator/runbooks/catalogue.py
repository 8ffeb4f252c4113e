"""The catalogue: a backup product is one folder of templates/products, its facts and a file for each procedure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from runbooks import secrets, source
from runbooks.findings import Place, Problem
from runbooks.frontmatter import front_matter
from runbooks.mailbox import canonical, words
from runbooks.parts import Part
from runbooks.records.agreement import ItemKind
from runbooks.records.setup import System
from runbooks.remedies import settled
from runbooks.shape import shaped
from runbooks.source import Document
from runbooks.values import Count, Day, Flag, Line, Many, Prose, Slug, Version, Web

Need = Literal["none", "restore", "repair", "monitoring"]
State = Literal["success", "warning", "failed", "missed", "running", "never", "unknown"]


class Mac(Part):
    """Whether the product can protect a Mac, and how, or why not."""

    possible: Flag = Field(description="true when it can.")
    how: Line | None = Field(None, description="How, in one sentence.")
    why: Line | None = Field(None, description="Why not, and what to use instead.")
    source: Slug | None = Field(None, description="The id of the source of that.")


class Alert(Part):
    """An alert as the product writes it."""

    text: Line = Field(description="Its text, or the part of it that is always the same.")
    also: Many[Line] = Field((), description="Other texts of the same alert, as people may paste them.")
    means: Prose = Field(description="What it means. Markdown.")
    urgency: Literal["low", "normal", "high"] = Field(description="How urgent it is.")
    first: Line | None = Field(None, description="The very first thing to do, in one sentence.")
    procedure: Slug | None = Field(None, description="The procedure that answers it: alert-no-space.")
    tell_client: Prose = Field(description="What to say to a client who is only told. Markdown.")
    source: Slug | None = Field(None, description="The id of the source of that.")


class Source(Part):
    """Where a fact comes from."""

    title: Line = Field(description="The title of the page.")
    url: Web = Field(description="Its address.")
    read_on: Day = Field(description="When it was read.")
    version: Line = Field(description="The version it speaks of.")


class Product(Part):
    """product.yml: the facts about one backup product."""

    version: Version = Field(1, alias="schema", description="The version of the file's shape: 1.")
    name: Line = Field(description="The product's name, as the vendor writes it.")
    vendor: Line = Field(description="Who makes it.")
    written_for: Line = Field(description='The version its pages were written for, in quotes: "12.3".')
    summary: Line = Field(description="What it protects and how, in one sentence.")
    protects: Many[ItemKind] = Field(description="The kinds of item it can protect.")
    systems: Many[System] = Field((), description="The operating systems it can protect.")
    recoverability: Literal["image", "file", "saas"] = Field(
        description="What can be had back: a machine, files, a tenant."
    )
    console: Line = Field(description="Where a technician works with it.")
    mac: Mac = Field(description="Whether it can protect a Mac.")
    notices: Line | None = Field(None, description="Where it sends its results.")
    states: dict[Line, State] = Field(default_factory=dict, description="Its words for a result, and ours.")
    alerts: Many[Alert] = Field((), description="Its usual alerts.")
    without: dict[Slug, Line] = Field(
        default_factory=dict, description="The usual procedures it has no page for: why, and what to use instead."
    )
    sources: dict[Slug, Source] = Field(default_factory=dict, description="Where the facts come from.")
    verify_in_manual: Many[Line] = Field((), description="What could not be found in public material.")


class Guidance(Part):
    """Who may do a procedure, when, with whose approval, and how it is undone: its front matter."""

    title: Line = Field(description="What it does: Add a Mac.")
    level: Literal["L1", "L2", "L3"] = Field(description="Who may do it.")
    trigger: Line = Field(description="When it is done.")
    minutes: Count = Field(description="How long it takes, hands on.")
    permission: Line = Field(description="Whose approval or which access is needed first.")
    needs: Need = Field(description="The service the client must be entitled to: none, restore, repair, monitoring.")
    systems: Many[System] = Field((), description="Only for these operating systems.")
    kinds: Many[ItemKind] = Field((), description="Only for these kinds of item.")
    escalate_after_minutes: Count = Field(description="When to stop and escalate.")
    undo: Line = Field(description="How to undo it, or why it cannot be undone.")


SHORTEST: Final = 45
"""Characters that a sentence of a procedure must have to be told from everyday words."""

ALERT: Final = "alert-"
"""How the id of a procedure begins that answers one alert."""

USUAL: Final = (
    "add-workstation-windows", "add-workstation-mac", "add-server", "remove-device", "daily-check", "rerun-job",
    "restore-file", "restore-machine", "restore-mailbox", "site-lost", "backup-server-lost", "answer-alerts",
)  # fmt: skip
"""What a technician looks for at every product: a page, or the reason why there is none."""


def is_watching(procedure: str) -> bool:
    """Whether a procedure is monitoring whatever its file says."""
    return procedure in ("daily-check", "answer-alerts") or procedure.startswith(ALERT)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of one product: its guidance, and its body from `first_line` of the file on."""

    id: str
    product: str
    file: str
    guidance: Guidance
    body: str
    first_line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One product of the catalogue with its procedures, by id.

    `tested` when every file of it came with the program: its own tests have looked for all that rules would find.
    """

    id: str
    file: str
    document: Document
    product: Product
    procedures: Mapping[str, Procedure]
    tested: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All products by id, and what is wrong with their files."""

    products: Mapping[str, Entry]
    problems: tuple[tuple[Document, Problem], ...]

    @property
    def untested(self) -> tuple[Entry, ...]:
        """The products with a file of the site's own."""
        return tuple(entry for entry in self.products.values() if not entry.tested)


def shipped() -> Path:
    """The templates that come with the program: beside it in a wheel, at the top of the repository in a checkout."""
    here = Path(__file__).resolve().parent
    packed = here / "templates" / "pages"
    return packed.parent if packed.is_dir() else here.parents[1] / "templates"


def catalogue(folders: Mapping[str, Sequence[Path]], root: Path | None = None) -> Catalogue:
    """Read the product folders, given by id, of the site `root`. Of several folders the first that has a file gives it.

    A file is shown as templates/products/<id>/<name>.
    """
    products: dict[str, Entry] = {}
    problems: list[tuple[Document, Problem]] = []
    foreign = root is not None and (root / "templates").resolve() != shipped()
    for name, places in sorted(folders.items()):
        try:
            files = {path.name: path for folder in reversed(places) for path in folder.iterdir() if path.is_file()}
            entry, found = _entry(name, files, tested=foreign and list(places) == [shipped() / "products" / name])
        except OSError as error:
            file = f"templates/products/{name}/product.yml"
            problem = Problem(Place(file), f"this product cannot be read: {error.strerror}", code="CAT003")
            entry, found = None, [(secrets.read(file, b"")[0], problem)]
        problems.extend(found)
        if entry is not None:
            products[name] = entry
    return Catalogue(products, tuple(problems))


def _entry(
    name: str, files: Mapping[str, Path], *, tested: bool = False
) -> tuple[Entry | None, list[tuple[Document, Problem]]]:
    file = f"templates/products/{name}/product.yml"
    if "product.yml" not in files:
        empty = secrets.read(file, b"")[0]
        return None, [(empty, Problem(Place(file), "the product's facts are missing", code="CAT003"))]
    read = source.read if tested else partial(secrets.read, code="SEC003")
    document, traps = read(file, files["product.yml"].read_bytes())
    found = shaped(Product, document, "CAT")
    told = (problem for problem in found.problems if not secrets.told_again(problem, document))
    wrong = (*settled(Product, document, traps), *told)
    problems = [(document, problem) for problem in wrong]
    if found.model is None:
        return None, problems
    procedures: dict[str, Procedure] = {}
    for path in sorted(path for path in files.values() if path.suffix == ".md"):
        procedure, unfit = _procedure(name, path, tested=tested)
        problems.extend(unfit)
        if procedure is not None:
            procedures[procedure.id] = procedure
    entry = Entry(name, file, document, found.model, procedures, tested)
    problems.extend((document, problem) for problem in _mac_problems(entry))
    return entry, problems


def _procedure(product: str, path: Path, *, tested: bool) -> tuple[Procedure | None, list[tuple[Document, Problem]]]:
    file = f"templates/products/{product}/{path.name}"
    document, body, first_line, traps = front_matter(file, path.read_bytes(), None if tested else "SEC003")
    found = shaped(Guidance, document, "CAT")
    told = (problem for problem in found.problems if not secrets.told_again(problem, document))
    wrong = (*settled(Guidance, document, traps), *told)
    problems = [(document, problem) for problem in wrong]
    if found.model is None or problems:
        # A procedure whose needs cannot be read could be monitoring: it is left out, and the finding says so.
        return None, problems
    guidance, name = found.model, path.stem
    if is_watching(name) and guidance.needs != "monitoring":
        # Whatever the file says: it is not published for a client who is not watched.
        words = f"{name} is monitoring, so it needs monitoring, and not {guidance.needs}"
        problems.append((document, Problem(guidance.at("needs"), words, "write needs: monitoring", code="CAT018")))
        guidance = guidance.model_copy(update={"needs": "monitoring"})
    return Procedure(name, product, file, guidance, body, first_line), problems


def _mac_problems(entry: Entry) -> Iterator[Problem]:
    has_page = "add-workstation-mac" in entry.procedures
    if entry.product.mac.possible and not has_page:
        yield Problem(("mac",), "a Mac can be protected, but there is no add-workstation-mac.md", code="CAT004")
    if not entry.product.mac.possible and not entry.product.mac.why:
        yield Problem(("mac",), "say why a Mac cannot be protected: mac.why", code="CAT004")


@lru_cache(maxsize=4096)
def sentences(body: str) -> tuple[str, ...]:
    """The sentences of a procedure as plain words, without what a client's values would fill in."""
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "\n", body, flags=re.DOTALL)
    parts = (words(canonical(part)) for part in re.split(r"[\n.:;]", text))
    return tuple(part for part in parts if len(part) >= SHORTEST)
