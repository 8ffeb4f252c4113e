"""The catalogue: every step of a procedure says what is seen, what to do if not, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.catalogue import Procedure
from runbooks.findings import Place, Problem
from runbooks.fleet import Fleet
from runbooks.rules.registry import rule

STEP = re.compile(r"^\d+\. ")
CITATION = re.compile(r"""\{\{\s*source\(\s*["']([a-z0-9-]+)["']\s*\)\s*\}\}""")
UNSOURCED = "verify in the manual"


@rule("CAT010", "step-without-source", subject="policy")
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


@rule("CAT011", "unknown-source", subject="policy")
def unknown_source(fleet: Fleet) -> Iterator[Problem]:
    """Every source that a procedure cites stands in its product.yml.

    Mend: correct the id, or add the source.
    """
    for entry in fleet.catalogue.products.values():
        for procedure in entry.procedures.values():
            for offset, line in enumerate(procedure.body.splitlines()):
                for cited in CITATION.finditer(line):
                    if cited[1] not in entry.product.sources:
                        number = procedure.first_line + offset
                        place = Place(procedure.file, number, cited.start() + 1, number, cited.end() + 1)
                        yield Problem(
                            place, f"product.yml has no source {cited[1]}", f"known: {', '.join(entry.product.sources)}"
                        )


@rule("CAT012", "step-without-expect", subject="policy")
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
    for entry in fleet.catalogue.products.values():
        for procedure in entry.procedures.values():
            start, lines = 0, list[str]()
            for number, line in enumerate([*procedure.body.splitlines(), "# end"], procedure.first_line):
                if STEP.match(line) or line.startswith("#"):
                    if start:
                        yield procedure, start, "\n".join(lines)
                    start, lines = (number, [line]) if STEP.match(line) else (0, [])
                elif start:
                    lines.append(line)
