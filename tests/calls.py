"""Calling the command in this process: how it ended, and what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from runbooks import cli


@dataclass(frozen=True)
class Done:
    """How a call ended, and what it said on both channels."""

    code: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes of the findings of a report in JSON."""
        return [one["code"] for one in json.loads(self.out)["findings"]]


Run: TypeAlias = Callable[..., Done]


def called(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Done:
    """Call the command; what was printed before is left out."""
    capsys.readouterr()
    code = cli.run([str(one) for one in arguments])
    return Done(code, *capsys.readouterr())
