"""`runbooks diff`: what a change means, for whoever reviews it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from runbooks import crew, gate, site
from runbooks.cli.options import AS_OF, PASSED, SITE, WRONG_USE, crashed, nothing_checked, root_of
from runbooks.errors import UserError
from runbooks.fleet import PolicyUnreadable


@click.command("diff")
@SITE
@AS_OF
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Text, JSON, or Markdown for a comment on a pull request.",
)
@click.argument("revision", metavar="REVISION")
def compare(folder: Path | None, as_of: date | None, form: str, revision: str) -> int:
    r"""Tell in words what the files here mean for clients that those of a git revision did not.

    Who gains or loses monitoring and from when, pages that appear or go dark, agreements, contacts, findings, coverage.
    Both are looked at on the same day.

    \b
    Examples:
      runbooks diff origin/main
      runbooks diff HEAD~1 --as-of 2027-01-01
      runbooks diff origin/main --format markdown > comment.md
    """
    from runbooks import changes, since
    from runbooks.revisions import earlier

    root = root_of(folder)
    known = crew.shelf_of(root)
    try:
        survey = site.survey(root, as_of, known)
    except PolicyUnreadable as error:
        for finding in gate.policy_findings(error):
            click.echo(str(finding), err=True)
        click.echo("policy.yml cannot be read, so nothing was compared", err=True)
        return WRONG_USE
    then = earlier(survey.fleet, revision, known)
    known.save()
    if then.site is None:
        raise UserError(f"there is no site with a policy.yml that can be read at {revision}, so nothing was compared")
    report = site.check(survey.fleet, survey.found)
    if crashes := (*report.crashes, *then.site.report.crashes):
        return crashed(crashes)
    if not survey.fleet.records and not then.site.fleet.records:
        return nothing_checked()
    new = since.against(report, survey.fleet, then.site).findings
    found = changes.compare(then, then.site, changes.Side(survey.fleet, report), new)
    click.echo(changes.FORMATS[form](found), nl=False)
    return PASSED
