"""The command: parse, call, print, and end with the code that says how it went."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

import click

from runbooks import __version__, errors, gate
from runbooks.cli.options import BUG, FOUND, INTERRUPTED, NOTHING_CHECKED, PASSED, WRONG_USE
from runbooks.escape import visible
from runbooks.fleet import PolicyUnreadable

__all__ = ["BUG", "FOUND", "INTERRUPTED", "NOTHING_CHECKED", "PASSED", "WRONG_USE", "cli", "main", "run"]


COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "baseline": ("checks", "baseline"),
    "build": ("sites", "build"),
    "diff": ("reviewing", "compare"),
    "doctor": ("doctoring", "doctor"),
    "explain": ("checks", "explain"),
    "fmt": ("tidying", "fmt"),
    "forecast": ("checks", "foretell"),
    "import": ("importing", "bring"),
    "init": ("starting", "init"),
    "inventory": ("inventories", "inventory"),
    "lint": ("checks", "lint"),
    "migrate": ("tidying", "migrate"),
    "new": ("starting", "new"),
    "pack": ("packs", "pack"),
    "releases": ("sites", "releases"),
    "render": ("sites", "render"),
    "rollback": ("sites", "rollback"),
    "schema": ("checks", "schema"),
    "serve": ("sites", "serve"),
    "verify": ("sites", "verify"),
}
"""Each command with its module and its name there. It is loaded when it is asked for: each has much of its own."""


class Commands(click.Group):
    """The commands, none of which is loaded before it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click names it
        """The names of all commands, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """A command by its name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"runbooks.cli.{module}"), name)
        _on_their_lines(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is asked for. What none is called is told with the nearest of those not loaded yet, too."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="runbooks")
@click.pass_context
def cli(context: click.Context) -> int:
    """Backup runbooks from client records, gated by the agreements behind them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
    return WRONG_USE


def _on_their_lines(command: click.Command) -> None:
    """Keep the examples of a help on lines of their own: in a raw docstring, click's mark for that is two letters."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        _on_their_lines(each)


def _told(error: click.ClickException) -> str:
    """What is wrong with a call, and where it is written how it goes, where the message itself does not say."""
    message = error.format_message()
    named = isinstance(error, click.exceptions.MissingParameter | click.exceptions.NoSuchCommand)
    bare = type(error) is click.UsageError and message.startswith("Got unexpected")
    if "Did you mean" in message or not (named or bare) or not isinstance(error, click.UsageError) or not error.ctx:
        return message
    return f"{message.rstrip('.')}: `{error.ctx.command_path} --help` says how it goes"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the code it ends with."""
    try:
        given = list(arguments) if arguments is not None else None
        code = cli.main(args=given, prog_name="runbooks", standalone_mode=False)
    except PolicyUnreadable as error:
        for finding in gate.policy_findings(error):
            click.echo(visible(str(finding)))
        click.echo("policy.yml cannot be read, so nothing was checked", err=True)
        return WRONG_USE
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_USE
    except (click.ClickException, errors.UserError) as error:
        for message in (_told(error),) if isinstance(error, click.ClickException) else error.messages:
            click.echo(visible(f"runbooks: {' '.join(message.split())}"), err=True)
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("runbooks: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return PASSED
    except Exception:  # noqa: BLE001 - a bug: its traceback is what there is to say
        traceback.print_exc()
        return BUG
    return code if isinstance(code, int) else PASSED
