"""What a person sees while long work goes on: a bar on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Final

import click

from runbooks.progress import Progress

WIDTH: Final = 24
"""Signs of the bar."""
OFTEN: Final = 0.1
"""Seconds between two looks of the bar."""


class Lines(Progress):
    """A line for each step that has ended, where nothing can be written over. So wrong use stays one line."""

    def __init__(self) -> None:
        super().__init__()
        self._told = 0

    def was(self, words: str) -> None:
        """All that was done since the beginning was this one step, of which nobody is told."""
        super().was(words)
        self._told += 1

    def step(self, words: str) -> None:
        """A step begins."""
        super().step(words)
        self._tell()

    def end(self) -> None:
        """All is done."""
        super().end()
        self._tell()

    def _tell(self) -> None:
        for words, _ in self.times[self._told :]:
            click.echo(f"{words}: done", err=True)
        self._told = len(self.times)


class Bar(Progress):
    """The step on one line of a terminal, with a bar, the pages that are done and the time that is left."""

    def __init__(self) -> None:
        super().__init__()
        self._words, self._since, self._shown = "", 0.0, 0.0

    def step(self, words: str) -> None:
        """A step begins."""
        super().step(words)
        self._words, self._since = words, time.perf_counter()
        self._show(f"{words} ...")

    def at(self, done: int, whole: int) -> None:
        """So many pages are done."""
        now = time.perf_counter()
        if now - self._shown < OFTEN and done < whole:
            return
        self._shown = now
        full = WIDTH * done // whole if whole else WIDTH
        left = (now - self._since) * (whole - done) / done if done else 0.0
        bar = "#" * full + "-" * (WIDTH - full)
        self._show(f"{self._words} [{bar}] {done:,} of {whole:,} pages, {clock(left)} left")

    def close(self) -> None:
        """The line is empty again."""
        self._show("")

    def _show(self, words: str) -> None:
        click.echo(f"\r\033[K{words}", err=True, nl=False)


def waiting(*, quiet: bool) -> Progress:
    """Who tells a person how far it is: nobody, where that is asked."""
    if quiet:
        return Progress()
    return Bar() if sys.stderr.isatty() else Lines()


def clock(seconds: float) -> str:
    """A time to wait, as it is read at a glance: `40 s`, `2 min 05 s`."""
    whole = int(seconds + 0.5)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"


def table(times: Iterable[tuple[str, float]]) -> str:
    """How long each step took."""
    rows = list(times)
    wide = max((len(words) for words, _ in rows), default=0)
    whole = ("All of it", sum(seconds for _, seconds in rows))
    return "\n".join(f"{words:{max(wide, 9)}}  {seconds:8.2f} s" for words, seconds in (*rows, whole) if words)
