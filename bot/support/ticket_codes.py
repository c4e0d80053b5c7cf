"""Codes of tickets ("PA012345") as people say and type them."""

from __future__ import annotations

import re

from bot import text as vn

PREFIX, DIGITS = "PA", 6
_BETWEEN = r"[\s.,\-_]{0,2}"
_SIX = rf"\d(?:{_BETWEEN}\d){{{DIGITS - 1}}}(?!\d)"
# Folded: behind its letters, or behind the word for a ticket.
_WRITTEN = re.compile(
    rf"(?<![^\W\d_])p{_BETWEEN}a{_BETWEEN}({_SIX})"
    rf"|\bphieu(?: (?:phan anh|cua (?:toi|em|minh|tui)))?(?: (?:co )?(?:ma|so|ma so))?[ :]{{0,2}}"
    rf"(?:so )?({_SIX})"
)
_GROUP = 3


def find(text: str) -> str:
    """The first code in a text as it is stored, or "": "phiếu pa 012 345", "P A 0 1 2 3 4 5"."""
    match = _WRITTEN.search(_folded(text))
    digits = re.sub(r"\D", "", next(filter(None, match.groups()))) if match else ""
    return f"{PREFIX}{digits}" if digits else ""


def normalised(code: str) -> str:
    """A code in any spelling as it is stored; what is none stays, without spaces."""
    bare = re.sub(r"[\s.\-]", "", code).upper()
    return find(code) or (f"{PREFIX}{bare}" if re.fullmatch(rf"\d{{{DIGITS}}}", bare) else bare)


def spoken(code: str) -> str:
    """As citizens are told it: "PA 012 345"."""
    digits = code.removeprefix(PREFIX)
    groups = (digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))
    return " ".join((PREFIX, *groups))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", vn.fold(vn.nfc(text)).lower())
