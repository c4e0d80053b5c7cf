"""Filed today, due when."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.offices.working_days import (
    add_working_days,
    coming_holidays,
    counting_starts_on,
    due_on,
    is_public_holiday,
    is_working_day,
    working_days_between,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-11-20", True),
        ("2026-11-21", False),  # Saturday
        ("2026-01-01", False),
        ("2026-02-17", False),  # Tết, by the lunar calendar
        ("2026-04-26", False),  # Giỗ Tổ 10/3 lunar, a Sunday
        ("2026-04-27", False),  # its day in lieu
        ("2026-04-30", False),
        ("2026-05-01", False),
        ("2026-09-01", False),  # the day beside 2/9
        ("2026-09-02", False),
        ("2026-09-03", True),
    ],
)
def test_holidays_and_weekends(text: str, works: bool) -> None:
    assert is_working_day(day(text)) is works


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", 3, "2026-11-25"),
        ("2026-02-13", 1, "2026-02-23"),  # over Tết
        ("2026-04-29", 1, "2026-05-04"),
    ],
)
def test_days_are_counted_from_the_day_after(start: str, count: int, end: str) -> None:
    assert add_working_days(day(start), count) == day(end)
    assert working_days_between(day(start), day(end)) == count
    assert working_days_between(day(end), day(start)) == -count


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(day("2026-11-20"), -1)


@pytest.mark.parametrize(
    ("filed", "late_rule", "start", "due"),
    [
        ("2026-11-20T14:59", True, "2026-11-20", "2026-11-25"),
        ("2026-11-20T15:00", True, "2026-11-23", "2026-11-26"),
        ("2026-11-20T15:00", False, "2026-11-20", "2026-11-25"),
        ("2026-11-21T09:00", False, "2026-11-23", "2026-11-26"),
        ("2026-02-13T16:00", True, "2026-02-23", "2026-02-26"),
    ],
)
def test_due_dates(filed: str, late_rule: bool, start: str, due: str) -> None:
    moment = dt.datetime.fromisoformat(filed)
    assert counting_starts_on(moment, next_day_after_late_hour=late_rule) == day(start)
    assert due_on(moment, 3, next_day_after_late_hour=late_rule) == day(due)


def test_public_holidays_are_no_weekends() -> None:
    assert is_public_holiday(day("2027-01-01"))
    assert not is_public_holiday(day("2026-11-21"))


def test_coming_holidays_as_runs() -> None:
    runs = [(str(a), str(b)) for a, b in coming_holidays(day("2026-11-24"), 3)]
    assert runs == [
        ("2027-01-01", "2027-01-01"),
        ("2027-02-04", "2027-02-10"),
        ("2027-04-16", "2027-04-16"),
    ]
    # In the middle of a run only its rest is still to come.
    assert coming_holidays(day("2027-02-06"), 1) == [(day("2027-02-06"), day("2027-02-10"))]
