"""The calendar against a rule: what it finds on every day, and on which days it says that this may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from runbooks.rules.registry import RULES
from tests.sample import STRICT, fleet

FIRST, DAYS = date(2025, 6, 1), 2 * 365
SOMEBODY = "clients/somebody.yml"


def missed(code: str, text: str, policy: str = STRICT, files: Mapping[str, str] | None = None) -> list[date]:
    """The days of two years on which a rule changes its mind about a record without having said so before."""
    whole = fleet({"policy.yml": policy, SOMEBODY: text, **(files or {})}, FIRST)
    [record], rule = whole.records, RULES[code]
    assert rule.check is not None
    assert rule.days is not None
    said = set(rule.days(record, whole.policy))
    days = [FIRST + timedelta(days=step) for step in range(DAYS)]
    found = [_keys(list(rule.check(record, replace(whole, as_of=day)))) for day in days]
    assert any(found), f"{code} finds nothing on any day: the record tries nothing"
    assert not all(found), f"{code} finds something on every day: the record tries nothing"
    turned = [day for day, now, before in zip(days[1:], found[1:], found, strict=False) if now != before]
    return [day for day in turned if day not in said]


def _keys(problems: list[Any]) -> list[tuple[object, object]]:
    return [(problem.at, problem.severity) for problem in problems]
