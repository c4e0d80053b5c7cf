"""Sums of money as citizens say them: "50k", "1 triệu rưỡi", "hai trăm ngàn", "15.000đ"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.codes import Found

_UNITS = {
    "nghin": 1_000, "ngan": 1_000, "ngin": 1_000, "k": 1_000,
    "trieu": 1_000_000, "tr": 1_000_000, "cu": 1_000_000,
    "ty": 1_000_000_000, "ti": 1_000_000_000,
}  # fmt: skip
# What is counted in thousands and is no money.
_COUNTED = (
    r"(?!\s?(?:con|cay|m2|m|met|kg|ky|nguoi|tan|bao|trung|goi|lan|luot|lit|cai|ban|ho|dan)"
    r"(?!\w))"
)
# Words that mean other things unless a number stands right before them.
_NUMBERS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9, "muoi": 10, "nua": 0.5,
}  # fmt: skip
LEAST = 500
_CURRENCY = r"(?:vnd|vnđ|dong|d|đ)"
_FIGURE = r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?"
_SPELT = rf"(?:(?:{'|'.join(_NUMBERS)})\s+)(?:(?:{'|'.join(_NUMBERS)}|tram|chuc|linh|le|ruoi)\s+)*"
_TENTHS = "mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin"
_BIG = ("nghin", "ngan", "ngin", "trieu", "ty")
_DIGIT = re.compile(r"\d")
# Folded text: a figure with a unit, a figure with the currency, or words with a unit.
_WITH_UNIT = re.compile(
    rf"(?<![\w.,/\-])(?:({_FIGURE})\s?(k|nghin|ngan|ngin|trieu|tr|cu|ty|ti)"
    rf"(?:\s?(\d{{1,3}})(?!\d)|\s(ruoi)|\s({_TENTHS})(?!\w|\s(?:thang|ngay|nam|nguoi|tuan|dua)\b))?)(?!\w){_COUNTED}(?:\s?{_CURRENCY}(?!\w))?"
)
_PLAIN = re.compile(rf"(?<![\w.,/\-])({_FIGURE})\s?{_CURRENCY}(?!\w)")
# Whole thousands in groups need no currency: "450.000".
_ROUND = re.compile(
    rf"(?<![\w.,/\-])(\d{{1,3}}(?:[.,]\d{{3}})*[.,](?:000|500))(?![\w]|[.,]\d){_COUNTED}"
)
_WORDS = re.compile(
    rf"(?<!\w)({_SPELT})({'|'.join(_BIG)})(?:\s(ruoi))?(?!\w)(?:\s?{_CURRENCY}(?!\w))?"
)


def find_amounts(folded: str) -> Iterator[Found]:
    """Sums in a folded text; the value is a whole number of đồng."""
    if _DIGIT.search(folded):
        yield from _in_figures(folded)
    if any(unit in folded for unit in _BIG):
        yield from _in_words(folded)


def _in_figures(folded: str) -> Iterator[Found]:
    for match in _WITH_UNIT.finditer(folded):
        unit = _UNITS[match[2]]
        amount = _figure(match[1], grouped=unit == 1) * unit
        if match[5]:  # "3 triệu sáu"
            amount += _NUMBERS[match[5]] * unit / 10
        elif match[3]:  # "1tr2" is 1.2 million, "1 triệu 250" 1.25 million
            amount += int(match[3]) * unit / 10 ** len(match[3])
        elif match[4]:
            amount += unit / 2
        yield Found("money", str(round(amount)), *match.span())
    for match in (*_PLAIN.finditer(folded), *_ROUND.finditer(folded)):
        amount = round(_figure(match[1], grouped=True))
        # "4 dong" is rather four lines.
        if amount >= LEAST:
            yield Found("money", str(amount), *match.span())


def _in_words(folded: str) -> Iterator[Found]:
    for match in _WORDS.finditer(folded):
        amount = _spelt(match[1].split()) * _UNITS[match[2]]
        amount += _UNITS[match[2]] / 2 if match[3] else 0
        if amount:
            yield Found("money", str(round(amount)), *match.span())


def _figure(text: str, *, grouped: bool) -> float:
    """A figure: groups of three digits are thousands, another mark is the decimal one."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text) and (grouped or text.count(text[-4]) > 1):
        return float(re.sub(r"[.,]", "", text))
    return float(text.replace(",", "."))


def _spelt(words: list[str]) -> float:
    """ "hai trăm" is 200, "bảy mươi lăm" 75, "một trăm rưỡi" 150."""
    total, number = 0.0, 0.0
    for word in words:
        if word == "tram":
            total, number = total + max(number, 1) * 100, 0
        elif word in ("chuc", "muoi") and number:
            total, number = total + number * 10, 0
        elif word == "ruoi":
            total += 50 if total else 0.5
        elif word in _NUMBERS:
            number = _NUMBERS[word]
    return total + number
