"""The commands that make, show and read sites."""

from __future__ import annotations

import gc
import threading
from datetime import date
from pathlib import Path
from typing import Final

import click

from runbooks import errors, site, unchanged
from runbooks.cli.options import AS_OF, FORMAT, FOUND, NOTHING_CHECKED, PASSED, SITE, code_of, root_of, show, unreadable
from runbooks.cli.waiting import table, waiting
from runbooks.escape import visible
from runbooks.findings import Severity
from runbooks.fleet import PolicyUnreadable
from runbooks.outcome import Outcome
from runbooks.progress import Progress
from runbooks.recordfiles import originals
from runbooks.shape import closest
from runbooks.unchanged import Asked

SITE_DIR: Final = click.option(
    "--site-dir", type=click.Path(path_type=Path), default=None, help="Where the site is published. [default: site]"
)


@click.command()
@SITE
@AS_OF
@FORMAT
@SITE_DIR
@click.option("--all-or-nothing", is_flag=True, help="Keep the old site unless there is no finding that blocks.")
@click.option("--only", metavar="group=G", default="", help="A site without a trace of any client of another group.")
@click.option("--offline", is_flag=True, help="A site that also works from a folder, without a server.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing while the work goes on.")
@click.option("--timings", is_flag=True, help="Say at the end how long each step took.")
def build(
    folder: Path | None,
    as_of: date | None,
    *,
    form: str,
    site_dir: Path | None,
    all_or_nothing: bool,
    only: str,
    offline: bool,
    quiet: bool,
    timings: bool,
) -> int:
    r"""Check, build and publish everything that is not blocked; end with 1 when something was.

    \b
    Examples:
      runbooks build
      runbooks build --as-of 2027-01-01 --site-dir /srv/runbooks
      runbooks build --only group=dental --site-dir /srv/dental
      runbooks build --offline --site-dir stick
    """
    root = root_of(folder)
    asked = Asked(root, as_of, site_dir or root / "site", all_or_nothing, only, offline)
    told = waiting(quiet=quiet)
    try:
        outcome = unchanged.answer(asked)
        told.was("Looking for changes")
        if outcome is None:
            outcome = _built(asked, told)
        else:
            told.end()
    except PolicyUnreadable as error:
        return unreadable(error, root, as_of, form)
    finally:
        told.close()
    if timings:
        click.echo(table(told.times), err=True)
    return _ended(outcome, root, form)


def _built(asked: Asked, told: Progress) -> Outcome:
    from runbooks import driver  # which loads MkDocs: that takes as long as to see that nothing has changed

    return driver.build(asked, told)


def _ended(outcome: Outcome, root: Path, form: str) -> int:
    show(outcome.report, root, form)
    click.echo(outcome.words, err=True)
    return code_of(outcome.report, Severity.ERROR) or (PASSED if outcome.published else FOUND)


@click.command()
@SITE
@SITE_DIR
def releases(folder: Path | None, site_dir: Path | None) -> int:
    r"""List the published site and those before it that can be gone back to.

    \b
    Example:
      runbooks releases
    """
    from runbooks import driver

    root = root_of(folder)
    found = driver.releases(root, site_dir or root / "site")
    if not found:
        click.echo("nothing was published there yet", err=True)
        return NOTHING_CHECKED
    for one in found:
        about = f" only {one.only}" if one.only else ""
        click.echo(f"{'*' if one.current else ' '} {one.name}  of {one.as_of}{about}  {one.digest[:12]}")
    return PASSED


@click.command()
@SITE
@AS_OF
@FORMAT
@SITE_DIR
@click.argument("release")
def rollback(folder: Path | None, as_of: date | None, form: str, site_dir: Path | None, release: str) -> int:
    r"""Make a release of old the site again, if it holds nothing that may not be shown today.

    \b
    Example:
      runbooks rollback 11
    """
    from runbooks import driver

    root = root_of(folder)
    return _ended(driver.go_back(root, as_of, site_dir or root / "site", release), root, form)


@click.command()
@SITE
@AS_OF
@click.option("--host", default="127.0.0.1:8000", show_default=True, help="Address and port of the preview.")
@click.option("--client", "only", metavar="SLUG", default="", help="One client alone: nothing of the others is read.")
def serve(folder: Path | None, as_of: date | None, host: str, only: str) -> int:
    r"""Show the site while it is written: a save shows in the browser at once.

    What is wrong stands at the top of the page it is about, and in the terminal. Ctrl-C ends it.

    \b
    Examples:
      runbooks serve
      runbooks serve --client harbour-dental
      runbooks serve --host 127.0.0.1:8001
    """
    from runbooks import engine
    from runbooks.preview import Studio
    from runbooks.preview import serve as show_preview

    root, address = root_of(folder), _address(host)
    engine.config_file(root)
    if only and only not in {one.name for one in originals(root)}:
        known = closest(only, (one.name for one in originals(root)))
        raise errors.UserError(f"there is no client {only}" + (f": {known}" if known else ""))

    def tell(words: str) -> None:
        click.echo(words, err=True)

    gc.set_threshold(*OFTEN)
    show_preview(Studio(root, as_of, only, tell), root, address, tell, threading.Event())
    return PASSED


OFTEN: Final = (700, 10, 10)
"""How often the collector of cycles looks in what runs all day: as Python has it by itself."""


def _address(host: str) -> tuple[str, int]:
    """Name and port of an address, the port 8000 where it is left out."""
    name, colon, port = host.rpartition(":")
    if not colon or name.endswith(":") or "]" in port:
        name, port = host, "8000"
    if not port.isdecimal() or not 0 <= int(port) < 65536:
        raise errors.UserError(f"--host takes an address and a port, as 127.0.0.1:8000, and not {host}")
    return name.strip("[]") or "127.0.0.1", int(port)


@click.command()
@SITE
@AS_OF
@FORMAT
@click.option("--out", type=click.Path(path_type=Path), required=True, help="An empty or new folder.")
def render(folder: Path | None, as_of: date | None, form: str, out: Path) -> int:
    r"""Write the same pages as plain Markdown with a plain mkdocs.yml, for any engine that builds Markdown.

    \b
    Example:
      runbooks render --out plain && mkdocs build --strict -f plain/mkdocs.yml
    """
    from runbooks import tree

    root = root_of(folder)
    try:
        made = site.make(site.read(root, as_of))
    except PolicyUnreadable as error:
        return unreadable(error, root, as_of, form)
    if made.fleet.records and not made.report.site_blocked:
        click.echo(f"{tree.write(made, out)} files in {out}", err=True)
    show(made.report, root, form)
    return code_of(made.report, Severity.ERROR)


@click.command()
@SITE
@AS_OF
@click.argument("built", type=click.Path(path_type=Path))
def verify(folder: Path | None, as_of: date | None, built: Path) -> int:
    r"""Read a built site and find whatever in it gives monitoring away.

    \b
    Example:
      runbooks verify site
    """
    from runbooks import driver

    root = root_of(folder)
    if not built.is_dir():
        raise errors.UserError(f"there is no folder {built}")
    fleet = site.read(root, as_of)
    if not any(built.rglob("*.html")):
        click.echo(f"there is no page in {built}, so nothing was checked", err=True)
        return NOTHING_CHECKED
    found = driver.leaks(built, fleet)
    for finding in found:
        click.echo(visible(str(finding)))
    click.echo(f"Read {built}: {len(found)} leaks. As of {fleet.as_of}.")
    return FOUND if found else PASSED
