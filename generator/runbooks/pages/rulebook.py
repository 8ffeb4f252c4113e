"""The pages of the rules: a table of all of them, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator

from runbooks.findings import Blocks
from runbooks.pages import views
from runbooks.pages.page import Page
from runbooks.pages.press import Press
from runbooks.pages.sheet import QUIET, sheet
from runbooks.pages.shelved import shelved
from runbooks.pages.views import View
from runbooks.prose import Prose
from runbooks.rules.registry import FAMILIES, RULES, Rule

INDEX = "rules/index.md"
KEPT_BACK = {
    Blocks.NOTHING: "nothing; it is told, and everything is published",
    Blocks.PAGE: "the page it is about",
    Blocks.CLIENT: "the pages of the client, but never the overview, the contacts and restore",
    Blocks.SITE: "the whole site: nothing new is published",
}


def rule_pages(press: Press) -> Iterator[Page]:
    """The table, then each rule in the order of the codes."""
    return shelved(press, f"rules {sorted(RULES)}", _pages)


def _pages(press: Press) -> Iterator[Page]:
    yield sheet(press, INDEX, "rules", "Rules", {"families": list(_families())}, boost=QUIET)
    for one in sorted(RULES.values(), key=lambda rule: rule.code):
        yield sheet(press, uri(one), "rule", one.title, {"rule": _rule(one)}, boost=QUIET)


def uri(one: Rule) -> str:
    """The page of a rule; its address is the rule's own."""
    return f"rules/{one.code.lower()}.md"


def _families() -> Iterator[View]:
    for family, words in FAMILIES.items():
        rules = [_row(one) for code, one in sorted(RULES.items()) if code.startswith(family)]
        if rules:
            yield {"family": family, "anchor": family.lower(), "words": words, "rules": rules}


def _row(one: Rule) -> View:
    return {
        "title": one.title,
        "link": f"{one.code.lower()}.md",
        "severity": str(one.severity),
        "blocks": str(one.blocks),
        "asked": one.profile or "when turned on",
        "summary": views.inline(one.summary),
    }


def _rule(one: Rule) -> View:
    family = next(name for name in FAMILIES if one.code.startswith(name))
    return {
        "title": one.title,
        "code": one.code,
        "name": one.name,
        "family": family,
        "family_words": FAMILIES[family],
        "family_anchor": family.lower(),
        "severity": str(one.severity),
        "blocks": str(one.blocks),
        "kept_back": KEPT_BACK[one.blocks],
        "leeway": one.leeway,
        "waivable": one.can_be_waived,
        "turnable": one.waivable,
        "profile": one.profile,
        "reminder": one.reminder,
        "summary": views.inline(one.summary),
        "why": views.html(one.why),
        "mend": views.html(one.mend[:1].upper() + one.mend[1:]),
        "bad": [_sample(sample) for sample in one.bad],
        "good": [_sample(sample) for sample in one.good],
        "waiver": _sample(_waiver(one)),
        "comment": _sample(f"# runbooks: ignore[{one.code}] until 2026-12-31 by NAME: reason\n"),
        "severities": _sample(f"rules:\n  {one.name}: {'info' if one.severity else 'warning'}\n"),
    }


def _waiver(one: Rule) -> str:
    lines = ["waivers:", f"  - rule: {one.name}", "    client: short-name", "    reason: Why it may be so for a while."]
    return "\n".join([*lines, "    approver: NAME", "    until: 2026-12-31", ""])


def _sample(sample: str) -> Prose:
    # The samples are ours: text of the program, shown as code.
    return Prose(f"```yaml\n{sample.rstrip()}\n```")
