"""Pieces of a line that are said otherwise than they are written: codes, numbers, short forms."""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.codes import DIGITS, find_codes
from bot.speech_words import (
    LONGEST_NUMBER,
    address,
    dictated,
    in_words,
    letters,
    number,
    one_of,
    spelled,
    vocabulary,
    word,
)

_ADDRESS = re.compile(
    r"(?<![\w@])(?:[a-z0-9._+\-]+@)?(?:[a-z0-9\-]+\.)+(?:vn|com|org|net)(?![\w.\-]*\w@)"
    r"(?!\w)(?::\d+)?(?:/[^\s,;]*[\w/])?",
    re.IGNORECASE,
)
_DIALLED = re.compile(
    r"(?<![\w.,])(1[89]00)[ .\-]?(\d{4,6}|\d{2}[ .]?\d{2}(?:[ .]?\d{2})?)(?![\w])"
)
_ACT = re.compile(
    r"(?<![\w/.\-])(\d{1,5})/(?:(\d{4})/)?([A-ZĐ][A-Za-zĐ]*\d{0,2}(?:-[A-ZĐ][A-Za-zĐ]*\d{0,2})*)(?!\w)"
)
_DATE = re.compile(
    r"(?<![\w.,/])(?:(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)|(?<!-)(\d{1,2})([.\-])(\d{1,2})\5(\d{4}))"
    r"(?![\w/]|[.,]\d)"
)
_ISO_DATE = re.compile(r"(?<![\w.,/\-])(\d{4})-(\d\d)-(\d\d)(?![\w/\-])")
_DAY = re.compile(r"(?<![\w.,/])(\d{1,2})/(\d{1,2})(?![\w/]|[.,]\d)")
_MONTH = re.compile(r"(?<![\w.,/\-])(\d{1,2})/(\d{4})(?![\w/]|[.,]\d)")
_TIME = re.compile(r"(?<![\w.,/:])(\d{1,2})(?::|[hg])(\d\d)(?::(\d\d))?(?![\w:])", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\w.,/:])(\d{1,2})[hg](?!\w)", re.IGNORECASE)
_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+"
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?:,\d{1,4})?(?![\d]|[.,]\d)")
_DECIMAL = re.compile(r"(?<![\w.,])(\d+),(\d+)(?![\d]|[.,]\d)")
_DOTTED = re.compile(r"(?<![\w.])\d+(?:\.\d+)+(?![^\W_])")
_MIXED = re.compile(r"(?<![^\W_])(?=[A-ZĐ.\-]*\d)[A-ZĐ][A-Z0-9Đ]*(?:[.\-][A-Z0-9Đ]+)*(?![^\W_])")
# Letters that none can say at a stretch, "GCNQD".
_CONSONANTS = re.compile(r"(?<![^\W_])[BCDĐFGHKLMNPQRSTVWXZ]{2,7}(?![^\W_])")
_LONG_RUN = re.compile(rf"[0-9]{{{LONGEST_NUMBER + 1},}}")
_PLAIN = re.compile(
    rf"(?:(?<![^\W_])|(?<=\d[xX]))\d+(?=[xX]\d|(?:{one_of(vocabulary()['units'])})(?!\w)|[\W_]|$)"
)
_LONGEST_SUM = 15


@dataclass(frozen=True)
class Piece:
    """Where it stands and its words; `counts`: a number, so that a dash behind it means "to"."""

    start: int
    end: int
    words: str
    counts: bool = False
    is_sum: bool = False


Rule = Callable[[str], Iterator[Piece]]


def find(line: str) -> list[Piece]:
    """The pieces of a line in their order, none inside another."""
    found: list[Piece] = []
    for rule in _RULES:
        for piece in rule(line):
            if all(piece.end <= other.start or piece.start >= other.end for other in found):
                found.append(piece)
    return sorted(found, key=lambda piece: piece.start)


def _pairs(line: str) -> Iterator[Piece]:
    pairs = {written.lower(): said for written, said in vocabulary()["pairs"].items()}
    for match in re.finditer(rf"(?<!\w)(?:{one_of(pairs)})(?![\w/])", line, re.IGNORECASE):
        said = pairs[match[0].lower()]
        capital = said[0].upper() + said[1:]
        yield Piece(*match.span(), capital if match[0][0].isupper() else said)


def _addresses(line: str) -> Iterator[Piece]:
    for match in _ADDRESS.finditer(line):
        yield Piece(*match.span(), address(match[0]))


@functools.lru_cache(maxsize=1)
def _sum_pattern() -> re.Pattern[str]:
    units = one_of(vocabulary()["currencies"])
    return re.compile(rf"(?<![\w.,])({_NUMBER})\s*(?:{units})(?!\w)", re.IGNORECASE)


def _sums(line: str) -> Iterator[Piece]:
    for match in _sum_pattern().finditer(line):
        digits = match[1].replace(".", "")
        if len(digits) <= _LONGEST_SUM:
            words = f"{in_words(int(digits))} {word('currency')}"
            yield Piece(*match.span(), words, counts=True, is_sum=True)


def _acts(line: str) -> Iterator[Piece]:
    """Numbered law: "118/2025/NĐ-CP" was made by the government in that year."""
    for match in _ACT.finditer(line):
        kind, _, issuer = match[3].partition("-")
        issuer, term = re.fullmatch(r"(.*?)(\d*)", issuer.rpartition("-")[2] or kind).groups()  # type: ignore[union-attr]
        name = vocabulary()["issuers"].get(issuer) or letters(issuer)
        kind = vocabulary()["acts"].get(re.sub(r"\d", "", kind), "")
        said = [kind] if kind and kind not in line[: match.start()].lower() else []
        said.append(number(match[1]))
        said += [word("year"), match[2]] if match[2] else []
        said += [word("of"), name] + ([word("term"), term] if term else [])
        yield Piece(*match.span(), " ".join(said))


def _codes(line: str) -> Iterator[Piece]:
    for match in _DIALLED.finditer(line):
        rest = re.sub(r"\D", "", match[2])
        yield Piece(*match.span(), f"{dictated(match[1])}, {dictated(rest)}")
    for found in find_codes(line):
        if found.entity != DIGITS:
            yield Piece(found.start, found.end, spelled(found.value))


def _dates(line: str) -> Iterator[Piece]:
    ends: list[int] = []
    for match in _DATE.finditer(line):
        day, month, year = (part for part in match.groups() if part and part.isdecimal())
        yield from _date(
            line, match, int(day), int(month), int(year if len(year) == 4 else f"20{year}")
        )
        ends.append(match.end())
    for match in _ISO_DATE.finditer(line):
        yield from _date(line, match, int(match[3]), int(match[2]), int(match[1]))
    to = rf"\s*(?:-|{word('to')})\s*"
    for match in _DAY.finditer(line):
        is_date = (
            "0" in (match[1][0], match[2][0])
            or _stands_behind(line, match.start(), vocabulary()["date_after"])
            or any(re.fullmatch(to, line[end : match.start()]) for end in ends)
            or re.match(rf"{to}\d{{1,2}}/\d{{1,2}}/\d{{4}}", line[match.end() :])
        )
        if is_date:
            yield from _date(line, match, int(match[1]), int(match[2]), None)
            ends.append(match.end())
    for match in _MONTH.finditer(line):
        if 1 <= int(match[1]) <= 12:
            words = f"{int(match[1])} {word('year')} {match[2]}"
            yield Piece(*match.span(), _named(line, match.start(), "month", words), counts=True)


def _date(
    line: str, match: re.Match[str], day: int, month: int, year: int | None
) -> Iterator[Piece]:
    # Without a year the 29th of February may be meant.
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2000, month)[1]:
        words = f"{day} {word('month')} {month}"
        words += f" {word('year')} {year}" if year else ""
        yield Piece(*match.span(), _named(line, match.start(), "day", words), counts=True)


def _times(line: str) -> Iterator[Piece]:
    hour, minute, second = word("hour"), word("minute"), word("second")
    for match in _TIME.finditer(line):
        if int(match[1]) > 24 or int(match[2]) > 59:
            continue
        words = f"{int(match[1])} {hour}"
        if match[3]:
            words += f" {int(match[2])} {minute} {int(match[3])} {second}"
        elif int(match[2]):
            words += f" {int(match[2])}"
        yield Piece(*match.span(), words, counts=True)
    for match in _HOUR.finditer(line):
        if int(match[1]) <= 24:
            yield Piece(*match.span(), f"{int(match[1])} {hour}", counts=True)


def _weekdays(line: str) -> Iterator[Piece]:
    weekdays = vocabulary()["weekdays"]
    for match in re.finditer(rf"(?<!\w)(?:{one_of(weekdays)})(?!\w)", line):
        yield Piece(*match.span(), weekdays[match[0]], counts=True)
    names = one_of([*weekdays.values()])
    digit = rf"{word('weekday')}\s+[2-7]"
    for match in re.finditer(rf"(?<!\w)(?:{names}|{digit})(?!\w)", line, re.IGNORECASE):
        yield Piece(*match.span(), match[0], counts=True)


def _short_forms(line: str) -> Iterator[Piece]:
    said = vocabulary()["abbreviations"]
    for match in _MIXED.finditer(line):
        yield Piece(*match.span(), spelled(match[0]))
    for match in re.finditer(rf"(?<![^\W_])(?:{one_of(said)})(?![^\W_])", line):
        yield Piece(*match.span(), said[match[0]])
    for match in _CONSONANTS.finditer(line):
        yield Piece(*match.span(), letters(match[0]))


def _numbers(line: str) -> Iterator[Piece]:
    for match in _GROUPED.finditer(line):
        whole, comma, part = match[0].partition(",")
        digits = whole.replace(".", "")
        if len(digits) <= _LONGEST_SUM:
            words = in_words(int(digits)) + (f" {word('comma')} {part}" if comma else "")
            yield Piece(*match.span(), words, counts=True)
    for match in _DECIMAL.finditer(line):
        words = f"{number(match[1])} {word('comma')} {number(match[2])}"
        yield Piece(*match.span(), words, counts=True)
    for match in _DOTTED.finditer(line):
        words = f" {word('dot')} ".join(number(part) for part in match[0].split("."))
        yield Piece(*match.span(), words, counts=True)
    for match in _PLAIN.finditer(line):
        if len(match[0]) > LONGEST_NUMBER or _is_dialled(line, match):
            yield Piece(*match.span(), dictated(match[0]))
        else:
            yield Piece(*match.span(), match[0], counts=True)
    for match in _LONG_RUN.finditer(line):
        yield Piece(*match.span(), dictated(match[0]))


def _is_dialled(line: str, match: re.Match[str]) -> bool:
    """Whether three or four digits are to be dialled or typed: "gọi 113, 114"."""
    words = vocabulary()["spell_after"]
    if not 3 <= len(match[0]) <= LONGEST_NUMBER:
        return False
    before = line[: match.start()]
    if match[0] in vocabulary()["short_numbers"]:
        return bool(re.search(rf"(?<!\w)(?:{one_of(words)})(?!\w)", before, re.IGNORECASE))
    return _stands_behind(line, match.start(), words)


def _stands_behind(line: str, position: int, words: list[str]) -> bool:
    before = line[:position]
    return bool(re.search(rf"(?<!\w)(?:{one_of(words)}):?\s+$", before, re.IGNORECASE))


def _named(line: str, position: int, name: str, words: str) -> str:
    """With the word for what it is in front, unless it stands there already."""
    return words if _stands_behind(line, position, [word(name)]) else f"{word(name)} {words}"


# The first that finds a piece has it.
_RULES: tuple[Rule, ...] = (
    _pairs, _addresses, _sums, _acts, _dates, _times, _codes, _weekdays, _short_forms, _numbers,
)  # fmt: skip
