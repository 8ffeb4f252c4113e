"""Hands: whoever works, everything is done once, and comes in order."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks import hands
from runbooks.hands import Work


@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 7), st.data())
def test_every_number_is_done_once_whoever_takes_some_first(count: int, many: int, step: int, data: st.DataObject):
    parts = hands._edges(count, many)
    busy, done = set(range(many)), list[int]()
    while busy:
        mine = data.draw(st.sampled_from(sorted(busy)))
        some = hands._some(parts, mine, step)
        assert len(some) <= step
        done += some
        busy -= {mine} if not some else set()
    assert sorted(done) == list(range(count))


def test_a_process_does_its_own_part_before_it_takes_the_end_of_the_longest():
    parts = hands._shared(hands._edges(9, 3))
    assert [list(hands._some(parts, 1, 2)) for _ in range(2)] == [[3, 4], [5]]
    assert [list(hands._some(parts, 1, 2)) for _ in range(3)] == [[1, 2], [7, 8], [0]]


@pytest.mark.parametrize("many", [1, 2, 3])
def test_results_come_in_order(many: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hands, "at_hand", lambda: many)
    told = list[int]()
    work = Work(lambda number: str(number * number), str.encode, lambda _, sent: sent.decode(), told=told.append)
    assert list(hands.done(23, work, few=2)) == [str(number * number) for number in range(23)]
    assert told[-1] == 23


@pytest.mark.parametrize("many", [1, 2])
def test_what_is_done_aside_is_there_when_it_is_asked_for(many: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hands, "at_hand", lambda: many)
    results = [hands.aside(lambda: b"one" * 100_000), hands.aside(lambda: b"two" * 100_000)]
    assert [result() for result in results] == [b"one" * 100_000, b"two" * 100_000]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is forked")
def test_who_ends_before_his_time_aside_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hands, "at_hand", lambda: 2)

    def killed() -> bytes:
        os._exit(3)

    result = hands.aside(killed)
    with pytest.raises(RuntimeError, match="ended with 3"):
        result()
