"""The command that writes runbooks for the safe and for a USB stick."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from runbooks import site
from runbooks.cli.options import AS_OF, FOUND, PASSED, SITE, crashed, nothing_checked, root_of, unreadable
from runbooks.errors import UserError
from runbooks.fleet import PolicyUnreadable
from runbooks.publish.place import SOURCES, is_ours, is_published

if TYPE_CHECKING:
    from runbooks.pack import Pack, Packing
    from runbooks.pack.frame import Paper

PAPERS: Final[Mapping[str, Paper]] = {"a4": "A4", "letter": "Letter"}


@click.command()
@SITE
@AS_OF
@click.option(
    "--out", type=click.Path(path_type=Path), default="packs", show_default=True, help="The folder the files go into."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf", "both"]),
    default="both",
    show_default=True,
    help="What is written of each client.",
)
@click.option("--paper", type=click.Choice(list(PAPERS)), default="a4", show_default=True, help="The paper of the PDF.")
@click.argument("clients", nargs=-1)
def pack(folder: Path | None, as_of: date | None, *, out: Path, form: str, paper: str, clients: tuple[str, ...]) -> int:
    r"""Write the whole runbook of each CLIENT as one HTML file and as PDF, for when there is no network.

    \b
    Examples:
      runbooks pack harbour-dental
      runbooks pack harbour-dental --out /media/safe --format html
      runbooks pack harbour-dental --format pdf --paper letter
    """
    from runbooks.pack import packing

    root = root_of(folder)
    _place(out, root)
    try:
        made = packing(root, as_of, clients)
    except PolicyUnreadable as error:
        return unreadable(error, root, as_of, "full")
    if made.report.crashes:
        return crashed(made.report.crashes)
    if not made.fleet.records:
        return nothing_checked()
    if warning := site.held(made.fleet):
        click.echo(warning, err=True)
    _tell(made)
    _write(made.packs, out, form, paper)
    return FOUND if made.refused or made.flaws else PASSED


def _tell(made: Packing) -> None:
    for slug, why in made.refused.items():
        click.echo(f"runbooks: there is no pack of {slug}:", err=True)
        for reason in why:
            click.echo(f"  {reason}", err=True)
    for flaw in made.flaws:
        click.echo(f"runbooks: a template has an error, and the pack lacks what it would say: {flaw}", err=True)


def _place(out: Path, root: Path) -> None:
    """UserError where a pack would become a source, or be published unread."""
    real = out.resolve()
    inside = real.relative_to(root.resolve()).parts if real.is_relative_to(root.resolve()) else ()
    if inside and inside[0].casefold() in SOURCES:
        raise UserError(f"{out} lies among the sources of the site; choose another folder with --out")
    if is_published(out) or any(is_ours(folder) for folder in (real, *real.parents)):
        raise UserError(f"{out} lies in a built site; choose another folder with --out")
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is not a folder")


def _write(packs: tuple[Pack, ...], out: Path, form: str, paper: str) -> None:
    """Every HTML file first: where no PDF can be made, these are there all the same."""
    from runbooks.pack import pdf

    if form in ("html", "both"):
        for one in packs:
            _put(out / f"{one.name}.html", one.html.encode("utf-8"))
    if form in ("pdf", "both"):
        for one in packs:
            _put(out / f"{one.name}.pdf", pdf(one.on(PAPERS[paper])))


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and say so."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        os.replace(new, path)  # noqa: PTH105 - the one that replaces on Windows too
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    click.echo(path.as_posix())
