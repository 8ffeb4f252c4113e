"""`runbooks doctor`: what is missing or out of date."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from runbooks import site
from runbooks.cli.options import FOUND, PASSED, SITE, root_of
from runbooks.unpaid import counted


@click.command()
@SITE
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is printed.",
)
def doctor(folder: Path | None, form: str) -> int:
    r"""Say what is missing or out of date in a site and on this machine. It changes nothing.

    \b
    Examples:
      runbooks doctor
      runbooks doctor --format json
    """
    from runbooks import checkups

    found = checkups.advice(site.read(root_of(folder)))
    if form == "json":
        things = [asdict(one) for one in found]
        click.echo(json.dumps({"schema_version": 1, "advice": things}, indent=2, ensure_ascii=False))
    else:
        for one in found:
            click.echo(str(one))
    click.echo(f"{counted(len(found), 'thing')} to do." if found else "Nothing to do.", err=True)
    return FOUND if found else PASSED
