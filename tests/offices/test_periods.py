"""The last day of a period of working days, days or months."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.offices.working_days import add_working_days, end_of_period, is_working_day


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        # Working days: weekends and holidays do not count.
        ("2026-11-24", 3, "working_day", "2026-11-27"),
        ("2026-11-24", 5, "working_day", "2026-12-01"),
        ("2026-11-24", 0, "working_day", "2026-11-24"),
        ("2026-12-30", 2, "working_day", "2027-01-04"),
        ("2027-02-03", 1, "working_day", "2027-02-11"),  # over Tết
        # Days: all count; an end on a day off moves to the next working day.
        ("2026-11-24", 3, "day", "2026-11-27"),
        ("2026-11-24", 4, "day", "2026-11-30"),  # Saturday
        ("2026-11-24", 5, "day", "2026-11-30"),  # Sunday
        ("2026-11-24", 6, "day", "2026-11-30"),
        ("2026-11-24", 10, "day", "2026-12-04"),
        ("2026-12-29", 3, "day", "2027-01-04"),  # New Year, then a weekend
        ("2027-01-25", 10, "day", "2027-02-11"),  # the first day of Tết
        ("2027-04-20", 10, "day", "2027-05-04"),  # 30/4 and 1/5 with the day in lieu
        # Months end on the day of the same number, or on the month's last.
        ("2026-11-24", 1, "month", "2026-12-24"),
        ("2026-12-15", 1, "month", "2027-01-15"),
        ("2026-11-24", 2, "month", "2027-01-25"),  # a Sunday
        ("2026-11-24", 12, "month", "2027-11-24"),
        ("2026-11-24", 25, "month", "2028-12-25"),  # a Sunday
        ("2027-08-31", 1, "month", "2027-09-30"),
        ("2027-12-31", 2, "month", "2028-02-29"),
        ("2027-01-29", 1, "month", "2027-03-01"),  # 28/2/2027 is a Sunday
        ("2026-12-01", 1, "month", "2027-01-04"),  # New Year
    ],
)
def test_the_end_of_a_period(start: str, count: int, unit: str, end: str) -> None:
    assert end_of_period(day(start), count, unit) == day(end)


@pytest.mark.parametrize("unit", ["hour", "year", "", "WORKING_DAY", "ngày"])
def test_a_period_in_other_units_has_no_last_day(unit: str) -> None:
    assert end_of_period(day("2026-11-24"), 2, unit) is None


@pytest.mark.parametrize("unit", ["working_day", "day", "month"])
@pytest.mark.parametrize("count", range(1, 40))
def test_a_period_always_ends_on_a_working_day_after_its_start(unit: str, count: int) -> None:
    start = day("2026-12-28")
    end = end_of_period(start, count, unit)
    assert end is not None
    assert end > start
    assert is_working_day(end)


def test_working_days_are_counted_as_everywhere_else() -> None:
    start = day("2027-02-01")
    ends = [end_of_period(start, count, "working_day") for count in range(30)]
    assert ends == [add_working_days(start, count) for count in range(30)]


def test_a_negative_number_of_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        end_of_period(day("2026-11-24"), -1, "working_day")
