"""Cutting a text into pages, at ends of lines and sentences rather than between words.

Texts are as `bot.channels.hotline_text` makes them. What belongs together stays together: a
number's groups, a sum and its unit, a date in words.
"""

from __future__ import annotations

import re

from bot import text as vn

# Of a page, what must be filled before an end of a line or sentence is better than one more word.
_FILLED = 0.5
_BLANK = re.compile(r"[ \n]")
_NUMBER = re.compile(r"[(+]{0,2}\d[\d.,/:\-)]*[a-z%]{0,3}")
_STARTS_WITH_DIGIT = re.compile(r"[(+]{0,2}\d")
_SENTENCE_END = tuple(".?!")
_ENDS_A_PART = tuple(".,;:?!")
# Folded words that a number follows.
_BEFORE_NUMBERS = frozenset(
    [
        "ngay",
        "thang",
        "nam",
        "thu",
        "dieu",
        "khoan",
        "so",
        "luc",
        "quy",
        "muc",
        "phim",
        "bam",
        "pa",
        "ma",
        "qua",
        "tu",
        "den",
    ]
)
# Folded words that go on with the unit: "25 trieu dong", "7 ngay lam viec".
_UNITS_IN_WORDS = {
    "nghin": "dong", "ngan": "dong", "trieu": "dong", "ty": "dong", "ngay": "lam", "lam": "viec",
}  # fmt: skip


def paginate(text: str, limit: int) -> list[str]:
    """All pages of a text, none longer than the limit; none of an empty text."""
    pages = []
    while text:
        page, text = cut(text, limit)
        pages.append(page)
    return pages


def begin(text: str, limit: int, most: int, more: str) -> tuple[list[str], str]:
    """The first pages of a text, the last of which ends with the line `more`; and what is left."""
    pages: list[str] = []
    room = limit - len(more) - 1
    while len(pages) < most - 1 and len(text) > room:
        page, text = cut(text, limit)
        pages.append(page)
    page, rest = cut(text, room)
    # Torn for want of room only, it begins the next page, if this is not the only one.
    if pages and rest and not _is_whole(text, len(page)) and _is_whole_within(text, limit):
        page, rest = "", text
    return [*pages, f"{page}\n{more}" if page else more], rest


def cut(text: str, room: int) -> tuple[str, str]:
    """The first page of a text, and what is left of it."""
    if len(text) <= room:
        return text, ""
    place = _place(text, room)
    return text[:place].rstrip(), text[place:].lstrip()


def shortened(text: str, room: int) -> str:
    """A text of one line that fits, by whole words; what is missing is hinted at by dots."""
    if len(text) <= room:
        return text
    return cut(text, room - 2)[0].rstrip(".,;:- ") + ".."


def _place(text: str, room: int) -> int:
    """Where a text is cut that is longer than the room."""
    blanks = [match.start() for match in _BLANK.finditer(text, 0, room + 1)]
    whole = [place for place in blanks if _is_whole(text, place)]
    good = [place for place in whole if place >= room * _FILLED]
    for is_good in (_ends_line, _ends_sentence):
        if ends := [place for place in good if is_good(text, place)]:
            return ends[-1]
    # What belongs together is torn only where it is longer than a page, and a word likewise.
    return (whole or blanks or [room])[-1]


def _ends_line(text: str, place: int) -> bool:
    return text[place] == "\n"


def _ends_sentence(text: str, place: int) -> bool:
    return text[place - 1].endswith(_SENTENCE_END)


def _is_whole_within(text: str, limit: int) -> bool:
    """Whether a text's first page, of the full length, can end without tearing anything."""
    return len(text) <= limit or _is_whole(text, _place(text, limit))


def _is_whole(text: str, place: int) -> bool:
    """Whether nothing that belongs together is torn where a text is cut."""
    if place >= len(text) or text[place] == "\n":
        return True
    if text[place] != " ":
        return False
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    before = vn.fold(text[start:place]).split(" ")
    after = vn.fold(text[place + 1 : end if end >= 0 else len(text)]).split(" ")
    return not _belong_together(before, after)


def _belong_together(before: list[str], after: list[str]) -> bool:
    """Whether the words of a line before and after a blank must stay on one page."""
    last, first = before[-1], after[0]
    if len(before) == 1 and (last == "-" or re.fullmatch(r"\d+[.)]", last)):
        return True
    if _STARTS_WITH_DIGIT.match(first):
        # Groups of a number, what a number is of, the end of a range.
        is_range = last == "-" and len(before) > 1 and _is_number(before[-2])
        return _is_number(last) or last.lstrip("(") in _BEFORE_NUMBERS or is_range
    if _is_number(last):
        return True
    return first.rstrip(".,;:?!)") == _UNITS_IN_WORDS.get(last)


def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word)) and not word.endswith(_ENDS_A_PART)
