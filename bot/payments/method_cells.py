"""Rows of the CSV file with ways to pay: what may stand in their cells.

Every check returns the value as it is stored, or raises a ValueError whose text says what is
wrong; the importer adds the line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from bot import text as vn
from bot.catalogue.model import CHANNEL_KINDS
from bot.payments.method_list import methods

REQUIRED = (
    "procedure_code", "channel", "method", "accepted", "note",
    "source_title", "source_url", "checked_on",
)  # fmt: skip
OPTIONAL = ("effective_from", "effective_to")
Row = dict[str, Any]
ACCEPTED = {"1": True, "0": False}
# A spreadsheet would run such a cell as a formula once the table is exported.
_FORMULA = re.compile(r"[=+\-@]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_URL = re.compile(r"https?://\S+")
LONGEST_CELL = 500


def row(text: Mapping[str, str], known: Collection[str]) -> Row:
    """A row of the table; `known` are the codes of the catalogue.

    Raises:
        ValueError: a cell is not as the format wants it.
    """
    plain = {name: _plain(name, cell) for name, cell in text.items()}
    if plain["procedure_code"] not in known:
        raise ValueError(f"procedure_code {plain['procedure_code'][:40]!r} is not in the catalogue")
    begins, ends = _day(plain, "effective_from"), _day(plain, "effective_to")
    if begins and ends and ends < begins:
        raise ValueError(f"effective_to {ends} is before effective_from {begins}")
    if plain["source_url"] and not _URL.fullmatch(plain["source_url"]):
        raise ValueError("source_url must begin with http:// or https://")
    checked_on = _day(plain, "checked_on")
    if not plain["source_title"] or checked_on is None:
        raise ValueError("source_title and checked_on must not be empty")
    return {
        "procedure_code": plain["procedure_code"],
        "channel": _choice(plain, "channel", ("", *CHANNEL_KINDS)),
        "method": _choice(plain, "method", tuple(methods())),
        "accepted": ACCEPTED[_choice(plain, "accepted", tuple(ACCEPTED))],
        "note": plain["note"],
        "source_title": plain["source_title"],
        "source_url": plain["source_url"],
        "checked_on": checked_on,
        "effective_from": begins,
        "effective_to": ends,
    }


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows tell of the same way and channel for the same day."""
    same = all(one[name] == other[name] for name in ("procedure_code", "channel", "method"))
    first, last = dt.date.min, dt.date.max
    begins = max(one["effective_from"] or first, other["effective_from"] or first)
    ends = min(one["effective_to"] or last, other["effective_to"] or last)
    return same and begins <= ends


def _plain(name: str, cell: str) -> str:
    if _CONTROL.search(cell):
        raise ValueError(f"{name} must be one line")
    cell = vn.nfc(cell).strip()
    if len(cell) > LONGEST_CELL:
        raise ValueError(f"{name} is longer than {LONGEST_CELL} characters")
    if _FORMULA.match(cell):
        raise ValueError(f"{name} must not begin with {cell[0]} (a spreadsheet's formula)")
    return cell


def _choice(plain: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    if plain[name] not in allowed:
        choices = ", ".join(value or "empty" for value in allowed)
        raise ValueError(f"{name} must be one of {choices}, not {plain[name][:40]!r}")
    return plain[name]


def _day(plain: Mapping[str, str], name: str) -> dt.date | None:
    if not plain[name]:
        return None
    try:
        return dt.date.fromisoformat(plain[name])
    except ValueError:
        raise ValueError(f"{name} must be a date as YYYY-MM-DD, not {plain[name][:40]!r}") from None
