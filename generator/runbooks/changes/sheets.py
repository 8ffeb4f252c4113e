"""Pages that appear, go, change their address, go dark or come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbooks.changes.notes import Note, counted, few, note
from runbooks.changes.pairs import Pair, Side
from runbooks.findings import Finding
from runbooks.fleet import Fleet, Record, Written
from runbooks.pages.contents import contents


def sheets(pair: Pair, before: Side, after: Side) -> Iterator[Note]:
    """What becomes of the pages of a client."""
    old, new = _pages(pair.before, before), _pages(pair.after, after)
    was, will = pair.before, pair.after
    if was is None or will is None:
        words = f"{counted(len(new or old), 'page')} {'appear' if will else 'go'} under clients/{pair.record.slug}/"
        yield note("pages", "added" if will else "removed", words, pair.named, file=pair.record.file)
    elif was.slug != will.slug:
        leads = "the old addresses lead there" if was.slug in will.client.formerly else "nothing leads on from there"
        words = f"{counted(len(new), 'page')} move from clients/{was.slug}/ to clients/{will.slug}/; {leads}"
        places = f"clients/{was.slug}/", f"clients/{will.slug}/"
        yield note("pages", "moved", words, pair.named, file=will.file, before=places[0], after=places[1])
    yield from _dark(pair, old, new, after)
    if was and will:
        gone = [one for one in old if one not in new and one not in ("monitoring.md", "not-monitored.md")]
        fresh = [one for one in new if one not in old and one not in ("monitoring.md", "not-monitored.md")]
        if gone and not _withheld(new):
            yield note("pages", "removed", f"pages go: {few(gone)}", pair.named, file=will.file)
        if fresh and not _withheld(old):
            yield note("pages", "added", f"pages appear: {few(fresh)}", pair.named, file=will.file)


def _dark(pair: Pair, old: Mapping[str, str], new: Mapping[str, str], after: Side) -> Iterator[Note]:
    file = pair.record.file
    if _withheld(new) and not _withheld(old):
        words = f"set-ups, procedures and monitoring are withheld: {_why(after, pair.record.slug)}"
        yield note("withheld", "lost", words, pair.named, file=file, before="published", after="withheld")
    elif _withheld(old) and not _withheld(new) and new:
        words = "set-ups, procedures and monitoring are published again"
        yield note("withheld", "gained", words, pair.named, file=file, before="withheld", after="published")
    elif "monitoring.md" in old and "monitoring.md" not in new and new:
        words = "the monitoring page goes dark; not-monitored.md stands in its place"
        yield note("withheld", "lost", words, pair.named, file=file, before="monitoring.md", after="not-monitored.md")
    elif old and "monitoring.md" in new and "monitoring.md" not in old:
        words = "the monitoring page is published"
        yield note("withheld", "gained", words, pair.named, file=file, before="not-monitored.md", after="monitoring.md")


def _pages(record: Record | None, side: Side) -> dict[str, str]:
    if record is None:
        return {}
    return dict(contents(record, side.fleet, blocked=record.slug in side.report.blocked_clients))


def _withheld(pages: Mapping[str, str]) -> bool:
    return "withheld" in pages.values()


def _why(side: Side, slug: str) -> str:
    """The rules that keep pages back, in words that repeat nothing of the record."""
    return _rules(one for one in side.report.findings if one.client == slug and one.blocks)


def _rules(findings: Iterator[Finding]) -> str:
    places = (f"{one.code} {one.name} at {one.place.file}, line {one.place.line}" for one in findings)
    return few(dict.fromkeys(places), 3, 200)


def handwritten(before: Side, after: Side) -> Iterator[Note]:
    """What becomes of the hand-written pages."""
    old, new = _by_file(before.fleet), _by_file(after.fleet)
    for file in sorted({**old, **new}):
        was, will = old.get(file), new.get(file)
        if was is None or will is None:
            words = f"the hand-written page {file} is {'new' if will else 'gone'}"
            yield note("pages", "added" if will else "removed", words, file=file)
        elif (was.text, was.document.data) != (will.text, will.document.data):
            yield note("pages", "changed", f"the hand-written page {file} says something else", file=file)
        dark, light = (file in side.report.blocked_pages for side in (after, before))
        if will and dark and not (was and light):
            why = _rules(one for one in after.report.findings if one.place.file == file and one.blocks)
            yield note("withheld", "lost", f"the hand-written page {file} is withheld: {why}", file=file)
        elif will and was and light and not dark:
            yield note("withheld", "gained", f"the hand-written page {file} is published again", file=file)


def _by_file(fleet: Fleet) -> dict[str, Written]:
    return {one.file: one for one in fleet.written}
