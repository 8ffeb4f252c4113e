"""The pages as a plain Markdown tree with a plain mkdocs.yml, which needs no plugin of ours to be built."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from runbooks import engine, site
from runbooks.errors import UserError
from runbooks.pages.markdown import markdown
from runbooks.plugin import EXTENSIONS, nav, plain_config
from runbooks.site import Site


def write(made: Site, out: Path) -> int:
    """Write pages, hand-written pages, theme and mkdocs.yml below `out`; the number of files.

    Raises:
        UserError: when `out` holds something already, or there is no mkdocs.yml to start from.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} is not empty; choose a new folder")
    source = engine.config_file(made.fleet.root)
    docs = out / "docs"
    generated = {page.uri: page for page in made.book.pages}
    for path in _written(made):
        name = path.relative_to(made.fleet.root / "docs").as_posix()
        if name not in generated:
            _copy(path, docs / name)
    for page in generated.values():
        _put(docs / page.uri, markdown(page, made.fleet.policy, directory_urls=True))
    for folder in dict.fromkeys((site.shipped() / "theme", made.fleet.root / "templates" / "theme")):
        if folder.is_dir():
            shutil.copytree(folder, out / "overrides", dirs_exist_ok=True)
    config = plain_config(source)
    _put(out / "mkdocs.yml", json.dumps(_config(config, made), indent=2, ensure_ascii=False) + "\n")
    return sum(path.is_file() for path in out.rglob("*"))


def _config(config: dict[str, object], made: Site) -> dict[str, object]:
    """The site's own settings, without the plugin, with what the plugin would have added. JSON is YAML."""
    theme = config.get("theme")
    theme = dict(theme) if isinstance(theme, dict) else {"name": str(theme or "material")}
    extensions = config.get("markdown_extensions")
    listed = list(extensions) if isinstance(extensions, list) else []
    named = {next(iter(one)) if isinstance(one, dict) else one for one in listed}
    extra = config.get("extra")
    return {
        **config,
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": True,
        "theme": {**theme, "custom_dir": "overrides"},
        "markdown_extensions": [*listed, *(one for one in EXTENSIONS if one not in named)],
        "plugins": [one for one in _plugins(config) if _name(one) != engine.NAME],
        "nav": nav(made, config.get("nav")),
        "not_in_nav": "/clients/*/\n",
        "extra": {**(extra if isinstance(extra, dict) else {}), "report_problem": made.fleet.policy.report_problem},
    }


def _plugins(config: dict[str, object]) -> list[object]:
    plugins = config.get("plugins")
    return list(plugins) if isinstance(plugins, list) else []


def _name(entry: object) -> object:
    return next(iter(entry)) if isinstance(entry, dict) else entry


def _written(made: Site) -> Iterator[Path]:
    docs = made.fleet.root / "docs"
    for path in sorted(docs.rglob("*")) if docs.is_dir() else []:
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(docs).parts):
            yield path


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
