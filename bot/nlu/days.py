"""Days as citizens say them: "15/8", "mai", "thứ hai tuần sau", "ngày 3 tháng 9"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bot.codes import Found

_YEAR = r"(?:\s?[/.\-]\s?(\d{4}|\d{2}))?"
_DATE = re.compile(
    rf"(?<![\w./\-])(?:(?:ngay|mung) )?(\d{{1,2}})(?:\s?[/.\-]\s?(\d{{1,2}}){_YEAR}"
    r"|\s?thang (\d{1,2})(?: nam (\d{4})|/(\d{4}))?)(?![\w]|[/.\-]\d)"
)
_SAID = {
    "hom nay": 0, "bua nay": 0, "bua ni": 0, "hnay": 0, "ngay hom nay": 0, "sang nay": 0,
    "chieu nay": 0, "toi nay": 0, "trua nay": 0, "hom ni": 0, "sang ni": 0, "chieu ni": 0,
    "ngay mai": 1, "sang mai": 1, "chieu mai": 1, "trua mai": 1, "bua mai": 1, "mai": 1,
    "ngay mot": 2, "bua mot": 2, "ngay kia": 2, "mot": 2,
    "hom qua": -1, "bua qua": -1, "ngay hom qua": -1, "hqua": -1, "hom kia": -2, "bua kia": -2,
    "hom truoc": None,
}  # fmt: skip
_WORDS = re.compile(r"(?<!\w)(" + "|".join(sorted(_SAID, key=len, reverse=True)) + r")(?!\w)")
# A look for single words costs less than one for the patterns.
_DIGIT = re.compile(r"\d")
_LAST_SAID = {word.split()[-1] for word in _SAID}
_WEEKDAY_WORDS = ("thu ", "chu nhat", "cn", "cuoi tuan")
_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4,
             "6": 4, "bay": 5, "7": 5}  # fmt: skip
_WEEK = r"(?: tuan (sau|toi|nay|ni|truoc|roi)| (nay|ni|vua roi|truoc))?"
_WEEKDAY = re.compile(
    r"(?<!\w)(?:ngay )?(?:(?:thu (hai|ba|tu|nam|sau|bay|[2-7])|t([2-7]))|(chu nhat|cn)|(cuoi tuan))"
    rf"{_WEEK}(?!\w)"
)
# "Cái thứ hai" picks, "lần thứ hai" counts, "thứ ba" in "con thứ ba" is a child.
_COUNTED = re.compile(
    r"\b(?:cai|muc|dong|lan|con|nam|so|dua|nguoi|phuong an|lua chon|y|nut|vo|chong|hang|loai|muc do"
    r"|cap|tang|chau|be|thu tuc|khoan)\s$"
)
# "Mai" is also a name and part of other words.
_NOT_TOMORROW = re.compile(r"(?:khuyen|chi|co|ba|me|bac|anh|em|chau|hoa|hang|thi|mo|ong|con)\s$")
_NOT_AFTER_MAI = re.compile(r"^\s(?:mot|tang|thang|day|phuc|dam|ton|che|hien|nha|ngoi)\b")
_NOT_BEFORE_DATE = re.compile(
    r"(?:nghi dinh|thong tu|luat|quyet dinh|nghi quyet|so|khoan|dieu|muc|thua|to|hem|kiet|ngo|nha"
    r"|duong|phieu|mau|cong van|hop dong|chi thi|diem|ty le|chia|thuong binh|hang|loai|bang)"
    r"\s(?:so\s)?$"
)


def find_days(composed: str, folded: str, today: dt.date) -> Iterator[Found]:
    """Days in a text, composed and folded; the value is the ISO date."""
    has_digit = bool(_DIGIT.search(folded))
    for match in _DATE.finditer(folded) if has_digit else ():
        if _NOT_BEFORE_DATE.search(folded[: match.start()]):
            continue
        if match[0] == "24/7":
            continue
        month, year = match[2] or match[4], match[3] or match[5] or match[6]
        day = _date(int(match[1]), int(month), year, today)
        if day is not None:
            yield _found(day, match)
    for match in _WORDS.finditer(folded) if any(w in folded for w in _LAST_SAID) else ():
        word, before = match[1], folded[: match.start()]
        written = composed[match.start() : match.end()].lower()
        if word == "mot" and (written != "mốt" or before.endswith("mai ")):
            continue
        if word == "mai" and (
            written != "mai"
            or (match.start() and composed[match.start()].isupper())
            or _NOT_TOMORROW.search(before)
            or _NOT_AFTER_MAI.search(folded[match.end() :])
        ):
            continue
        shift = _SAID[word]
        if shift is not None:
            yield _found(today + dt.timedelta(days=shift), match)
    may_name_weekday = has_digit or any(word in folded for word in _WEEKDAY_WORDS)
    for match in _WEEKDAY.finditer(folded) if may_name_weekday else ():
        if not _COUNTED.search(folded[: match.start()]):
            yield _found(_weekday(match, today), match)


def _found(day: dt.date, match: re.Match[str]) -> Found:
    return Found("date", day.isoformat(), *match.span())


def _date(day: int, month: int, year: str | None, today: dt.date) -> dt.date | None:
    """A date that exists; without a year the nearest one, rather to come."""
    try:
        if year:
            return dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        found = dt.date(today.year, month, day)
    except ValueError:
        return None
    others = [found.replace(year=today.year + step) for step in (0, 1, -1) if _exists(found, step)]
    return min(others, key=lambda other: abs((other - today).days))


def _exists(day: dt.date, step: int) -> bool:
    return not (day.month == 2 and day.day == 29 and step)


def _weekday(match: re.Match[str], today: dt.date) -> dt.date:
    """The weekday of the week that is named, or the next one."""
    named = match[1] or match[2]
    weekday = _WEEKDAYS[named] if named else 6 if match[3] else 5
    week = match[5] or ""
    monday = today - dt.timedelta(days=today.weekday())
    shifts = {"sau": 7, "toi": 7, "nay": 0, "ni": 0, "truoc": -7, "roi": -7}
    if week:
        return monday + dt.timedelta(days=shifts[week] + weekday)
    if match[6] in ("truoc", "vua roi"):
        return today - dt.timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    ahead = (weekday - today.weekday()) % 7
    return today + dt.timedelta(days=ahead or (0 if match[6] in ("nay", "ni") else 7))
