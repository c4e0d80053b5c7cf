"""Days that a citizen asks about: "hôm nay", "mai", "thứ bảy", "30/4", "lễ"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bot import text as vn

_TODAY = re.compile(
    r" (?:(?:hom|bua|sang|trua|chieu|toi|ngay) nay|hnay|bay gio|hien gio|gio nay|luc nay) "
)
_TOMORROW = re.compile(r" (?<!khuyen )mai (?!tang |thang |day |phuc )")
_DAY_AFTER = re.compile(r" (?:ngay kia|bua mot|ngay mot) ")
_WEEKDAY = re.compile(r" (?:thu |t)(hai|ba|tu|nam|sau|bay|[2-7])(?= )")
_SUNDAY = re.compile(r" (?:chu nhat|cn) ")
_WEEKEND = re.compile(r" (?:cuoi tuan|ngay nghi) ")
_DATE = re.compile(r"(?<![\d/.\-])(\d{1,2})(?:[/\-]| thang )(\d{1,2})(?:[/\-](\d{4}))?(?![\dh])")
_HOLIDAY = re.compile(r" (?:le(?! phi | tan )|tet|nghi le|quoc khanh|gio to) ")
_NUMBERS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}
SATURDAY, SUNDAY = 5, 6
MOST_DAYS = 4


@dataclass(frozen=True)
class AskedDays:
    """Days in the order of the calendar, none if none is named; whether holidays are asked."""

    days: tuple[dt.date, ...]
    holidays: bool


def asked_days(message: str, today: dt.date) -> AskedDays:
    """The days that a message asks about; a weekday or a date is the next one, today included."""
    line = f" {' '.join(vn.words(vn.fold(vn.normalise(message))))} "
    days: set[dt.date] = set()
    if _TODAY.search(line):
        days.add(today)
    if _TOMORROW.search(line):
        days.add(today + dt.timedelta(days=1))
    if _DAY_AFTER.search(line):
        days.add(today + dt.timedelta(days=2))
    weekdays = {
        _NUMBERS.get(word, 0) if word.isalpha() else int(word) - 2
        for word in _WEEKDAY.findall(line)
    }
    if _SUNDAY.search(line):
        weekdays.add(SUNDAY)
    if _WEEKEND.search(line):
        weekdays |= {SATURDAY, SUNDAY}
    days |= {today + dt.timedelta(days=(weekday - today.weekday()) % 7) for weekday in weekdays}
    days |= {
        day for match in _DATE.finditer(vn.fold(vn.nfc(message))) if (day := _date(match, today))
    }
    return AskedDays(tuple(sorted(days)[:MOST_DAYS]), _HOLIDAY.search(line) is not None)


def _date(match: re.Match[str], today: dt.date) -> dt.date | None:
    """A date that exists; without a year the next one."""
    try:
        if match[3]:
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        day = dt.date(today.year, int(match[2]), int(match[1]))
        return day if day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None
