"""Fees and processing times of the national export, from text to numbers.

What the text does not say is unknown: a bare `0 VNĐ ()` is the database's default and
not "free", `1 OTHER` has lost its unit, and a positive sum under 1,000 đồng is mostly
one that has lost its thousands or a sum in dollars.
"""

from __future__ import annotations

import re

from bot.catalogue.model import Duration, Fee

UNKNOWN = "Không có thông tin"
LOWEST_CREDIBLE_AMOUNT, HIGHEST_CREDIBLE_AMOUNT = 1000, 10**12

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
_LATE_HOUR = re.compile(r"sau 15 ?(?:giờ|h\b)", re.IGNORECASE)
_SUM = re.compile(r"\d[\d.]*\s*(?:đồng|vnđ|vnd|đ\b|%)", re.IGNORECASE)
_SUM_ALONE = re.compile(
    r"^(?:(?:mức )?(?:thu )?(?:lệ )?phí(?: là)?\s*:?\s*)?(\d{1,3}(?:[.,]\d{3})+|\d{4,})\s*"
    r"(?:đồng|vnđ|vnd|đ)\s*(?:/\s*(?:01 |1 )?([^\d.,;()/]{2,40}?))?\s*[.;]?$",
    re.IGNORECASE,
)
_TIME_IN_WORDS = re.compile(
    r"^(?:(?:không quá|tối đa|trong(?: thời hạn)?|thời hạn)\s*:?\s*)*(\d{1,3})\s*(?:\([^)]*\)\s*)?"
    r"(ngày làm việc|ngày|giờ|tháng)\b(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_WORD_UNITS = {"ngày làm việc": "working_day", "ngày": "day", "giờ": "hour", "tháng": "month"}
_EMPTY_NOTE = re.compile(r"^[\W\d]*(không|không có|không quy định|theo mô tả|đồng)?\W*$", re.I)


def parse_fees(text: str) -> tuple[Fee, ...]:
    """Fees of one channel, from `7000 VNĐ (note) | 0 VNĐ (Miễn phí …) |`.

    Parts that publish nothing are left out; an empty result is an unknown fee.
    """
    fees: list[Fee] = []
    for part in fee_parts(text):
        fee = _parse_fee(part)
        if fee.is_published and fee not in fees:
            fees.append(fee)
    return tuple(fees)


def fee_parts(text: str) -> list[str]:
    """The fees that a channel's text lists, each as it is written."""
    text = text.strip()
    if not text or text == UNKNOWN:
        return []
    return [part for piece in _NEXT_FEE.split(text) if (part := piece.strip(" |"))]


def _parse_fee(text: str) -> Fee:
    match = _AMOUNT.match(text)
    if not match:
        return Fee(note="" if _EMPTY_NOTE.match(text) else _clean_note(text))
    return fee_of(int(match[1]), match[2])


def fee_of(amount: int, note: str) -> Fee:
    """A fee in đồng from its amount and note as the national database holds them."""
    note = _clean_note(note)
    if amount == 0 and says_free(note):
        return Fee(amount=0, note=note)
    if not LOWEST_CREDIBLE_AMOUNT <= amount <= HIGHEST_CREDIBLE_AMOUNT:
        return _fee_of_note(note)
    return Fee(amount=amount, note=note)


def _fee_of_note(note: str) -> Fee:
    """A fee whose sum stands in its note alone: "20.000 đồng/tờ khai" and nothing else."""
    match = _SUM_ALONE.match(note)
    if not match:
        return Fee(note=note)
    amount = int(match[1].replace(".", "").replace(",", ""))
    if not LOWEST_CREDIBLE_AMOUNT <= amount <= HIGHEST_CREDIBLE_AMOUNT:
        return Fee(note=note)
    return Fee(amount=amount, unit=match[2] or "")


def _clean_note(text: str) -> str:
    note = " ".join(text.split())
    note = re.sub(r"^[-+*•\s]+", "", note)
    return "" if _EMPTY_NOTE.match(note) and not _SUM_ALONE.match(note) else note


def parse_duration(text: str) -> Duration:
    """Processing time of one channel, from `3 WORKING_DAY`, `20 ngày` or words."""
    text = " ".join(text.split())
    match = _TIME.match(text)
    if match:
        value = float(match[1].replace(",", "."))
        return Duration(value, _TIME_UNITS[match[2]]) if value > 0 else Duration()
    words = re.sub(r"\s*OTHER$", "", text)
    # A number alone has lost its unit; it may be days, hours or months.
    if _EMPTY_NOTE.match(words) or words == UNKNOWN:
        return Duration()
    in_words = _TIME_IN_WORDS.match(words)
    if in_words and not re.search(r"\d", in_words[3]):
        # One number only: nothing else in the words could be meant.
        unit = _WORD_UNITS[in_words[2].lower()]
        rest = in_words[3].strip(" .;,")
        return Duration(float(in_words[1]), unit, note=words if rest else "")
    return Duration(note=words)


def says_free(note: str) -> bool:
    """Whether a note begins by saying that nothing is charged."""
    return bool(_FREE.match(note))


def names_a_sum(note: str) -> bool:
    """Whether a note itself gives a sum or a percentage ("20.000 đồng/tờ khai")."""
    return bool(_SUM.search(note))


def names_late_hour(text: str) -> bool:
    """Whether a text has the rule that what comes after 15:00 counts from the next day."""
    return bool(_LATE_HOUR.search(text))
