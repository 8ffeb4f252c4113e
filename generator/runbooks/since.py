"""What is new against a git revision: the same rules on the same day over the files as they were then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runbooks.baseline import FILE
from runbooks.findings import Finding, Place, fingerprinted
from runbooks.fleet import Fleet
from runbooks.report import Report
from runbooks.revisions import Earlier, earlier, fresh
from runbooks.rules import moves
from runbooks.rules.registry import RULES

GROWN, FALLEN, GONE = "WVR007", "DOC027", "REC016"


def new(report: Report, fleet: Fleet, revision: str) -> Report:
    """The report with only those findings that were not there at that revision, or were less serious then.

    The old files are checked on the report's day by this program, so that the calendar alone brings nothing. Exports
    that git ignores are those of today for both. A site that was not there yet, or whose policy could not be read, had
    no findings.

    Raises:
        UserError: when there is no git, no repository or no such revision.
    """
    return against(report, fleet, earlier(fleet, revision).site)


def against(report: Report, fleet: Fleet, old: Earlier | None) -> Report:
    """The same against a site that has been read already; None where there was none."""
    if old is None:
        return replace(report, findings=fingerprinted(report.findings))
    found = [*fresh(report, old.report), *(_grown(fleet, old.fleet) if old.limited else ())]
    found += _gone(fleet, old.fleet)
    return replace(report, findings=fingerprinted([*found, *_fallen(report, old.report, fleet)]))


def _gone(fleet: Fleet, old: Fleet) -> Iterator[Finding]:
    """The records that were there at that revision and are not now, and whose address leads nowhere."""
    rule = RULES[GONE]
    for before, now in moves.missing(fleet, old):
        slug, name = before.slug, before.client.client
        if now is None:
            words, place = f"the record of {name} is gone, and what was agreed with it", Place(before.file)
            remedy = "bring it back with status: former; what is in it is history"
        else:
            words = f"{name} was {slug} before, and the address of then leads nowhere now"
            place, remedy = now.document.place(("client",)), f"write formerly: [{slug}]"
        yield Finding(
            place=place,
            code=rule.code,
            name=rule.name,
            severity=rule.severity,
            blocks=rule.blocks,
            message=words,
            help=remedy,
            client=now.slug if now else "",
        )


def _fallen(report: Report, before: Report, fleet: Fleet) -> Iterator[Finding]:
    """Where less is documented than at that revision, and policy.yml does not want that."""
    aim, now, then = fleet.policy.coverage, report.coverage.exact, before.coverage.exact
    if aim is None or not aim.never_lower or now is None or then is None or now >= then:
        return
    rule, old = RULES[FALLEN], before.coverage.clients
    less = [
        f"{report.clients.get(slug, slug)} {one.percent}%"
        for slug, one in report.coverage.clients.items()
        if slug not in old or (one.percent or 0) < (old[slug].percent or 0)
    ]
    words = f"{float(now * 100):.1f}% of the runbooks is documented, and it was {float(then * 100):.1f}%"
    yield Finding(
        place=fleet.policy_document.place(aim.at("never_lower")),
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        blocks=rule.blocks,
        message=f"{words}; less than before: {', '.join(less[:5])}" if less else words,
        help=rule.mend,
        path=aim.at("never_lower"),
    )


def _grown(fleet: Fleet, old: Fleet) -> Iterator[Finding]:
    """The entries of the baseline that were not in the one of then."""
    rule = RULES[GROWN]
    for entry in fleet.baseline.findings:
        if entry.fingerprint not in old.baseline.fingerprints:
            yield Finding(
                place=fleet.baseline_document.place(entry.at()) if entry.at() else Place(FILE),
                code=rule.code,
                name=rule.name,
                severity=rule.severity,
                blocks=rule.blocks,
                message=f"{FILE} has a new entry for {entry.rule}: it can only shrink",
                help=rule.mend,
                path=entry.at(),
            )
