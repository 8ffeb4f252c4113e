"""The small published grammar of durations, schedules and retention; published because rules compute with them."""

from __future__ import annotations

from runbooks.grammar.durations import duration, duration_text
from runbooks.grammar.gaps import longest_working_gap
from runbooks.grammar.hours import WEEKDAY_HOURS, Hours, business_hours
from runbooks.grammar.messages import GrammarError
from runbooks.grammar.patterns import DURATION_PATTERN, SCHEDULE_PATTERN, Kind
from runbooks.grammar.retention import RETENTION_KEYS, retention_days, retention_text
from runbooks.grammar.schedules import EXAMPLES, MonthDay, Schedule, schedule, schedule_text

__all__ = [
    "DURATION_PATTERN",
    "EXAMPLES",
    "RETENTION_KEYS",
    "SCHEDULE_PATTERN",
    "WEEKDAY_HOURS",
    "GrammarError",
    "Hours",
    "Kind",
    "MonthDay",
    "Schedule",
    "business_hours",
    "duration",
    "duration_text",
    "longest_working_gap",
    "retention_days",
    "retention_text",
    "schedule",
    "schedule_text",
]
