"""Numbers before units in a message: "5 bản", "mười lăm trang", "nam ban"."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import text as vn
from bot.payments import units

_FILE = Path(__file__).with_name("numbers.yml")
# A number with its thousands, a word, or a mark.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]")
_FIGURE = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,12}")
_PAGES_A_COPY = re.compile(r"tr/(?:b|ban)")
PAGE, COPY = "page", "copy"


@dataclass(frozen=True)
class Count:
    """A count of a unit; `value` None: how many is not certain.

    `start` and `rest` cut it out of the message: what stands between says nothing of the need.
    `in_total`: of all copies together.
    """

    key: str
    value: int | None
    start: int
    rest: int
    in_total: bool = False


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


@functools.lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


@functools.lru_cache(maxsize=1)
def _said() -> list[tuple[tuple[str, ...], units.Unit]]:
    """What citizens count, the longest first."""
    rows = [(tuple(name.split()), unit) for unit in units.units().values() for name in unit.said]
    return sorted(rows, key=lambda row: -len(row[0]))


def counts(message: str) -> list[Count]:
    """All counts of a message, in its order."""
    reader = _Reader(vn.nfc(message))
    return list(reader.counts())


class _Reader:
    def __init__(self, message: str) -> None:
        lowered = message.lower()
        # A few letters grow when they become small ones; places must stay.
        self._message = lowered if len(lowered) == len(message) else message
        self._tokens = [_Token(m[0], *m.span()) for m in _TOKEN.finditer(self._message)]
        self._accented = vn.is_accented(message)

    def counts(self) -> Iterator[Count]:
        place = 0
        while place < len(self._tokens):
            count, place = self._count(place)
            if count is not None:
                yield count

    def _count(self, place: int) -> tuple[Count | None, int]:
        value, after = self._number(place)
        if after == place:
            return None, place + 1
        uncertain = value is None
        if self._is(after, "range"):  # "3 đến 5 bản", "3-5 bản"
            _, behind = self._number(after + 1)
            if behind > after + 1:
                uncertain, after = True, behind
        if self._is(after, "vague"):
            uncertain, after = True, after + 1
        unit, end, known = self._unit(after)
        if unit is None or self._is_no_count(place):
            return None, after
        uncertain |= self._is(place - 1, "loose") or not self._belongs(unit, place)
        start = self._start(place)
        rest = self._tokens[end - 1].end if known else self._tokens[after - 1].end
        return (
            Count(
                unit.key,
                None if uncertain else value,
                start,
                rest,
                in_total=self._is(place - 1, "total") or self._pair(place) in _words()["total"],
            ),
            end,
        )

    def _is_no_count(self, place: int) -> bool:
        """Whether what stands before a number makes it an ordinal, a price or a part of a code."""
        before = self._message[: self._tokens[place].start]
        glued = bool(before) and (before[-1].isalnum() or before[-1] in "._/#-")
        return glued or self._is(place - 1, "ordinal") or self._is_price(place - 1)

    def _is_price(self, place: int) -> bool:
        """ "20 nghìn 1 bản": the money word stands behind a number of its own."""
        return self._is(place, "money") and place > 0 and self._number(place - 1)[1] == place

    def _belongs(self, unit: units.Unit, place: int) -> bool:
        """Whether a count holds for all: "mỗi giấy 3 bản" depends on how many papers there are."""
        if not self._is(place - 2, "each"):
            return True
        if self._is(place - 2, "each") and self._is_number(place - 1):
            return True
        if unit.key == PAGE:
            return self._is(place - 1, "whole")
        return unit.key != COPY

    def _start(self, place: int) -> int:
        """Where the count begins, with "mỗi bản" before it."""
        if self._is(place - 2, "each") and self._is(place - 1, "whole"):
            return self._tokens[place - 2].start
        return self._tokens[place].start

    def _unit(self, place: int) -> tuple[units.Unit | None, int, bool]:
        """The unit at a place, where it ends, and whether it says nothing of the need."""
        for words, unit in _said():
            end = place + len(words)
            if len(self._tokens) < end:
                continue
            if not all(self._reads(place + n, word) for n, word in enumerate(words)):
                continue
            if len(words) == 1 and any(self._reads(end, word) for word in unit.but):
                return None, place, False
            return unit, end, " ".join(words) in unit.dropped
        # "3 tr/bản": millions, unless it is so much of a copy.
        behind = "".join(token.text for token in self._tokens[place : place + 3])
        if _PAGES_A_COPY.fullmatch(vn.fold(behind)):
            return units.units()[PAGE], place + 3, True
        return None, place, False

    def _number(self, place: int) -> tuple[int | None, int]:
        """The number at a place and the place behind it; the place itself if there is none."""
        if place < 0 or place >= len(self._tokens):
            return None, place
        text = self._tokens[place].text
        if text[0].isdigit():
            return (int(text.replace(".", "")) if _FIGURE.fullmatch(text) else None), place + 1
        return self._spelt(place)

    def _spelt(self, place: int) -> tuple[int | None, int]:
        """ "mười lăm", "hai mươi", "hai lăm", "hai chục", "một trăm linh năm"."""
        words = _words()
        total, end, last = 0, place, None
        certain = True
        while end < len(self._tokens):
            digit = self._digit(end, behind_tens=total >= 10 or last is not None)
            if digit is not None:
                if last is not None:  # "hai lăm" is 25, "hai ba" two or three
                    certain &= self._is(end, "behind_tens")
                    total, last = total + last * 10 + digit, None
                else:
                    last = digit
            elif self._is(end, "tens") and last is not None:
                total, last = total + last * 10, None
            elif self._reads(end, words["ten"]):
                total, last = total + (last or 1) * 10, None
            elif self._reads(end, words["hundred"]) and last is not None:
                total, last = total + last * 100, None
            elif not (self._is(end, "lonely") and total >= 100):
                break
            end += 1
        return (total + (last or 0) if certain else None), end

    def _digit(self, place: int, *, behind_tens: bool) -> int | None:
        words = _words()
        for name, value in words["digits"].items():
            if not self._reads(place, name):
                continue
            if name in words["behind_tens"] and not behind_tens:
                continue
            if self._accented and self._tokens[place].text in words["doubtful"]:
                return None
            return int(value)
        return None

    def _is_number(self, place: int) -> bool:
        return self._number(place)[1] > place

    def _pair(self, place: int) -> str:
        return " ".join(token.text for token in self._tokens[max(0, place - 2) : place])

    def _is(self, place: int, kind: str) -> bool:
        return any(self._reads(place, word) for word in _words()[kind])

    def _reads(self, place: int, word: str) -> bool:
        """Whether a token is the word, with its accents or without any."""
        if not 0 <= place < len(self._tokens):
            return False
        return self._tokens[place].text in (word, vn.fold(word))
