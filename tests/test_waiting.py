"""What a person sees while long work goes on."""

from __future__ import annotations

import pytest

from runbooks.cli import waiting
from runbooks.cli.waiting import Bar, Lines
from runbooks.progress import Progress


def work(told: Progress) -> None:
    """Two steps, of which the second has pages."""
    told.was("Looking for changes")
    told.step("Reading")
    told.step("Building")
    told.at(1, 4)
    told.at(4, 4)
    told.end()
    told.close()


def test_a_terminal_has_a_bar_with_the_pages_done_and_the_time_left(capsys: pytest.CaptureFixture[str]):
    work(Bar())
    shown = capsys.readouterr().err.replace("\033[K", "").split("\r")
    assert shown[1:3] == ["Reading ...", "Building ..."]
    assert shown[-2] == f"Building [{'#' * waiting.WIDTH}] 4 of 4 pages, 0 s left"
    assert shown[-1] == ""


def test_elsewhere_a_step_is_a_line_when_it_has_ended(capsys: pytest.CaptureFixture[str]):
    work(Lines())
    assert capsys.readouterr().err == "Reading: done\nBuilding: done\n"


def test_quietly_nothing_is_said_and_the_times_are_known(capsys: pytest.CaptureFixture[str]):
    told = waiting.waiting(quiet=True)
    work(told)
    assert capsys.readouterr().err == ""
    assert [words for words, _ in told.times] == ["Looking for changes", "Reading", "Building"]
    assert waiting.table(told.times).splitlines()[-1].startswith("All of it")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s")]
)
def test_a_time_to_wait_is_read_at_a_glance(seconds: float, words: str):
    assert waiting.clock(seconds) == words
