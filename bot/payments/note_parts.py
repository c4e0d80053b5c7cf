"""The parts of a fee's note: sums with units, periods, shares, references to law, words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot import text as vn
from bot.payments import units

SUM, PERIOD, FROM, SHARE, APPLIED, MARKED, WORDS = "S", "P", "F", "R", "A", "M", "w"

_ONE = r"(?:0?1\s+|1 )?"
_STOP = (
    r"(?=\s*(?:$|[.,;:()/–-]\s|[.,;:()/]|ke tu|tu ngay|ap dung|theo|den het|doi voi|truong hop"
    r"|bo sung|mien|khong thu))"
)
_UNIT = rf"(?:\s*/\s*{_ONE}[^\d.,;:()/\n][^.,;:()/\n]{{0,59}}?{_STOP})"
_FIGURE = r"\d{1,3}(?:[.,]\d{3})+|\d{4,12}"
_CURRENCY = r"(?:viet nam dong|dong|vnd|d(?![a-z]))"
_IN_BRACKETS = r"(?:\s*\([a-z ]*dong\))?"
_SUM = (
    rf"(?<![\d/.,])(?P<figure>{_FIGURE})\s*{_IN_BRACKETS}\s*"
    rf"(?:{_CURRENCY}{_IN_BRACKETS}(?P<unit>{_UNIT}*)|(?P<bare>{_UNIT}+))"
)
_DAY = r"(?:ngay\s+){0,2}(\d{1,2})(?:/| thang )(\d{1,2})(?:/| nam )(\d{4})"
_PERIOD = rf"(?:(?:tu )?(?:ke )?tu {_DAY} )?den (?:het )?{_DAY}"
_FROM = rf"(?:ke )?tu {_DAY} tro di"
_SHARE = r"(?:thu )?bang (?P<share>\d{1,3}) ?% (?:muc nay|muc tren),? tuc(?: la)?"
_LAW = (
    r"(?:thuc hien )?(?:t?heo |tai |can cu )*(?:quy dinh )?(?:tai |cua )?(?:khoan \d+ dieu \d+ )?"
    r"(?:thong tu|quyet dinh|nghi quyet|nghi dinh)(?: so)? ?\d+/[a-z0-9/-]+"
    r"[^.;:()§]*(?:,? cu the nhu sau)?"
)
_MARKED = r"muc giam ap dung|ap dung muc giam"
_APPLIED = r"ap dung(?: muc)?(?: (?:le )?phi| thu)?(?: tu)?(?= |:|$|§)"
_PIECES = re.compile(
    rf"(?P<F>{_FROM})|(?P<P>{_PERIOD})|(?P<R>{_SHARE})|(?P<M>{_MARKED})|(?P<S>{_SUM})"
    rf"|(?P<A>{_APPLIED})"
)
_SEPARATORS = " \t\n.,;:()-–+*•/\"'"
_SAYS_SUM = re.compile(r"[:,]?\s*\b(?:muc thu|thu|la)$", re.IGNORECASE)
_PER = re.compile(r"\s*(?:(?:dong|vnd|d)\s*)?/")
_ON_ONE = re.compile(r"(?:tren|moi)\s+(?=0?1\s)")
_UNIT_ALONE = re.compile(r"^(?:(?:dong|vnd|d)\s*)?/?\s*(?P<unit>[^.,;:()]{1,50}?)\s*[.;]?$")

_COUNTS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_COUNTS)})"
_FIRST_PAGES = re.compile(rf"\b(?:{_NUMBER} trang dau(?: tien)?)\b")
_LATER_PAGES = re.compile(rf"\btu trang thu {_NUMBER} tro (?:len|di)\b")
_BASIS = re.compile(
    r"[.,;]?\s*(?:trang la can cu de thu phi duoc )?tinh theo (?:so )?trang cua ban chinh"
)
_CAP = re.compile(
    r"[.,;]?\s*(?:toi da(?: thu)?|tong(?: cong| muc)?(?: thu)?)\s*(?:khong qua\s*)?"
    rf"(?P<sum>{_FIGURE})\s*{_CURRENCY}\s*(?:/|mot|moi)\s*"
    r"(?P<unit>[a-z ]+?)(?P<more>, moi lan tham dinh)?(?=$|[.,;)])"
)
_STEPS = re.compile(
    rf"^(?P<first>{_FIGURE}) ?{_CURRENCY}/trang; tu trang thu (?P<page>{_NUMBER}) tro len"
    rf"(?: thi)? thu (?P<later>{_FIGURE}) ?{_CURRENCY}/trang$"
)


@dataclass(frozen=True)
class Part:
    """A part of a note. `kind` is one of the letters of this module.

    A sum has an amount and perhaps a unit, a share its percentage, a period its days.
    """

    kind: str
    text: str
    amount: int = 0
    unit: str = ""
    first: dt.date | None = None
    last: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether a period includes a day."""
        return (self.first is None or self.first <= day) and (
            self.last is not None and day <= self.last
        )


@dataclass(frozen=True)
class Steps:
    """A price per page that changes from one page on, as one note states it."""

    prices: tuple[int, int]
    pages: tuple[tuple[int, int | None], ...]
    unit: str
    cap: int | None
    cap_unit: str

    @property
    def first_price(self) -> int:
        return self.prices[0]


def parts(note: str) -> list[Part]:
    """The parts of a note in its order; references to law are left out."""
    plain = vn.nfc(note)
    folded = vn.fold(plain).lower()
    found: list[Part] = []
    place = 0
    # Law is looked for between the pieces, so that it takes no sum and no period with it.
    for match in _PIECES.finditer(folded):
        # Without the currency only groups of digits are a sum: "2495/QĐ" is a law's number.
        if match["bare"] and match["figure"].isdigit():
            continue
        found += _words(plain, folded, place, match.start())
        found.append(_piece(match, plain))
        place = match.end()
    return [*found, *_words(plain, folded, place, len(plain))]


def _words(plain: str, folded: str, start: int, end: int) -> Iterator[Part]:
    place = start
    for law in re.finditer(_LAW, folded[start:end]):
        yield from _cleaned(plain[place : start + law.start()])
        place = start + law.end()
    yield from _cleaned(plain[place:end])


def _cleaned(text: str) -> Iterator[Part]:
    words = text.strip(_SEPARATORS)
    # A bracket that closes with the words belongs to them.
    words += ")" * (words.count("(") - words.count(")"))
    leading = _SAYS_SUM.search(vn.fold(words))
    words = words[: leading.start()] if leading else words
    if any(letter.isalnum() for letter in words):
        yield Part(WORDS, words)


def _piece(match: re.Match[str], plain: str) -> Part:
    kind = str(match.lastgroup)
    kind = next(name for name in "FPRMSA" if match[name] is not None)
    text = plain[match.start() : match.end()]
    if kind == SUM:
        group = "unit" if match["unit"] else "bare"
        span = match.span(group)
        return Part(kind, text, _amount(match["figure"]), _unit(plain[span[0] : span[1]]))
    if kind == SHARE:
        return Part(kind, text, int(match["share"]))
    if kind in (PERIOD, FROM):
        days = [_day(*each) for each in re.findall(_DAY, match[0])]
        first = days[0] if len(days) > 1 or kind == FROM else None
        return Part(kind, text, first=first, last=days[-1])
    return Part(kind, text)


def _amount(figure: str) -> int:
    return int(re.sub(r"[.,]", "", figure))


def _day(day: str, month: str, year: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _unit(text: str) -> str:
    """ "/ 01 lần/ sản phẩm" as "lần/sản phẩm"."""
    pieces = [re.sub(r"^0?1\s+", "", piece.strip()) for piece in text.split("/")]
    return "/".join(piece.strip(_SEPARATORS) for piece in pieces if piece.strip(_SEPARATORS))


def unit_alone(note: str) -> str:
    """The unit that a note consists of ("/hồ sơ", "đồng/lần", "01 sản phẩm/01 lần"), or ""."""
    plain = vn.nfc(note)
    match = _UNIT_ALONE.match(vn.fold(plain).lower())
    if match is None:
        return ""
    text = plain[match.start("unit") : match.end("unit")]
    text = text[lead.end() :] if (lead := _ON_ONE.match(vn.fold(text).lower())) else text
    marked = _PER.match(vn.fold(plain).lower()) or re.match(r"0?1\s", text)
    return _unit(text) if marked and units.of_fee(text) is not None else ""


def pages_of(note: str) -> tuple[str, tuple[int, int | None] | None]:
    """The pages that a fee is for, and the note without these words."""
    folded = vn.fold(vn.nfc(note)).lower()
    first, later = _FIRST_PAGES.search(folded), _LATER_PAGES.search(folded)
    match = first or later
    if match is None or (first and later):
        return note, None
    number = int(_COUNTS.get(match[1]) or match[1])
    note = _without(vn.nfc(note), *match.span())
    basis = _BASIS.search(vn.fold(note).lower())
    note = _without(note, *basis.span()) if basis else note
    return note, (1, number) if first else (number, None)


def cap_of(note: str) -> tuple[str, int | None, str]:
    """The most that is charged, for which unit, and the note without these words."""
    plain = vn.nfc(note)
    match = _CAP.search(vn.fold(plain).lower())
    if match is None:
        return note, None, ""
    span = match.span("unit")
    return (
        _without(plain, *match.span()), _amount(match["sum"]), plain[span[0] : span[1]].strip(),
    )  # fmt: skip


def steps(note: str) -> Steps | None:
    """A note that holds two prices for the first and the later pages, and nothing else."""
    rest, cap, cap_unit = cap_of(note)
    basis = _BASIS.search(vn.fold(rest).lower())
    rest = _without(rest, *basis.span()) if basis else rest
    match = _STEPS.match(vn.fold(rest).lower().strip(" .;"))
    if match is None:
        return None
    page = int(_COUNTS.get(match["page"]) or match["page"])
    if page < 2:
        return None
    prices = (_amount(match["first"]), _amount(match["later"]))
    return Steps(prices, ((1, page - 1), (page, None)), "trang", cap, cap_unit)


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start].rstrip(' ,;')} {text[end:].lstrip(' ,;')}".strip()
