"""The pages as a plain Markdown tree with a plain mkdocs.yml, which needs no plugin of ours to be built."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from runbooks import engine, finder, frame, site
from runbooks.errors import UserError
from runbooks.pages.markdown import markdown
from runbooks.plugin import DAY, EXTENSIONS, day_script, nav, plain_config
from runbooks.publish import PublishError
from runbooks.publish.place import place
from runbooks.site import Site


def write(made: Site, out: Path) -> int:
    """Write pages, hand-written pages, theme and mkdocs.yml below `out`; the number of files.

    Raises:
        UserError: when `out` holds something already, lies among the sources, or there is no mkdocs.yml to start from.
    """
    try:
        # The folder itself and not a link to it: nothing is replaced here, it is written into.
        place(out.resolve(), made.fleet.root)
    except PublishError as error:
        raise UserError(str(error)) from error
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
    config = plain_config(source)
    for folder in _themes(config, made):
        shutil.copytree(folder, out / "overrides", dirs_exist_ok=True)
    _put(out / "overrides" / DAY, day_script(made.fleet.as_of.isoformat()))
    _put(out / "mkdocs.yml", _yaml(_config(config, made)))
    return sum(path.is_file() for path in out.rglob("*"))


def _themes(config: dict[str, object], made: Site) -> Iterator[Path]:
    """Every folder of theme files, the one that wins last."""
    theme = config.get("theme")
    custom = theme.get("custom_dir") if isinstance(theme, dict) else None
    own = [made.fleet.root / str(custom)] if custom else []
    for folder in dict.fromkeys((site.shipped() / "theme", made.fleet.root / "templates" / "theme", *own)):
        if folder.is_dir():
            yield folder


def _yaml(config: dict[str, object]) -> str:
    """Settings as JSON, which is YAML, but for the names of functions: those JSON has not."""
    text = json.dumps(config, indent=2, ensure_ascii=False, default=_function)
    return FUNCTION.sub(r"!!python/name:\1 ''", text) + "\n"


FUNCTION = re.compile(r'"!!python/name:([\w.]+)"')


def _function(value: object) -> str:
    name = getattr(value, "__qualname__", None)
    if not callable(value) or name is None:
        raise UserError(f"mkdocs.yml holds {value}, which cannot be written into a plain one")
    return f"!!python/name:{value.__module__}.{name}"


def _config(config: dict[str, object], made: Site) -> dict[str, object]:
    """The site's own settings, without the plugin, with what the plugin would have added. JSON is YAML."""
    theme = config.get("theme")
    theme = dict(theme) if isinstance(theme, dict) else {"name": str(theme or "material")}
    features = theme.get("features")
    sound = {"features": frame.sound(features)} if isinstance(features, list) else {}
    extensions = config.get("markdown_extensions")
    listed = list(extensions) if isinstance(extensions, list) else []
    named = {next(iter(one)) if isinstance(one, dict) else one for one in listed}
    extra = config.get("extra")
    return {
        **config,
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": True,
        "theme": {**theme, **sound, "custom_dir": "overrides"},
        "markdown_extensions": [*listed, *(one for one in EXTENSIONS if one not in named)],
        "plugins": [_searching(one) for one in _plugins(config) if _name(one) != engine.NAME],
        "nav": nav(made, config.get("nav")),
        "not_in_nav": "/clients/*/\n/rules/*\n!/rules/index.md\n/products/*\n!/products/index.md\n",
        "extra": {**(extra if isinstance(extra, dict) else {}), "report_problem": made.fleet.policy.report_problem},
    }


def _plugins(config: dict[str, object]) -> list[object]:
    plugins = config.get("plugins")
    return list(plugins) if isinstance(plugins, list) else []


def _searching(entry: object) -> object:
    """A plugin as it is named; the search finds host names in part, as it does where the plugin of ours is."""
    match entry:
        case "search":
            return {"search": {"separator": finder.SEPARATOR}}
        case {"search": dict(settings)}:
            return {"search": {"separator": finder.SEPARATOR, **settings}}
        case _:
            return entry


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
