"""Which sites the quick build is for: those of which it is known what makes a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from runbooks.engine import shapes
from runbooks.engine.listening import listening
from runbooks.engine.whole import config_file, docs_of
from runbooks.site import shipped

PLUGINS: Final = frozenset({"search", "material/search", "runbooks"})
EXTENSIONS: Final = frozenset(
    {"abbr", "admonition", "attr_list", "def_list", "fenced_code", "footnotes", "md_in_html", "sane_lists", "smarty",
     "tables", "toc",
     *(f"pymdownx.{name}" for name in ("caret", "details", "highlight", "inlinehilite", "keys", "mark", "smartsymbols",
                                       "superfences", "tabbed", "tasklist", "tilde"))}
)  # fmt: skip
"""The Markdown extensions that make a page of its own text alone."""
ALL_PAGES: Final = re.compile(r"{[{%][^}]*\bpages\b")
"""Where a template asks for all pages of the site."""
TEMPLATES: Final = (".html", ".xml", ".txt", ".json", ".js")


@dataclass(frozen=True, slots=True)
class Fitness:
    """Why a site is not for the quick build, nothing when it is; and the folders that its own templates lie in.

    `alike` is whether its pages can be made by their shape: nothing asks which word stands in them.
    """

    why: str
    themes: tuple[Path, ...] = ()
    alike: bool = False


def judged(root: Path, *, offline: bool) -> Fitness:
    """Whether a site is for the quick build.

    Raises:
        BuildFailed: when MkDocs cannot work with mkdocs.yml.
        UserError: when there is none.
    """
    path = config_file(root)
    if re.search(rb"!ENV|^INHERIT\b", path.read_bytes(), re.MULTILINE):
        return Fitness("mkdocs.yml takes settings from elsewhere")
    with listening(), docs_of(path) as docs:
        config = load_config(str(path), strict=False, **docs, **settings(offline=offline))
    themes = tuple(own_themes(config, root))
    alike = set(config.markdown_extensions) <= shapes.EXTENSIONS and not any(_of_pages(themes))
    alike = alike and not {"slugify", "separator"} & set(config.mdx_configs.get("toc", {}))
    return Fitness(_refusal(config) or _greedy(themes), themes, alike)


def _refusal(config: MkDocsConfig) -> str:
    if config.hooks:
        return "of hooks"
    if config.extra_templates:
        return "of extra_templates"
    if others := sorted(set(config.plugins) - PLUGINS):
        return f"of the plugin {others[0]}"
    if others := sorted(set(config.markdown_extensions) - EXTENSIONS):
        return f"of the Markdown extension {others[0]}"
    return ""


def _greedy(themes: Iterable[Path]) -> str:
    """A template of the site that asks for all pages, the shipped list of all addresses excepted."""
    for file in (path for folder in themes for path in sorted(folder.rglob("*")) if path.suffix in TEMPLATES):
        asks = ALL_PAGES.search(file.read_text(encoding="utf-8", errors="replace"))
        if asks and not file.is_relative_to(shipped().resolve()):
            return f"{file.name} of the theme asks for all pages"
    return ""


def _of_pages(themes: Iterable[Path]) -> Iterator[Path]:
    """The templates of the site that could do anything with what a page says."""
    ours = (shipped() / "theme").resolve()
    return (path for folder in themes if folder != ours for path in folder.rglob("*") if path.suffix in TEMPLATES)


def settings(*, offline: bool) -> dict[str, Any]:
    """The settings of a site that also works without a server, beside those of mkdocs.yml."""
    return {"use_directory_urls": False} if offline else {}


def own_themes(config: MkDocsConfig, root: Path) -> list[Path]:
    """The folders of templates that do not come with MkDocs or the theme."""
    specs = filter(None, map(find_spec, ("material", "mkdocs")))
    installed = [Path(place).resolve() for spec in specs for place in spec.submodule_search_locations or ()]
    folders = [*map(Path, config.theme.dirs), root / "templates" / "theme"]
    own = (one.resolve() for one in folders if one.is_dir())
    return [one for one in dict.fromkeys(own) if not any(one.is_relative_to(there) for there in installed)]
