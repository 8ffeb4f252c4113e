from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TypeVar

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.grammar import (
    DURATION_PATTERN,
    EXAMPLES,
    RETENTION_KEYS,
    SCHEDULE_PATTERN,
    GrammarError,
    MonthDay,
    Schedule,
    duration,
    duration_text,
    retention_days,
    retention_text,
    schedule,
    schedule_text,
)

T = TypeVar("T")
VALIDATORS = {
    pattern: jsonschema_rs.validator_for({"type": "string", "pattern": pattern})
    for pattern in (DURATION_PATTERN, SCHEDULE_PATTERN)
}
PARTS_OF_DAY = [minutes for minutes in range(1, 1441) if 1440 % minutes == 0]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def refusal(text: str) -> str:
    with pytest.raises(GrammarError) as refused:
        schedule(text)
    return str(refused.value)


def tried(read: Callable[[str], T], text: str) -> tuple[T | None, str]:
    try:
        return read(text), ""
    except GrammarError as refused:
        return None, str(refused)


def is_published(pattern: str, text: str) -> bool:
    """Whether two engines agree that a pattern accepts a text: Python's, and one that reads patterns as ECMAScript."""
    accepted = re.search(pattern, text) is not None
    assert VALIDATORS[pattern].is_valid(text) == accepted
    return accepted


# Durations.


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("4h", timedelta(hours=4)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("1d 12h", timedelta(hours=36)),
        ("1w2d3h4m", timedelta(days=9, hours=3, minutes=4)),
        (" 24 H\n", timedelta(hours=24)),
        ("PT24H", timedelta(hours=24)),
        ("P1D", timedelta(days=1)),
        ("P2W", timedelta(weeks=2)),
        ("p1dt12h30m", timedelta(hours=36, minutes=30)),
        ("PT90M", timedelta(minutes=90)),
    ],
)
def test_a_duration_is_read(text: str, length: timedelta):
    assert duration(text) == length


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("24", "the unit is missing"),
        ("24 hours", 'did you mean "24h"?'),
        ("1.5h", 'did you mean "1h 30m"?'),
        ("1 day and 12 hours", 'did you mean "36h"?'),
        ("1d 36h", 'did you mean "2d 12h"?'),
        ("1d 0h", 'did you mean "24h"?'),
        ("12 months", "months and years have no fixed length"),
        ("P1Y", "months and years have no fixed length"),
        ("90s", "seconds are too fine"),
        ("0m", "at least 1m"),
        ("P1D2H", "the units are m (minutes), h (hours), d (days) and w (weeks)"),
        ("", 'for example "24h"'),
        ("24\N{NO-BREAK SPACE}h", "NO-BREAK SPACE, U+00A0"),
    ],
)
def test_a_refused_duration_says_what_to_write(text: str, words: str):
    with pytest.raises(GrammarError, match=re.escape(words)):
        duration(text)


@given(st.integers(min_value=1, max_value=99_999 * 1440))
def test_a_duration_survives_its_own_wording(count: int):
    assert duration(duration_text(minutes(count))) == minutes(count)


def test_durations_are_worded_as_agreements_word_them():
    lengths = [minutes(30), timedelta(hours=24), timedelta(hours=36), timedelta(days=2), timedelta(weeks=2)]

    assert [duration_text(length) for length in lengths] == ["30m", "24h", "36h", "2d", "14d"]


# Schedules.


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("every 15m", Schedule("every", interval=minutes(15))),
        (
            "every 1h 07:00-19:00 on weekdays",
            Schedule("every", interval=minutes(60), window=(time(7), time(19)), days=(0, 1, 2, 3, 4)),
        ),
        ("every 30m 19:00 - 07:00", Schedule("every", interval=minutes(30), window=(time(19), time(7)))),
        ("daily at 22:00", Schedule("daily", times=(time(22),))),
        ("Daily  at 22:00 and 12:00\n", Schedule("daily", times=(time(12), time(22)))),
        ("daily at 6:00, 12:00, and 18:00", Schedule("daily", times=(time(6), time(12), time(18)))),
        ("daily at 22:00 on weekdays", Schedule("daily", times=(time(22),), days=(0, 1, 2, 3, 4))),
        ("daily at 22:00 on Mon-Sun", Schedule("daily", times=(time(22),))),
        ("daily at 22:00 on fri-mon", Schedule("daily", times=(time(22),), days=(0, 4, 5, 6))),
        ("weekly on SATURDAY at 06:00", Schedule("weekly", times=(time(6),), days=(5,))),
        ("weekly on Mon, Thu at 21:00", Schedule("weekly", times=(time(21),), days=(0, 3))),
        ("weekly on Wednesday and weekends at 21:00", Schedule("weekly", times=(time(21),), days=(2, 5, 6))),
        ("monthly on 1 at 03:00", Schedule("monthly", times=(time(3),), month_days=(MonthDay(1),))),
        ("monthly on last Sunday at 03:00", Schedule("monthly", times=(time(3),), month_days=(MonthDay(-1, 6),))),
        (
            "monthly on last day, 15 and first Mon at 03:00",
            Schedule("monthly", times=(time(3),), month_days=(MonthDay(15), MonthDay(-1), MonthDay(1, 0))),
        ),
        ("after NB-Servers-Daily", Schedule("after", after_job="NB-Servers-Daily")),
        ("After  Daily 22:00 (on Mon.) Büro", Schedule("after", after_job="Daily 22:00 (on Mon.) Büro")),
        ("when connected", Schedule("when_connected")),
        ("by vendor", Schedule("by_vendor")),
        ("continuous", Schedule("continuous")),
    ],
)
def test_a_schedule_is_read(text: str, stated: Schedule):
    assert schedule(text) == stated


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("WEEKLY on mon,thu at 6:05", "weekly on Monday and Thursday at 06:05"),
        ("every 1d", "every 24h"),
        ("every 90m 7:00-19:00", "every 1h 30m 07:00-19:00"),
        ("daily at 1:00,2:00,3:00 on Sat, Sun", "daily at 01:00, 02:00 and 03:00 on weekends"),
        ("monthly on last fri, 3 at 1:00", "monthly on 3 and last Friday at 01:00"),
        ("when  Connected", "when connected"),
    ],
)
def test_a_schedule_has_one_canonical_wording(text: str, canonical: str):
    assert schedule_text(schedule(text)) == canonical


def test_the_examples_are_canonical_and_of_their_kind():
    for kind, example in EXAMPLES.items():
        assert schedule(example).kind == kind
        assert schedule_text(schedule(example)) == example


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("daily at 25:00", "25:00 is not a time from 00:00 to 23:59"),
        ("daily at 22:60", "22:60 is not a time from 00:00 to 23:59"),
        ("dayly at 22:00", 'did you mean "daily at 22:00"?'),
        ("daily 22:00", 'did you mean "daily at 22:00"?'),
        ("daily at 10pm", 'did you mean "daily at 22:00"?'),
        ("daily at 12 a.m.", 'did you mean "daily at 00:00"?'),
        ("daily at 22", 'did you mean "daily at 22:00"?'),
        ("22.30", 'did you mean "daily at 22:30"?'),
        ("every weekday at 22:00", 'did you mean "daily at 22:00 on weekdays"?'),
        ("every Saturday at 06:00", 'did you mean "weekly on Saturday at 06:00"?'),
        ("Saturdays at 06:00", 'did you mean "weekly on Saturday at 06:00"?'),
        ("monday to thursday at 22:00", 'did you mean "weekly on Monday, Tuesday, Wednesday and Thursday at 22:00"?'),
        ("monthly on the 1st at 03:00", 'did you mean "monthly on 1 at 03:00"?'),
        ("monthly on 1st saturday at 03:00", 'did you mean "monthly on first Saturday at 03:00"?'),
        ("hourly", 'did you mean "every 1h"?'),
        ("every 15 minutes", 'did you mean "every 15m"?'),
        ("every hour from 07:00 to 19:00", 'did you mean "every 1h 07:00-19:00"?'),
        ("afer NB Servers", 'did you mean "after NB Servers"?'),
        ("continous", 'did you mean "continuous"?'),
        ("by the vendor", 'did you mean "by vendor"?'),
        ("conected", 'did you mean "when connected"?'),
        ("every 0m", "it must be at least 1m"),
        ("every 15", "the unit is missing"),
        ("every 2 months", "months and years have no fixed length"),
        ("every", "the interval is missing"),
        ("daily", 'the time is missing; for example "daily at 22:00"'),
        ("weekly at 06:00", "the day is missing"),
        ("monthly at 06:00", "the day of the month is missing"),
        ("monthly on 32 at 06:00", 'for example "monthly on'),
        ("after ", "the name of the job is missing"),
        ("every 7h 07:00-19:00", 'did you mean "daily at 07:00 and 14:00"?'),
        ("every 7h on weekdays", "must divide a day evenly"),
        ("every 7m 07:00-19:00", "must divide a day evenly"),
        ("every 7h 19:00-25:00", "25:00 is not a time"),
        ("every 1h 07:00\N{EN DASH}19:00", 'EN DASH, U+2013); did you mean "every 1h 07:00-19:00"?'),
        ("daily\N{ZERO WIDTH SPACE} at 22:00", "ZERO WIDTH SPACE"),
        ("0 22 * * *", '"continuous"'),
        ("", "by vendor"),
    ],
)
def test_a_refused_schedule_says_what_to_write(text: str, words: str):
    assert words in refusal(text)


def test_a_message_stays_on_one_line_and_short():
    message = refusal("daily\n" + "x" * 5000 + "\x1b[31m")

    assert message.isprintable()
    assert len(message) < 500


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("every 15m", minutes(15)),
        ("every 1h 07:00-19:00", timedelta(hours=12)),
        ("every 1h 19:00-07:00", timedelta(hours=12)),
        ("every 4h 07:00-07:00", timedelta(hours=4)),
        ("every 12h 07:00-10:00", timedelta(hours=24)),
        ("every 1h 07:00-19:00 on weekdays", timedelta(hours=60)),
        ("every 4h on weekdays", timedelta(hours=52)),
        ("daily at 22:00", timedelta(hours=24)),
        ("daily at 12:00 and 22:00", timedelta(hours=14)),
        ("daily at 22:00 on weekdays", timedelta(hours=72)),
        ("weekly on Saturday at 06:00", timedelta(days=7)),
        ("weekly on Mon, Thu at 21:00", timedelta(days=4)),
        ("monthly on 1 at 03:00", timedelta(days=31)),
        ("monthly on 1, 15 at 03:00", timedelta(days=17)),
        ("monthly on 31 at 03:00", timedelta(days=61)),
        ("monthly on last day at 03:00", timedelta(days=31)),
        ("monthly on last Sunday at 03:00", timedelta(days=35)),
        ("continuous", timedelta(0)),
        ("after NB-Servers-Daily", None),
        ("when connected", None),
        ("by vendor", None),
    ],
)
def test_the_longest_gap_is_in_hours_on_the_wall(text: str, gap: timedelta | None):
    assert schedule(text).longest_gap() == gap


# Laws.

clock = st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0))
clocks = st.sets(clock, min_size=1, max_size=4).map(lambda times: tuple(sorted(times)))
some_days = st.sets(st.integers(0, 6), max_size=6).map(lambda days: tuple(sorted(days)))
week_days = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
parts_of_day = st.sampled_from(PARTS_OF_DAY).map(minutes)
numbered = st.integers(1, 31).map(MonthDay) | st.just(MonthDay(-1))
month_days = numbered | st.builds(MonthDay, st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 6))
months = st.sets(month_days, min_size=1, max_size=4).map(
    lambda days: tuple(sorted(days, key=lambda day: (day.weekday is not None, day.number % 100, day.weekday or 0)))
)
jobs = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(lambda name: name == name.strip(" "))
windowed = st.builds(Schedule, st.just("every"), parts_of_day, st.tuples(clock, clock), days=some_days)
schedules = (
    st.builds(Schedule, st.just("every"), st.integers(1, 99_999).map(minutes))
    | st.builds(Schedule, st.just("every"), parts_of_day, days=some_days)
    | windowed
    | st.builds(Schedule, st.just("daily"), times=clocks, days=some_days)
    | st.builds(Schedule, st.just("weekly"), times=clocks, days=week_days)
    | st.builds(Schedule, st.just("monthly"), times=clocks, month_days=months)
    | st.builds(Schedule, st.just("after"), after_job=jobs)
    | st.builds(Schedule, st.sampled_from(["when_connected", "by_vendor", "continuous"]))
)
WORDS = """every daily weekly monthly after on at and , - 1h 7h 0m 24 15 min 22:00 7:00-19:00 25:99 10pm Mon Saturday
    weekdays last first 1st 31 day month when connected by vendor continuous \N{EN DASH} 07:00-07:00"""
phrases = st.lists(st.sampled_from([*WORDS.split(), "\n", "\t", ""]), max_size=8).map(" ".join)
anything = st.text() | phrases | st.builds(lambda stated, extra: schedule_text(stated) + extra, schedules, st.text())


@given(schedules)
def test_a_schedule_survives_its_own_wording(stated: Schedule):
    assert schedule(schedule_text(stated)) == stated


@given(anything)
def test_any_text_is_a_schedule_or_is_refused_and_the_published_pattern_agrees(text: str):
    stated, message = tried(schedule, text)

    assert is_published(SCHEDULE_PATTERN, text) == (stated is not None)
    assert message.isprintable()
    assert stated is None or schedule(schedule_text(stated)) == stated
    assert stated is None or (stated.longest_gap() or timedelta(0)) >= timedelta(0)


@given(st.text() | phrases | st.text("0123456789 pPtTwWdDhHmM.,\n"))
def test_any_text_is_a_duration_or_is_refused_and_the_published_pattern_agrees(text: str):
    length, message = tried(duration, text)

    assert is_published(DURATION_PATTERN, text) == (length is not None)
    assert message.isprintable()
    assert length is None or length >= minutes(1)


@given(st.from_regex(SCHEDULE_PATTERN))
def test_what_the_published_pattern_accepts_is_a_schedule(text: str):
    stated = schedule(text)

    assert schedule(schedule_text(stated)) == stated


@given(st.from_regex(DURATION_PATTERN))
def test_what_the_published_pattern_accepts_is_a_duration(text: str):
    assert duration(duration_text(duration(text))) == duration(text)


@pytest.mark.parametrize("pattern", [SCHEDULE_PATTERN, DURATION_PATTERN])
def test_the_published_patterns_keep_to_what_every_engine_reads_alike(pattern: str):
    assert set(re.findall(r"\(\?[^:]", pattern)) == set()
    assert set(re.findall(r"\\.", pattern)) <= {r"\t", r"\n", r"\x"}
    assert pattern.startswith("^")
    assert pattern.endswith("$")


@given(windowed)
def test_the_longest_gap_in_a_window_is_the_one_a_calendar_shows(stated: Schedule):
    assert stated.interval
    assert stated.window
    monday = datetime(2026, 1, 5)  # noqa: DTZ001
    runs = set()
    for day in range(21):
        start = datetime.combine(monday + timedelta(days=day), stated.window[0])
        end = datetime.combine(start, stated.window[1])
        end += timedelta(days=end <= start)
        while (not stated.days or day % 7 in stated.days) and start <= end:
            runs.add(start)
            start += stated.interval

    assert stated.longest_gap() == max(after - before for before, after in pairwise(sorted(runs)))


# Retention.


@pytest.mark.parametrize(
    ("keeps", "text", "days"),
    [
        ({"monthly": 12, "daily": 30}, "30 daily, 12 monthly", 365),
        ({"points": 14}, "14 points", None),
        ({"points": 1, "versions": 1}, "1 point, 1 version", None),
        ({"days": 90}, "90 days", 90),
        ({"years": 7}, "7 years", 2555),
        ({"weekly": 4}, "4 weekly", 28),
        ({"monthly": 1}, "1 monthly", 28),
        ({"monthly": 2}, "2 monthly", 59),
        ({"monthly": 14}, "14 monthly", 424),
        ({"yearly": 1, "points": 7}, "7 points, 1 yearly", 365),
        ({"hourly": 12}, "12 hourly", 0),
        ({"hourly": 48, "daily": 1}, "48 hourly, 1 daily", 2),
    ],
)
def test_retention_is_worded_and_counted(keeps: dict[str, int], text: str, days: int | None):
    assert retention_text(keeps) == text
    assert retention_days(keeps) == days


@pytest.mark.parametrize(
    ("keeps", "words"),
    [
        ({}, "it does not say what is kept"),
        ({"dayly": 3}, 'did you mean "daily"?'),
        ({"Monthly": 3}, 'did you mean "monthly"?'),
        ({"forever": 1}, "it can be points, versions"),
        ({"daily": 0}, "whole number from 1"),
        ({"daily": True}, "whole number from 1"),
        ({"daily": "30"}, "whole number from 1"),
    ],
)
def test_refused_retention_says_what_to_write(keeps: dict[str, int], words: str):
    for read in (retention_text, retention_days):
        with pytest.raises(GrammarError, match=re.escape(words)):
            read(keeps)


@given(st.dictionaries(st.sampled_from(RETENTION_KEYS), st.integers(1, 10_000), min_size=1))
def test_more_points_are_never_kept_for_less_long(keeps: dict[str, int]):
    more = {key: count + 1 for key, count in keeps.items()}

    assert (retention_days(keeps) or 0) <= (retention_days(more) or 0)
