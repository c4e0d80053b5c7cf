"""Fees and processing times of the national export, from text to numbers.

What the text does not say is unknown: a bare `0 VNĐ ()` is the database's default and
not "free", `1 OTHER` has lost its unit, and a positive sum under 1,000 đồng is mostly
one that has lost its thousands or a sum in dollars.
"""

from __future__ import annotations

import re

from bot.catalogue.model import Duration, Fee

UNKNOWN = "Không có thông tin"
LOWEST_CREDIBLE_AMOUNT = 1000

_AMOUNT = re.compile(r"^(\d+)(?:[.,]0+)? VNĐ \((.*)\)$", re.DOTALL)
_NEXT_FEE = re.compile(r"\s*\|\s*(?=\d+(?:[.,]\d+)? VNĐ \(|$)")
_TIME = re.compile(r"^(\d+(?:[.,]\d+)?)\s+(WORKING_DAY|ngày|HOUR|MONTH|YEAR)$")
_TIME_UNITS = {
    "WORKING_DAY": "working_day",
    "ngày": "day",
    "HOUR": "hour",
    "MONTH": "month",
    "YEAR": "year",
}
_FREE = re.compile(r"^\W*(được )?(miễn (phí|lệ phí|thu)|không thu|không mất phí)", re.IGNORECASE)
_SUM = re.compile(r"\d[\d.]*\s*(?:đồng|vnđ|vnd|đ\b|%)", re.IGNORECASE)
_EMPTY_NOTE = re.compile(r"^[\W\d]*(không|không có|không quy định|theo mô tả|đồng)?\W*$", re.I)


def parse_fees(text: str) -> tuple[Fee, ...]:
    """Fees of one channel, from `7000 VNĐ (note) | 0 VNĐ (Miễn phí …) |`.

    Parts that publish nothing are left out; an empty result is an unknown fee.
    """
    text = text.strip()
    if not text or text == UNKNOWN:
        return ()
    fees = []
    for part in _NEXT_FEE.split(text):
        fee = _parse_fee(part.strip(" |"))
        if fee.is_published and fee not in fees:
            fees.append(fee)
    return tuple(fees)


def _parse_fee(text: str) -> Fee:
    match = _AMOUNT.match(text)
    if not match:
        return Fee(note="" if _EMPTY_NOTE.match(text) else _clean_note(text))
    amount, note = int(match[1]), _clean_note(match[2])
    if amount == 0:
        return Fee(amount=0, note=note) if says_free(note) else Fee(note=note)
    if amount < LOWEST_CREDIBLE_AMOUNT:
        return Fee(note=note)
    return Fee(amount=amount, note=note)


def _clean_note(text: str) -> str:
    note = " ".join(text.split())
    note = re.sub(r"^[-+*•\s]+", "", note)
    return "" if _EMPTY_NOTE.match(note) else note


def parse_duration(text: str) -> Duration:
    """Processing time of one channel, from `3 WORKING_DAY`, `20 ngày` or words."""
    text = " ".join(text.split())
    match = _TIME.match(text)
    if match:
        value = float(match[1].replace(",", "."))
        return Duration(value, _TIME_UNITS[match[2]]) if value > 0 else Duration()
    words = re.sub(r"\s*OTHER$", "", text)
    # A number alone has lost its unit; it may be days, hours or months.
    return Duration() if _EMPTY_NOTE.match(words) or words == UNKNOWN else Duration(note=words)


def says_free(note: str) -> bool:
    """Whether a note begins by saying that nothing is charged."""
    return bool(_FREE.match(note))


def names_a_sum(note: str) -> bool:
    """Whether a note itself gives a sum or a percentage ("20.000 đồng/tờ khai")."""
    return bool(_SUM.search(note))
