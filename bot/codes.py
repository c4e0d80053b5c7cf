"""Dossier codes, procedure codes, telephone and identity numbers as citizens write them.

How dossier codes (mã hồ sơ) are read stands in `bot.dossier_codes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dossier_codes import find_dossier_codes, find_without_province

_PROCEDURE = re.compile(r"(?<![\w.,])([1-9])[.,\s](\d{6})(?![\d])")
# A landline may have a digit more than others.
_PHONE = re.compile(
    r"(?<!\w)(?:\(0\d{2,3}\)(?:[\s.\-]?\d){7,8}"
    r"|(?:\+?84|0)[\s.\-]?(?:2(?:[\s.\-]?\d){9}|\d(?:[\s.\-]?\d){8}))(?!\d)"
)
# Identity numbers: of the card 12 digits, often in threes; of the old card 9.
_IDENTITY = re.compile(r"(?<![\w.,/\-])\d{3}(?:[ .\-]?\d{3}){2,3}(?![\w]|[.,/\-]\d)")
# In fours, or digit by digit. The card's begin with a zero, as years and sums in fours do not;
# longer numbers are others, a bank card's for one.
_TORN_IDENTITY = re.compile(
    r"(?<![\w.,/\-])(?<!\d )(?:0\d{3}([ .\-])\d{4}\1\d{4}|0(?: \d){11}|\d(?: \d){8})"
    r"(?!\w|[ .,/\-]\d)"
)
_DIGITS = re.compile(r"(?<![\w.,/\-])\d{4,12}(?![\w]|[.,/\-]\d)")
_DIGIT = re.compile(r"\d")
_YEAR_BEFORE = re.compile(r"n[aăă]\u0306?m\s*$", re.IGNORECASE)
MASK = "•••"
_IDENTITY_LENGTHS, _PHONE_LENGTHS = (9, 12), (10, 11)
PHONE, IDENTITY_NUMBER, DIGITS = "phone", "identity_number", "digits"
PERSONAL = (PHONE, IDENTITY_NUMBER)


@dataclass(frozen=True)
class Found:
    """An entity in a text: its kind, normalised value and offsets."""

    entity: str
    value: str
    start: int
    end: int


def normalise_dossier_code(text: str) -> str | None:
    """The first dossier code in its official spelling, or None if the text holds none."""
    return next((code.value for code in find_dossier_codes(text)), None)


def normalise_partial_dossier_code(text: str) -> str | None:
    """As `normalise_dossier_code`, for an answer to "what is the code?".

    "16-230512-0003" and "230512-0003" are taken as well: codes of the province whose H48 was
    left out. What may be a telephone or identity number is no code.
    """
    code = normalise_dossier_code(text)
    partial = None if code else find_without_province(text)
    if partial is None:
        return code
    written = text[partial.start : partial.end]
    # Old identity numbers (9 digits) come in threes or with blanks, not as six and three.
    is_set_off = len(re.findall(r"\d", written)) == _IDENTITY_LENGTHS[0] and "-" in written
    is_identity = _IDENTITY.fullmatch(written) and not is_set_off
    return None if is_identity or _PHONE.fullmatch(written) else partial.value


def find_codes(text: str) -> list[Found]:
    """Dossier codes, procedure codes and numbers, none inside another.

    A number of four digits may be the end of one of a person's: what it is, the talk tells.
    """
    found: list[Found] = []
    if not _DIGIT.search(text):
        return found
    taken: list[tuple[int, int]] = []
    for item in _candidates(text):
        if all(item.end <= start or item.start >= end for start, end in taken):
            taken.append((item.start, item.end))
            found.append(item)
    return sorted(found, key=lambda item: item.start)


def mask_personal_numbers(text: str) -> str:
    """The text with mobile telephone and identity numbers replaced by dots.

    Landlines (02…) stay: they are offices'.
    """
    for item in reversed(find_codes(text)):
        is_landline = item.entity == PHONE and item.value.startswith("02")
        if item.entity in PERSONAL and not is_landline:
            text = f"{text[: item.start]}{MASK}{text[item.end :]}"
    return text


def _candidates(text: str) -> Iterator[Found]:
    for code in find_dossier_codes(text):
        yield Found("dossier_code", code.value, code.start, code.end)
    for match in _PROCEDURE.finditer(text):
        yield Found("procedure_code", f"{match[1]}.{match[2]}", *match.span())
    for match in _TORN_IDENTITY.finditer(text):
        yield Found(IDENTITY_NUMBER, re.sub(r"\D", "", match[0]), *match.span())
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        digits = f"0{digits[2:]}" if digits.startswith("84") else digits
        if len(digits) in _PHONE_LENGTHS:
            yield Found(PHONE, digits, *match.span())
    for match in _IDENTITY.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        # Nine digits in threes may be a sum of money, which ends on a round figure.
        if len(digits) == len(match[0]) or not digits.endswith(("000", "500")):
            yield Found(IDENTITY_NUMBER, digits, *match.span())
    for match in _DIGITS.finditer(text):
        is_year = len(match[0]) == 4 and _YEAR_BEFORE.search(text[: match.start()])
        if len(match[0]) == 10:
            yield Found(PHONE, match[0], *match.span())
        elif len(match[0]) == 4 and not is_year:
            yield Found(DIGITS, match[0], *match.span())
