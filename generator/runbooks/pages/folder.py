"""One client's folder of pages in the making: its view, its links, and what the gate says about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from runbooks import escape
from runbooks.catalogue import Entry, Procedure
from runbooks.entitlement import Watch, watches
from runbooks.findings import Finding
from runbooks.fleet import Record
from runbooks.pages import views
from runbooks.pages.contents import apart, offered
from runbooks.pages.page import Kind, Page, relative
from runbooks.pages.press import Press
from runbooks.pages.procedures import is_answer
from runbooks.pages.redaction import redacted, shown_to
from runbooks.pages.views import View
from runbooks.records.setup import Setup

NAMES = {
    "index.md": "Overview",
    "restore.md": "Restore",
    "monitoring.md": "Monitoring",
    "not-monitored.md": "Not monitored",
    "print.md": "Print",
}


class Folder:
    """What every page of one client is made with."""

    def __init__(self, record: Record, press: Press) -> None:
        self.record = record
        self.press = press
        self.path = f"clients/{record.slug}/"
        self.blocked = record.slug in press.report.blocked_clients

    @cached_property
    def shown(self) -> Record:
        """The record as pages may show it."""
        return redacted(self.record, self.press.fleet.policy, self.press.fleet.as_of)

    @cached_property
    def view(self) -> View:
        """The client as templates see it."""
        return views.client(self.shown, self.press.fleet)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What keeps pages of this client back."""
        return self.press.report.blocking(self.record.slug)

    @cached_property
    def watches(self) -> tuple[Watch, ...]:
        """The licences to show monitoring. Where the record is blocked there is none."""
        if self.blocked:
            return ()
        return watches(self.record.client, self.press.fleet.policy, self.press.fleet.as_of)

    @cached_property
    def setups(self) -> tuple[Setup, ...]:
        """The set-ups, each id once: which of two is meant cannot be told, so the first has the page."""
        return apart(self.record.client.setups)

    @cached_property
    def files(self) -> dict[str, str]:
        """The pages that the others link to, by a short name."""
        found = {"overview": "index.md"}
        if self.record.client.has_left:
            return found
        found.update({f"setup-{setup.id}": f"setup-{setup.id}.md" for setup in self.setups})
        found["restore"] = "restore.md"
        name = "monitoring" if self.watches else "not-monitored"
        return {**found, name: f"{name}.md", "print": "print.md"}

    @cached_property
    def changed(self) -> str:
        """When a file of the record was last changed, and by whom, as git has it; nothing where it is not known."""
        known = [self.press.changes[file] for file in self.record.document.files if file in self.press.changes]
        last = max(known, key=lambda one: one.on, default=None)
        words = f"{last.on} by {last.by}" if last else ""
        # Somebody may sign commits with an address of ours, which no page of an unwatched client names.
        return shown_to(words, self.record, self.press.fleet.policy, self.press.fleet.as_of)

    def entry(self, setup: Setup) -> Entry | None:
        """The catalogue's entry for the product of a set-up."""
        return self.press.fleet.catalogue.products.get(setup.product)

    def setup_view(self, setup: Setup) -> View:
        """A set-up as templates see it."""
        found: View = self.view["setups"][self._position(setup)]
        return found

    def shown_setup(self, setup: Setup) -> Setup:
        """A set-up as pages may show it."""
        return self.shown.client.setups[self._position(setup)]

    def _position(self, setup: Setup) -> int:
        return next(at for at, one in enumerate(self.record.client.setups) if one is setup)

    def procedures(self, setup: Setup) -> tuple[Procedure, ...]:
        """The procedures of a set-up that this client is entitled to see. Those for a restore are never kept back."""
        return () if self.blocked else offered(self.record, setup, self.press.fleet, self.watches)

    def nav(self, within: str) -> Iterator[tuple[str, str]]:
        """The pages of this client by title, with the procedures of the set-up that the reader is in."""
        for file in self.files.values():
            yield NAMES.get(file) or f"Set-up {file.removeprefix('setup-').removesuffix('.md')}", self.path + file
            setup = next((one for one in self.setups if within == one.id and file == f"setup-{within}.md"), None)
            for each in self.procedures(setup) if setup else ():
                if is_answer(each):
                    continue  # they are listed with the alerts
                yield f"– {each.guidance.title}", f"{self.path}{within}/{each.id}.md"

    def page(
        self,
        file: str,
        kind: Kind,
        title: str,
        context: View,
        *,
        through: date | None = None,
        within: str = "",
        template: str = "",
    ) -> Page:
        """One page. `within` is the set-up it belongs to; the template is that of its kind unless another is named."""
        uri, name = self.path + file, self.record.client.client
        links = {key: relative(uri, self.path + target) for key, target in self.files.items()}
        base: View = {
            "client": {**self.view, "home": links["overview"]},
            "provider": self.press.provider,
            "links": links,
        }
        base["timezone"] = self.press.fleet.policy.timezone
        reviewed = self.record.client.reviewed
        return Page(
            uri=uri,
            title=f"{name}: {title}" if kind not in ("overview", "former") else name,
            kind=kind,
            markdown=self.press.printed(f"pages/{template or kind}.md", {**base, **context}, uri, self.record.slug),
            client=self.record.slug,
            client_name=name,
            description=f"{title}: {name}",
            file=self.record.file,
            through=through,
            changed=self.changed,
            reviewed=f"{reviewed.on} by {reviewed.by}" if reviewed else "",
            wide=kind in ("overview", "print"),
            boost=2.0 if kind == "overview" else 1.0,
            nav=tuple(self.nav(within)),
        )

    def plain(self, file: str, title: str, words: str) -> Page:
        """A page without any template, for when that fails: why, and whom to call."""
        name = self.record.client.client
        lines = [f"# {escape.text(title)}: {escape.text(name)}", "", escape.text(words), "", "Whom to call:", ""]
        lines.extend("- " + escape.text(one) for one in self._callers())
        return Page(
            uri=self.path + file,
            title=f"{name}: {title}",
            kind="withheld",
            markdown="\n".join([*lines, ""]),
            client=self.record.slug,
            client_name=name,
            description=f"{title}: {name}",
            file=self.record.file,
            nav=tuple(self.nav("")),
        )

    def _callers(self) -> Iterator[str]:
        """The client's contacts, then our duty manager, with their telephones."""
        for contact in self.view["contacts"]:
            yield f"{contact['name']}: {contact['phone'] or 'no telephone is recorded'}"
        duty = self.press.provider["duty_manager"]
        yield f"If nobody answers: {duty['name']}, {duty['phone']}" if duty else "If nobody answers: your duty manager"
