"""Cells of the CSV files that people hand in: what may stand in them.

Every check returns the value as it is stored, or raises a ValueError whose text says what
is wrong; the caller adds the line.
"""

from __future__ import annotations

import datetime as dt
import re

from bot import text as vn

# A spreadsheet would run such a cell as a formula once the table is exported.
_FORMULA = re.compile(r"[=+\-@]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")
# Mobile and fixed numbers with 0 or +84, free and paid lines, short numbers such as 1022.
_TELEPHONE = re.compile(r"(?:\+84|0)(?:[35789]\d{8}|2\d{9})|1[89]00(?:\d{4}|\d{6})|1\d{2,4}")
_GAPS = re.compile(r"[\s.\-()]")
LONGEST_CELL = 500


def plain(name: str, text: str) -> str:
    """Text of one line that no spreadsheet takes for a formula."""
    # Before white space is folded: a line break inside a cell would not show afterwards.
    if _CONTROL.search(text):
        raise ValueError(f"{name} must be one line")
    text = vn.nfc(text)
    if len(text) > LONGEST_CELL:
        raise ValueError(f"{name} is longer than {LONGEST_CELL} characters")
    if _FORMULA.match(text) and not (name == "telephone" and text.startswith("+84")):
        raise ValueError(f"{name} must not begin with {text[0]} (a spreadsheet's formula)")
    return text


def required(name: str, text: str) -> str:
    """Text that is there."""
    if not text:
        raise ValueError(f"{name} must not be empty")
    return text


def key(name: str, text: str) -> str:
    """A key such as "commune-23538"."""
    if not _KEY.fullmatch(text):
        raise ValueError(f"{name} must be small letters, digits and dashes, not {text[:40]!r}")
    return text


def telephone(name: str, text: str) -> str:
    """One number or several with ";" between them; empty if unknown."""
    for number in text.split(";") if text else []:
        if not _TELEPHONE.fullmatch(_GAPS.sub("", number)):
            raise ValueError(
                f"{name} {number.strip()[:40]!r} is no Vietnamese number and no short number"
            )
    return text


def email(name: str, text: str) -> str:
    """An address, or empty."""
    if text and not _EMAIL.fullmatch(text):
        raise ValueError(f"{name} {text[:40]!r} is no e-mail address")
    return text


def url(name: str, text: str) -> str:
    """A web address, or empty."""
    if text and not _URL.fullmatch(text):
        raise ValueError(f"{name} must begin with http:// or https://, not {text[:40]!r}")
    return text


def day(name: str, text: str) -> dt.date:
    """A day that is there."""
    required(name, text)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} must be a date as YYYY-MM-DD, not {text[:40]!r}") from None


def weekday(name: str, text: str) -> int:
    """0 for Monday to 6 for Sunday."""
    if text not in tuple("0123456"):
        raise ValueError(f"{name} must be 0 (Monday) to 6 (Sunday), not {text[:40]!r}")
    return int(text)


def clock(name: str, text: str) -> str:
    """A time of day as "07:30"; spreadsheets drop the leading zero."""
    match = _CLOCK.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{name} must be a time as HH:MM, not {text[:40]!r}")
    return f"{int(match[1]):02}:{match[2]}"


def choice(name: str, text: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed values."""
    if text not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {text[:40]!r}")
    return text
