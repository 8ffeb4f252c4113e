"""Which template files there are: a site's own before the shipped ones, by names that cannot leave their folders."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import jinja2

_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\.md")


class Loader(jinja2.BaseLoader):
    """Templates of several folders by name, the first folder that has one wins: a site's own, then the shipped set.

    A folder is given with the label that messages show in front of the name. Only names within `prefixes` are found.
    """

    def __init__(self, folders: Sequence[tuple[str, Path]], prefixes: Sequence[str] = ()) -> None:
        self.folders = tuple(folders)
        self.prefixes = tuple(prefix.rstrip("/") + "/" for prefix in prefixes)

    def restricted(self, prefixes: Sequence[str]) -> Loader:
        """The same folders, but only templates below these folders of theirs are found."""
        return Loader(self.folders, prefixes)

    def shipped(self) -> Loader:
        """Only the last folder: the templates that come with the program."""
        return Loader(self.folders[-1:], self.prefixes)

    def origin(self, name: str) -> tuple[str, Path] | None:
        """The shown name and the file of a template; nothing if there is none, or if it lies outside its folder."""
        if not _NAME.fullmatch(name) or ".." in name or (self.prefixes and not name.startswith(self.prefixes)):
            return None
        for label, folder in self.folders:
            path = folder / name
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return f"{label}/{name}" if label else name, path
        return None

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002 - what Jinja calls it with
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        """What Jinja asks of a loader: the text, the shown name, and that it does not change during a build."""
        found = self.origin(template)
        if found is None:
            raise jinja2.TemplateNotFound(template, f"there is no template {template!r} here")
        try:
            return found[1].read_text(encoding="utf-8"), found[0], lambda: True
        except UnicodeDecodeError as problem:
            raise jinja2.TemplateNotFound(template, f"{found[0]} is not UTF-8") from problem

    def list_templates(self) -> list[str]:
        """The names of all Markdown templates that can be loaded, sorted."""
        found = {path.relative_to(folder).as_posix() for _, folder in self.folders for path in folder.rglob("*.md")}
        return sorted(name for name in found if self.origin(name))
