"""Working days: filed today, due when.

Monday to Friday without public holidays. Holidays, those of the lunar calendar among them
and the days off in lieu, come from the `holidays` library.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools

import holidays

LATE_HOUR = 15


@functools.lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("VN", years=year))


def is_public_holiday(day: dt.date) -> bool:
    """Whether a day is a public holiday or a day off in lieu of one."""
    return day in _holidays(day.year)


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on a day."""
    return day.weekday() < 5 and not is_public_holiday(day)


def coming_holidays(day: dt.date, count: int) -> list[tuple[dt.date, dt.date]]:
    """First and last days of the next `count` runs of public holidays, from a day on.

    A run already going on counts from that day. Weekends do not join two runs.
    """
    runs: list[tuple[dt.date, dt.date]] = []
    while len(runs) < count:
        if is_public_holiday(day):
            first = day
            while is_public_holiday(day + dt.timedelta(days=1)):
                day += dt.timedelta(days=1)
            runs.append((first, day))
        day += dt.timedelta(days=1)
    return runs


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The day that lies `count` working days after a day, which itself does not count.

    Raises:
        ValueError: the count is negative.
    """
    if count < 0:
        raise ValueError("the number of working days must not be negative")
    while count > 0:
        day += dt.timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and including `end`; negative if `end` is earlier."""
    if end < start:
        return -working_days_between(end, start)
    days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def counting_starts_on(filed: dt.datetime, *, next_day_after_late_hour: bool = False) -> dt.date:
    """The day on which a dossier counts as filed.

    A day off moves it to the next working day; so does filing after 15:00 for procedures
    that have that rule.
    """
    day = filed.date()
    if next_day_after_late_hour and filed.hour >= LATE_HOUR:
        day += dt.timedelta(days=1)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def due_on(
    filed: dt.datetime, working_days: int, *, next_day_after_late_hour: bool = False
) -> dt.date:
    """When a dossier filed at a moment (local time) is due."""
    start = counting_starts_on(filed, next_day_after_late_hour=next_day_after_late_hour)
    return add_working_days(start, working_days)


def end_of_period(start: dt.date, count: int, unit: str) -> dt.date | None:
    """The last day of a period of working days, days or months after a day.

    A period of days or months that ends on a day off ends on the next working day (Civil Code
    2015, article 148). None for other units.
    """
    if unit == "working_day":
        return add_working_days(start, count)
    if unit == "day":
        day = start + dt.timedelta(days=count)
    elif unit == "month":
        years, month = divmod(start.month - 1 + count, 12)
        last = calendar.monthrange(start.year + years, month + 1)[1]
        day = dt.date(start.year + years, month + 1, min(start.day, last))
    else:
        return None
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day
