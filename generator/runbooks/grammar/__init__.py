"""The small published grammar of durations, schedules and retention; published because rules compute with them."""

from __future__ import annotations

from runbooks.grammar.durations import duration, duration_text
from runbooks.grammar.messages import GrammarError
from runbooks.grammar.patterns import DURATION_PATTERN, SCHEDULE_PATTERN, Kind
from runbooks.grammar.retention import RETENTION_KEYS, retention_days, retention_text
from runbooks.grammar.schedules import EXAMPLES, MonthDay, Schedule, schedule, schedule_text

__all__ = [
    "DURATION_PATTERN",
    "EXAMPLES",
    "RETENTION_KEYS",
    "SCHEDULE_PATTERN",
    "GrammarError",
    "Kind",
    "MonthDay",
    "Schedule",
    "duration",
    "duration_text",
    "retention_days",
    "retention_text",
    "schedule",
    "schedule_text",
]
