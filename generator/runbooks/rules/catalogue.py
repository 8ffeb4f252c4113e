"""The catalogue: every step of a procedure says what is seen, what to do if not, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from runbooks.catalogue import USUAL, Entry, Procedure, sentences, shipped
from runbooks.findings import Blocks, Place, Problem, Severity
from runbooks.fleet import Fleet
from runbooks.pictures import REFERENCE as PICTURE
from runbooks.pictures import Picture, pictures
from runbooks.report import path_words
from runbooks.rules.registry import rule
from runbooks.rules.reviews import UNFINISHED, texts, unfinished

STEP = re.compile(r"^\d+\. ")
CITATION = re.compile(r"""\{\{\s*source\(\s*["']([a-z0-9-]+)["']\s*\)\s*\}\}""")
UNSOURCED = "verify in the manual"


@rule("CAT010", "step-without-source", subject="policy", timeless=True)
def step_without_source(fleet: Fleet) -> Iterator[Problem]:
    """Every numbered step of a procedure cites its source, or says "verify in the manual".

    One invented step ends a technician's trust for good.

    Mend: end the step's first lines with a source of product.yml, or with "verify in the manual".
    """
    for procedure, number, text in _steps(fleet):
        if not CITATION.search(text) and UNSOURCED not in text.lower():
            yield Problem(
                Place(procedure.file, number, 1, number, 2),
                "the step does not say where it comes from",
                'add {{ source("id") }} with an id of product.yml, or the words "verify in the manual"',
            )


@rule("CAT011", "unknown-source", subject="policy", timeless=True)
def unknown_source(fleet: Fleet) -> Iterator[Problem]:
    """Every source that a procedure cites stands in its product.yml.

    Mend: correct the id, or add the source.
    """
    for entry in fleet.catalogue.untested:
        for procedure in entry.procedures.values():
            for offset, line in enumerate(procedure.body.splitlines()):
                for cited in CITATION.finditer(line):
                    if cited[1] not in entry.product.sources:
                        number = procedure.first_line + offset
                        place = Place(procedure.file, number, cited.start() + 1, number, cited.end() + 1)
                        yield Problem(
                            place, f"product.yml has no source {cited[1]}", f"known: {', '.join(entry.product.sources)}"
                        )


@rule("CAT012", "step-without-expect", subject="policy", timeless=True)
def step_without_expect(fleet: Fleet) -> Iterator[Problem]:
    """Every numbered step says what is seen when it worked, and what to do if not.

    Mend: add the lines *Expect:* and *If not:* below the step.
    """
    for procedure, number, text in _steps(fleet):
        missing = [word for word in ("*Expect:*", "*If not:*") if word not in text]
        if missing:
            yield Problem(
                Place(procedure.file, number, 1, number, 2),
                f"the step lacks {' and '.join(missing)}",
                "add it below the step",
            )


def _steps(fleet: Fleet) -> Iterator[tuple[Procedure, int, str]]:
    """Every numbered step with the line it starts on and its text up to the next step or heading."""
    for entry in fleet.catalogue.untested:
        for procedure in entry.procedures.values():
            start, lines = 0, list[str]()
            for number, line in enumerate([*procedure.body.splitlines(), "# end"], procedure.first_line):
                if STEP.match(line) or line.startswith("#"):
                    if start:
                        yield procedure, start, "\n".join(lines)
                    start, lines = (number, [line]) if STEP.match(line) else (0, [])
                elif start:
                    lines.append(line)


NO_PERMISSION: Final = re.compile(
    r"(?:none|nobody|nothing|no one|no|not needed|n/a|-+|(?:none|no (?:permission|approval|access))(?: is)?"
    r"(?: needed| required| necessary)?)\W*",
    re.IGNORECASE,
)
"""How a permission reads that nobody has to give."""
NOT: Final = re.compile(r"\b(?:not|never|no)\b", re.IGNORECASE)
BEYOND: Final = re.compile(
    r"\b(?:(?:un|re)?install|deploy|remove|delete)\b[^.]*\bagents?\b"
    r"|\b(?:open|add|allow|change|create|permit|enable|disable|edit|(?:turn|switch) (?:on|off))\b[^.]*\bfirewalls?\b",
    re.IGNORECASE,
)
"""What changes a client's machine or network: an agent put on or taken off, a firewall opened or closed."""


@rule("CAT013", "step-beyond-first-line", subject="policy", timeless=True, profile="standard")
def step_beyond_first_line(fleet: Fleet) -> Iterator[Problem]:
    """A first-line procedure that installs or removes an agent, or changes a firewall, says who permits it.

    Agents and firewalls are changed at night just to get it working again, on machines of people nobody has asked. A
    procedure of level L1 that asks for it names the permission in its front matter; "none" is no permission.

    Mend: say under permission who has to agree, or give the step to a higher level.
    """
    for procedure, number, text in _steps(fleet):
        if procedure.guidance.level != "L1" or not NO_PERMISSION.fullmatch(procedure.guidance.permission.strip()):
            continue
        action = text.partition("*Expect:*")[0].partition("\n\n")[0]
        if any(BEYOND.search(sentence) and not NOT.search(sentence) for sentence in re.split(r"[.;]\s", action)):
            yield Problem(
                Place(procedure.file, number, 1, number, 2),
                "the step changes an agent or a firewall, and the procedure needs nobody's permission",
                "say under permission who has to agree",
                about=f"{procedure.file} {action}",
            )


ACCESS: Final = re.compile(r"full\s+disk\s+access", re.IGNORECASE)
PROOF: Final = re.compile(r"\bpro(?:ve[ns]?|ved|of)\b", re.IGNORECASE)


@rule("CAT014", "mac-without-disk-access-proof", subject="policy", timeless=True, profile="standard")
def mac_without_disk_access_proof(fleet: Fleet) -> Iterator[Problem]:
    """The procedure that adds a Mac speaks of Full Disk Access, and says how it is proven.

    Without it macOS keeps Desktop, Documents and Mail from the backup, which looks green and holds little. The switch
    alone proves nothing; a file that came back does.

    Mend: add the step that gives Full Disk Access, and one that proves it, with the word *prove* or *proof* in it.
    """
    for entry in fleet.catalogue.untested:
        procedure = entry.procedures.get("add-workstation-mac")
        if procedure is None or not entry.product.mac.possible:
            continue
        missing = "does not speak of Full Disk Access" if not ACCESS.search(procedure.body) else ""
        if not missing and not PROOF.search(procedure.body):
            missing = "does not say how Full Disk Access is proven"
        if missing:
            place = Place(procedure.file, procedure.first_line, 1, procedure.first_line, 1)
            words = "say how it is given, and how a technician proves that it works"
            yield Problem(place, f"adding a Mac with {entry.product.name} {missing}", words)


QUOTED: Final = re.compile(r"\*\*?([^*\n]+)\*|`([^`\n]+)`|\"([^\"\n]+)\"|^##+ (.+)$", re.MULTILINE)
GAP: Final = re.compile(r"…|\.\.\.|<[^>]*>|\{\{.*?\}\}")
"""What stands in a quoted text for the part that is different each time."""
CODE_WORD = 8
"""Characters that a single word must have to be a text of its own: an error code, not an everyday word."""


@rule("CAT015", "alert-without-procedure", Severity.WARNING, subject="policy", timeless=True, profile="standard")
def alert_without_procedure(fleet: Fleet) -> Iterator[Problem]:
    """Every alert of a product is named by a procedure that says what to do about it.

    A technician searches for what the screen says. A procedure names an alert when it quotes it, or the part of it that
    is always the same: in emphasis, in quotation marks, as code, or as a heading.

    An alert that says which `procedure` answers it must be quoted by that one.

    Mend: quote the alert's text in the procedure that answers it, above the steps.
    """
    for entry in fleet.catalogue.untested:
        for index, alert in enumerate(entry.product.alerts):
            answers = [one for one in entry.procedures.values() if alert.procedure in (None, one.id)]
            words = f" {_plain(alert.text)} "
            quoted = {one for procedure in answers for one in _quoted(procedure.body)}
            if not any(f" {one} " in words or words in f" {one} " for one in quoted):
                at = ("alerts", index, "text")
                yield Problem(
                    entry.document.place(at),
                    f"{alert.procedure or 'no procedure'} {'does not name' if alert.procedure else 'names'} the alert: "
                    f"{alert.text}",
                    f"quote it in {alert.procedure or 'the procedure that answers it'}, above the steps",
                    about=f"{entry.id} {alert.text}",
                )


@lru_cache(maxsize=512)
def _quoted(body: str) -> frozenset[str]:
    """The texts that a procedure quotes, as plain words: those of two words or more, and long single ones."""
    found = (next(group for group in one.groups() if group) for one in QUOTED.finditer(body))
    pieces = (_plain(piece) for text in found for piece in GAP.split(text))
    return frozenset(piece for piece in pieces if " " in piece or len(piece) >= CODE_WORD)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


@rule("CAT016", "unfinished-product", Severity.WARNING, subject="policy", timeless=True)
def unfinished_product(fleet: Fleet) -> Iterator[Problem]:
    """No text of a product says that it is not finished.

    The same words as in a record: TODO, FIXME, TBD, XXX, three question marks, *lorem ipsum*. What could not be found
    out belongs under verify_in_manual, where everybody sees it.

    Mend: write what is missing, or say under verify_in_manual what has to be looked up.
    """
    for entry in fleet.catalogue.untested:
        for at, text in texts(entry.product.model_dump(mode="json")):
            for found in UNFINISHED.finditer(text):
                yield Problem(
                    entry.document.place(at),
                    f"{path_words(at)} is not finished: {found.group()}",
                    "write what is missing, or take it out",
                    about=f"{entry.id} {path_words(at)}",
                )
        for procedure in entry.procedures.values():
            for at, text in texts(procedure.guidance.model_dump(mode="json")):
                for found in UNFINISHED.finditer(text):
                    words = f"{path_words(at)} is not finished: {found.group()}"
                    place = Place(procedure.file, 1, 1, 1, 4)
                    yield Problem(place, words, "write what is missing", about=f"{procedure.file} {path_words(at)}")
            yield from unfinished(procedure.file, procedure.body, procedure.first_line)


VERIFY: Final = re.compile(r"^##+ .*\b(?:verify|check|prove|proof|afterwards)\b", re.IGNORECASE | re.MULTILINE)
ANSWERS: Final = "answer-alerts"


@rule("CAT017", "procedure-without-check", Severity.WARNING, subject="policy", timeless=True, profile="standard")
def procedure_without_check(fleet: Fleet) -> Iterator[Problem]:
    """A procedure ends with how to see that it worked.

    "Done" is what the last step shows, not what was clicked. When to stop and escalate stands in its front matter, and
    cannot be left out. Answers to alerts are not asked: each of their sections has an end of its own.

    Mend: add a heading Verify with a step that looks at the result.
    """
    for entry in fleet.catalogue.untested:
        for procedure in entry.procedures.values():
            if procedure.id != ANSWERS and not VERIFY.search(procedure.body):
                place = Place(procedure.file, procedure.first_line, 1, procedure.first_line, 1)
                words = "add a heading Verify, with a step that looks at the result"
                yield Problem(place, f"{procedure.guidance.title}: nothing says how to see that it worked", words)


MOST_SHARED: Final = 3
"""So many sentences may two procedures have in common: how one signs in, what one must not do."""


@rule("CAT019", "monitoring-copied", blocks=Blocks.SITE, waivable=False, subject="policy", timeless=True)
def monitoring_copied(fleet: Fleet) -> Iterator[Problem]:
    """A procedure that everybody gets repeats nothing of one that needs monitoring.

    A daily check under another name would be given to those who do not pay for it, and what stands in a free procedure
    is free everywhere. A few sentences may be the same. Nothing is published while it stands.

    Mend: write `needs: monitoring` in the copy too, or take the sentences out.
    """
    for entry in fleet.catalogue.untested:
        guarded = {one.id: frozenset(sentences(one.body)) for one in entry.procedures.values() if _watches(one)}
        for procedure in entry.procedures.values():
            if _watches(procedure):
                continue
            own = frozenset(sentences(procedure.body))
            for name, said in guarded.items():
                if len(own & said) > MOST_SHARED:
                    place = Place(procedure.file, 1, 1, 1, 4)
                    words = f"{len(own & said)} sentences of {name}, which needs monitoring, stand here as well"
                    yield Problem(place, words, "write needs: monitoring here too, or take them out", about=name)


def _watches(procedure: Procedure) -> bool:
    return procedure.guidance.needs == "monitoring"


@rule("CAT020", "usual-procedure-missing", Severity.WARNING, subject="policy", timeless=True, profile="standard")
def usual_procedure_missing(fleet: Fleet) -> Iterator[Problem]:
    """A product has a page for everything a technician usually looks for, or says why not.

    Add a Windows workstation, a Mac, a server; remove a device; the daily check; run a job again; restore a file, a
    machine, a mailbox; the site is lost; the backup server is lost; answer alerts. At night a missing page and one that
    cannot exist look the same, so `without` says which it is, and what to use instead.

    Mend: write the procedure, or say under `without` why there is none.
    """
    for entry in fleet.catalogue.untested:
        product = entry.product
        told = {*entry.procedures, *product.without, *(() if product.mac.possible else ("add-workstation-mac",))}
        for name in USUAL:
            if name not in told:
                yield Problem(
                    entry.document.place(("name",)),
                    f"{product.name} has no {name}.md, and does not say why",
                    f"write templates/products/{entry.id}/{name}.md, or say under without why there is none",
                    about=f"{entry.id} {name}",
                )


REFERENCE: Final = re.compile(r"""\{\{\s*see\(\s*["']([^"']*)["']\s*\)\s*\}\}""")


@rule("CAT021", "unknown-procedure", subject="policy", timeless=True)
def unknown_procedure(fleet: Fleet) -> Iterator[Problem]:
    """A procedure that a product or one of its pages names exists, and one it says it is without does not.

    Mend: correct the id, or write the procedure.
    """
    for entry in fleet.catalogue.untested:
        for index, alert in enumerate(entry.product.alerts):
            if alert.procedure and alert.procedure not in entry.procedures:
                place = entry.document.place(("alerts", index, "procedure"))
                yield _unknown(place, alert.procedure, entry)
        for name in entry.product.without:
            if name in entry.procedures:
                words = f"{name} is said to be missing, and there is {name}.md"
                place = entry.document.place(("without", name))
                yield Problem(place, words, "take one of the two out", about=f"{entry.id} {name}")
        for procedure in entry.procedures.values():
            for number, line in enumerate(procedure.body.splitlines(), procedure.first_line):
                for found in REFERENCE.finditer(line):
                    if found[1] not in entry.procedures:
                        place = Place(procedure.file, number, found.start() + 1, number, found.end() + 1)
                        yield _unknown(place, found[1], entry)


def _unknown(place: Place, name: str, entry: Entry) -> Problem:
    known = get_close_matches(name, entry.procedures, 1)
    words = f"did you mean {known[0]}?" if known else f"known: {', '.join(sorted(entry.procedures))}"
    return Problem(place, f"{entry.product.name} has no procedure {name}", words, about=f"{entry.id} {name}")


def drawn(fleet: Fleet) -> Mapping[str, Picture]:
    """The pictures that procedures can show, by name."""
    return fleet.once("pictures", lambda one: pictures((one.root / "templates", shipped())))


@rule("CAT022", "picture-unfit", Severity.WARNING, subject="policy", timeless=True)
def picture_unfit(fleet: Fleet) -> Iterator[Problem]:
    """Every picture that a procedure shows is there, and holds shapes and words alone.

    A picture stands in the page as it is. One that holds a script, a style or something from elsewhere is left out; so
    is one without a title, because whoever cannot see it would not know that anything is missing.

    Mend: draw it anew with plain shapes, or correct its name.
    """
    known = drawn(fleet)
    for entry in fleet.catalogue.untested:
        for procedure in entry.procedures.values():
            for number, line in enumerate(procedure.body.splitlines(), procedure.first_line):
                for found in PICTURE.finditer(line):
                    picture = known.get(found[1])
                    if picture is None or picture.unfit:
                        place = Place(procedure.file, number, found.start() + 1, number, found.end() + 1)
                        why = picture.unfit if picture else f"known: {', '.join(sorted(known))}"
                        words = f"there is no picture {found[1]}" if picture is None else f"{picture.file} is unfit"
                        yield Problem(place, words, why, about=f"{entry.id} {found[1]}")
