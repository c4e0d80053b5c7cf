"""Dossier codes (mã hồ sơ) in every spelling that citizens, speech input and OCR produce.

Official are `000.00.53.H48-220921-0099` (unit, part, sub-part, province) and
`H48.16-230512-0003` or `H48.16.31-230512-0003` (province, office of one or two levels), each
with the day of filing as YYMMDD and a serial. Standard library only; ask `bot.codes`.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HOME_PROVINCE = "H48"
# No code is older. A month is then never taken for a year, so that at most one way to cut a
# run of digits gives a day.
_FIRST_YEAR, _LAST_YEAR = 15, 39
# The shortest code has nine digits, most of which are real ones.
_FEWEST_DIGITS = 5

_MARKS, _MINUS = ("Mn", "Me"), "\u2212"
# What OCR and thumbs make of digits. S, B and Z are letters more often: they count double.
_AS_DIGITS = str.maketrans("oqil|sbz", "00111582")
_DOUBTFUL = "sbz"
_D, _S = "[0-9]", "[0-9oqil|sbz]"
_WORD = r"(?i:cham|gach(?:\s?(?:ngang|noi|duoi|cheo))?|tru|xet|xuyet)"
_SIGN = rf"[\s,.\-_/\\]|{_WORD}"
_GAP, _SEP = rf"(?:{_SIGN}){{0,6}}", rf"(?:{_SIGN}){{1,6}}"
# "H48-230512, 4 số cuối là …": after a comma and a blank comes no serial.
_LAST_SIGN = rf"[\s.\-_/\\]|,(?=\S)|{_WORD}"
_LAST_GAP, _LAST_SEP = rf"(?:{_LAST_SIGN}){{0,6}}", rf"(?:{_LAST_SIGN}){{1,6}}"
# A word may be glued on ("0003nha", "0003ạ"); a single letter makes it another code.
_END = r"(?![0-9])(?=$|\W|_|[A-Z]|[^\W\d_]{2})"
_SLIPPED = rf"(?={_S}{{1,4}}(?![\w|])){_S}{{0,3}}{_D}(?:[oq]{{1,3}}|[il|])?(?![\w|])"
# A telephone number that follows a code without serial.
_PHONE = r"0[35789]\d\d[ .\-]\d{3}[ .\-]\d{3}(?![ .\-]?\d)"
_SERIAL = (
    rf"(?!{_PHONE})(?:{_D}{{3,5}}{_END}|0(?:\s?{_D}){{3}}{_END}|{_D}(?:\s{_D}){{3}}{_END}"
    rf"|{_SLIPPED}|{_D}{{1,2}}{_END})"
)
_TORN = rf"(?!{_PHONE}){_D}(?:\s?{_D}){{3}}{_END}"
_OFFICE = rf"(?P<office>{_S}{{2,3}}(?:{_SEP}{_S}{{2}})?){_SEP}"
_DATE = rf"(?P<date>{_S}{{6}})"
_FRONT = rf"(?:{_S}\s?){{3}}(?:{_GAP}(?:{_S}\s?){{2}}){{2}}"
# Of unit, part and sub-part, zeros before the last may be left out: "15.H48-…".
_LAST_OF_FRONT = rf"(?:000\.)?{_D}{{2}}(?=\.)"
_PROVINCE = (
    r"(?P<letter>[hg]|(?i:hat|hach))[\s.\-]{0,2}"
    rf"(?P<number>{_D}\s?{_D}|{_D}[oqil|sbz]|[oqil|]{_D}|(?i:bon(?:\s+muoi)?\s+tam))"
)
_GLUED_TO = "|".join(rf"(?<=\b{word})" for word in ("ma", "so", "la", "hs", "ms", "mhs", "code"))
_START = re.compile(
    rf"(?:(?<![^\W_])(?<!{_D}\.)|(?i:{_GLUED_TO}))"
    rf"(?:(?P<front>{_FRONT}|{_LAST_OF_FRONT}){_GAP})?{_PROVINCE}"
)
_ANY_PROVINCE = re.compile(_PROVINCE)
# Set off by signs or blanks: any six digits are a date.
_SET_OFF = re.compile(rf"{_GAP}(?:{_OFFICE})?{_DATE}{_LAST_SEP}(?P<serial>{_SERIAL})")
# Run together or torn apart: read in the one way that gives a day.
_DAYS = (
    rf"{_DATE}{_LAST_GAP}(?P<serial>{_SERIAL})",
    rf"(?P<date>{_S}(?:\s{{0,3}}{_S}){{5}}){_LAST_GAP}(?P<serial>{_TORN})",
    rf"(?P<date>{_S}(?:\s{{0,3}}{_S}){{5}}){_LAST_SEP}(?P<serial>{_SERIAL})",
    rf"(?P<date>(?:{_D}{{2}}[./\-]){{2}}{_D}{{2}}){_LAST_SEP}(?P<serial>{_D}{{4}}{_END})",
)
_OFFICES = ("", *(rf"(?P<office>{_S}(?:\s?{_S}){{{more}}}){_GAP}" for more in (1, 2, 3)))
_RUN_TOGETHER = tuple(
    re.compile(rf"{_GAP}{office}{day}(?![.\-_/]{_D})") for office in _OFFICES for day in _DAYS
)
_WITHOUT_PROVINCE = re.compile(
    rf"(?<![^\W_])(?<!{_D}[.,/\-_\s])(?:48{_SEP})?(?:(?P<front>{_FRONT}){_SEP}|{_OFFICE})?"
    rf"{_DATE}(?P<sign>{_LAST_SEP})(?P<serial>{_SERIAL})(?![.,/\-_]?{_D})"
)


@dataclass(frozen=True)
class DossierCode:
    """A code in its official spelling, and where it stands in the text as written."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class _Folded:
    """Lower case without accents and invisible characters; what bore an accent is upper case.

    So an accented letter never passes for a digit. `spans` says where each character stands in
    the text as written; None: at its own place.
    """

    text: str
    spans: list[tuple[int, int]] | None

    @classmethod
    def of(cls, text: str) -> _Folded:
        if text.isascii():
            return cls(text.lower(), None)
        folded: list[str] = []
        spans: list[tuple[int, int]] = []
        for place, character in enumerate(text):
            plain = _plain(character)
            if not plain and folded and unicodedata.category(character) in _MARKS:
                folded[-1] = folded[-1].upper()
                spans[-1] = (spans[-1][0], place + 1)
            folded.extend(plain)
            spans.extend([(place, place + 1)] * len(plain))
        return cls("".join(folded), spans)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as written."""
        return (self.spans[start][0], self.spans[end - 1][1]) if self.spans else (start, end)


@functools.lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """What is left of a character; nothing of a mark or an invisible one."""
    if unicodedata.category(character) == "Pd" or character == _MINUS:
        return "-"
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(p for p in parts if unicodedata.category(p) not in (*_MARKS, "Cf"))
    return plain.lower() if plain == parts else plain.upper()


def find_dossier_codes(text: str) -> Iterator[DossierCode]:
    """The codes of a text in their order."""
    if len(re.findall(r"\d", text)) < _FEWEST_DIGITS:
        return
    folded = _Folded.of(text)
    # Quicker than to look for what may stand before it.
    if not _ANY_PROVINCE.search(folded.text):
        return
    position = 0
    while start := _START.search(folded.text, position):
        value, position = _read(start, folded.text)
        if value:
            yield DossierCode(value, *folded.span(start.start(), position))


def find_without_province(text: str) -> DossierCode | None:
    """The first code that lacks its province, as one of the province's own.

    Its parts are set off and its day is a real one. A leading 48 is the province whose letter
    was left out.
    """
    folded = _Folded.of(text)
    for match in _WITHOUT_PROVINCE.finditer(folded.text):
        goes_on = match["sign"].isspace() and re.match(r"\s?\d", folded.text[match.end() :])
        value = None if goes_on else _official(HOME_PROVINCE, match.groupdict(), needs_day=True)
        if value:
            return DossierCode(value, *folded.span(*match.span()))
    return None


def _read(start: re.Match[str], text: str) -> tuple[str | None, int]:
    """The code that begins so and its end, or None and where to go on."""
    said = start["number"].lower().startswith("bon")
    province = f"{start['letter'][0]}{'48' if said else start['number']}"
    for layout in (_SET_OFF, *_RUN_TOGETHER):
        rest = layout.match(text, start.end())
        if rest and (layout is _SET_OFF or _can_be_cut_in_one_way(rest.groupdict())):
            parts = {"front": start["front"], **rest.groupdict()}
            value = _official(province, parts, needs_day=layout is not _SET_OFF)
            if value:
                return value, rest.end()
    return None, start.end("letter")


def _can_be_cut_in_one_way(parts: dict[str, str | None]) -> bool:
    """Not so where both a longer office and a serial without its zeros would be guessed."""
    return len(_digits(parts.get("office") or "")) < 3 or len(_digits(parts["serial"] or "")) > 3


def _official(province: str, parts: dict[str, str | None], *, needs_day: bool) -> str | None:
    """The official spelling, or None where it is no code."""
    written = {name: re.sub(_WORD, ".", part or "") for name, part in parts.items()}
    groups = [written.get(name, "") for name in ("front", "office", "date", "serial")]
    slips = _slips([province[1:], *groups])
    front, office, date, serial = map(_digits, groups)
    if slips is None or ((slips or needs_day) and not _is_day(date)):
        return None
    front = front and front.zfill(7)
    unit = f"{front[:3]}.{front[3:5]}.{front[5:]}." if front else ""
    # Two levels have two digits each, as one of a single level has that is no higher than 99.
    level = len(office) - 2 if len(office) > 3 else len(office)
    below = ".".join(part for part in (office[:level], office[level:]) if part)
    place = f"{province[0].upper()}{_digits(province[1:])}{'.' if below else ''}{below}"
    return f"{unit}{place}-{date}-{serial.zfill(4)}"


def _slips(parts: Sequence[str]) -> int | None:
    """How many letters stand for digits; None where they are no slips.

    Slips stand next to a digit ("so", "il" are words, but zeros are written "OOO", too), and
    digits are the most part.
    """
    pieces = [piece for part in parts for piece in re.split(r"[^\w|]+|_", part)]
    letters = re.findall(r"[^\d]", "".join(pieces))
    digits = sum(map(len, pieces)) - len(letters)
    if any(piece.strip("oq") and not re.search(_D, piece) for piece in pieces):
        return None
    weight = len(letters) + sum(letter in _DOUBTFUL for letter in letters)
    return len(letters) if weight < digits else None


def _digits(part: str) -> str:
    return re.sub(r"\D", "", part.translate(_AS_DIGITS))


def _is_day(date: str) -> bool:
    """Whether six digits are a day, YYMMDD, of the years that have such codes."""
    year, month, day = (int(date[i : i + 2]) for i in (0, 2, 4))
    try:
        dt.date(2000 + year, month, day)
    except ValueError:
        return False
    return _FIRST_YEAR <= year <= _LAST_YEAR
