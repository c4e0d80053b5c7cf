"""Dossier codes, procedure codes, telephone and identity numbers as citizens write them.

A dossier code (mã hồ sơ) is `000.00.53.H48-220921-0099` or, shorter,
`H48.16-230512-0003`; citizens leave out dots, dashes and leading zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_GAP = r"[\s.\-–_/]{0,3}"
_DOSSIER = re.compile(
    r"(?<![\w.])"
    rf"(?:(?P<unit>\d{{3}}){_GAP}(?P<part>\d{{2}}){_GAP}(?P<sub>\d{{2}}){_GAP})?"
    rf"(?P<province>[hHgG]\s?\d{{2}})"
    # An office is set off, or all digits are glued together in full length.
    rf"(?:{_GAP}(?P<office>\d{{2,3}})(?:(?=[\s.\-–_/])|(?=\d{{10}}(?!\d))))?"
    rf"{_GAP}(?P<date>\d{{6}}){_GAP}(?P<serial>\d{{1,5}})(?!\w)"
)
_PROCEDURE = re.compile(r"(?<![\w.,])([1-9])[.,\s](\d{6})(?![\d])")
# A landline may have a digit more than others.
_PHONE = re.compile(
    r"(?<!\w)(?:\(0\d{2,3}\)(?:[\s.\-]?\d){7,8}"
    r"|(?:\+?84|0)[\s.\-]?(?:2(?:[\s.\-]?\d){9}|\d(?:[\s.\-]?\d){8}))(?!\d)"
)
# Identity numbers: of the card 12 digits, often in threes; of the old card 9.
_IDENTITY = re.compile(r"(?<![\w.,/\-])\d{3}(?:[ .\-]?\d{3}){2,3}(?![\w]|[.,/\-]\d)")
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
    """The code in its official spelling, or None if the text holds none."""
    match = _DOSSIER.search(text)
    return _dossier_code(match) if match else None


def _dossier_code(match: re.Match[str]) -> str:
    province = re.sub(r"\s", "", match["province"]).upper()
    front = f"{match['unit']}.{match['part']}.{match['sub']}." if match["unit"] else ""
    office = f".{match['office']}" if match["office"] else ""
    return f"{front}{province}{office}-{match['date']}-{match['serial'].zfill(4)}"


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
    for match in _DOSSIER.finditer(text):
        yield Found("dossier_code", _dossier_code(match), *match.span())
    for match in _PROCEDURE.finditer(text):
        yield Found("procedure_code", f"{match[1]}.{match[2]}", *match.span())
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
