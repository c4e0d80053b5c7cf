"""Personal data in what people write: found, and masked before it is stored or logged.

Telephone and identity numbers (căn cước, chứng minh), bank cards and accounts, e-mail addresses,
and what stands between "địa chỉ" and the commune. Dossier and procedure codes, sums and days
stay. Digits of a number that proves who asks  are masked as well.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from bot import text as vn
from bot.codes import DIGITS, IDENTITY_NUMBER, PERSONAL, PHONE, Found, find_codes
from bot.dossier_codes import DossierCode, find_without_province

# Stands for each digit, so that a number keeps its length and its place.
DOT = "•"
# Stands for an address, of a house or of a mailbox.
HIDDEN = "‹…›"
CARD, ACCOUNT, EMAIL, ADDRESS, NUMBER = "card", "account", "email", "address", "number"
_KEPT_CODES = ("dossier_code", "procedure_code")

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,80}\s?(?:@|[(\[]\s?(?:at|@)\s?[)\]])\s?[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
_RUN = re.compile(r"(?<!\d)(?<!\d[.,])\+?\d(?:[ .\-]?\d){7,18}(?!\d)")
# Whatever may stand between the digits of a telephone or identity number, besides what is usual.
_BETWEEN = r"[\s._,()/\-\u2010-\u2015\u200b]"
_LOOSE = re.compile(
    rf"(?<!\d)(?<!\d[.,/\-])\(?\+?(?:84|0)(?:{_BETWEEN}{{0,3}}\d){{8,11}}(?!{_BETWEEN}{{0,3}}\d)"
)
_LOOSE_DAY = re.compile(r"\d{1,2}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?\d{4}(?!\d)")
# "02, 03, 04, 05, 07": things that are counted.
_LISTED = re.compile(r"\d{1,2}(?:,? +\d{1,2}|,\d{1,2})+")
_MOBILE_OR_LANDLINE = re.compile(r"0(?:[35789]\d{8}|2\d{9})")
# Nobody's number, and a long way for the searches above.
_ENDLESS = re.compile(r"(?<!\d)\d(?:[ ._,/\-]?\d){39,}")
_ACCOUNT = re.compile(
    r"(?<!\w)(?:stk|so tai khoan|so tk|tai khoan|tk)\b[^\d\n]{0,30}"
    r"(?P<number>\d(?:[ .\-]?\d){5,18})"
)
# Named as what it is, a number may be written in any groups.
_NAMED = {
    IDENTITY_NUMBER: re.compile(
        r"(?<!\w)(?:cccd|cmnd|cmtnd|cmt|cc|chung minh(?: thu| nhan dan)?|can cuoc(?: cong dan)?"
        r"|dinh danh)\b[^\d\n]{0,20}(?P<number>\d(?:[ .\-]?\d){8,11})(?!\d)"
    ),
    PHONE: re.compile(
        r"(?<!\w)(?:sdt|dt|so dt|dien thoai|sim|zalo|goi)\b[^\d\n]{0,20}"
        r"(?P<number>\+?\d(?:[ .\-]?\d){8,10})(?!\d)"
    ),
}
_LENGTHS = {IDENTITY_NUMBER: (9, 12), PHONE: (10, 11, 9)}
_ROUND = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
_CURRENCY = re.compile(r"\s?(?:d|dong|vnd|trieu|ty|nghin|ngan|k)\b")
_DAY = re.compile(r"\d{1,2}[.\-]\d{1,2}[.\-]\d{2,4}\b")
_CARD_LENGTHS = range(13, 20)
_LEAST_DIGITS = 9

# Digits of a number: named as its end, beside a code, or hardly anything else in a message.
_PROOF = re.compile(r"(?<![\w.,/\-])(?:\d{4}|\d{6})(?![\d/\-]|[.,]\d)")
_TAIL_BEFORE = re.compile(r"(?:cuoi|duoi|otp|xac nhan|xac thuc)\b\D{0,30}$")
_TAIL_AFTER = re.compile(r"^\D{0,12}\b(?:cuoi|duoi)\b")
# A short message of four or six digits is most likely such an answer, unless one of these folded
# words stands beside them, which have numbers of their own; or the number is everybody's.
_SHORT_MESSAGE = 5
_NUMBERED = frozenset((
    "bien", "cc", "dai", "dieu", "dinh", "dong", "gio", "goi", "ha", "hang", "hieu", "hotline", "k",
    "khoan", "kg", "lop", "luat", "m2", "mau", "met", "nam", "ngan", "ngay", "nghi", "nghin",
    "pa", "phieu", "phong", "quyet", "sinh", "tai", "thang", "thong", "thua", "tieu", "to",
    "tong", "trieu", "tu", "vnd", "xe",
))  # fmt: skip
_EVERYBODYS = frozenset(("1022", "1080"))
# In an answer to a question for a number: any number, however it is spaced.
_ANSWER = re.compile(r"(?<![\w.,/\-])\+?\d(?:[ .\-]?\d){3,13}(?!\d|[.,/\-]\d)")

_ADDRESS = re.compile(
    # "địa chỉ nhà tui là 12/3 Lê Lợi", "nhà ở số 12 …"; a question about an office names neither.
    r"(?<!\w)(?:dia chi|d/c|nha (?:o|tai|em o|tui o|toi o)|(?:thuong|cu) tru (?:o|tai)|so nha)"
    r"(?:[ :,-]+(?:cua|nha|toi|tui|em|minh|con|chau|hien|thuong|tru|tam|la|o|tai|ben|lien|he|lac"
    r"|nhan|ket|qua|giao|gui|tra|noi|nay|bay|gio|chu|ho|khau|rieng|hang))*"
    r"[ :,-]+"
    r"(?P<place>(?:(?:so|so nha|lo|can ho|phong)[ :]*)?\d+[\w/\-]*[ ,]+"
    r"(?!thang|ngay|nam\b|gio|ban|trang|xa\b)\w"
    r"|(?:thon|xom|ap|khu pho|kp|khoi(?: pho)?|to dan pho|tdp|to \d|hem|kiet|ngo|ngach|doi \d|duong"
    r"|so nha|khu dan cu|kdc|khu tai dinh cu|chung cu|toa nha|lo [a-z]?\d)[ .:]*\w)"
)
_ADDRESS_ENDS = re.compile(
    r"[.?!;\n](?:\s|$)"
    r"|[ ,.]+(?:xa|phuong|thi tran|huyen|quan|thanh pho|tinh|dac khu|p|x|tp|tt|f)[ .]"
    r"|[ ,]+(?:thi|muon|can|lam|xin|hoi|nop|de|nhung|sdt|so dien|dt|email|cccd|cmnd|can cuoc|gui"
    r"|giup|voi|vs|ma ho so|ho so|toi|tui|em|lien he)\b"
)
_LONGEST_ADDRESS = 80


class Piece(NamedTuple):
    """Personal data in a text: kind, value (digits only, or as written) and offsets."""

    kind: str
    value: str
    start: int
    end: int


class Concealed(NamedTuple):
    """A text without personal data; `pieces` are what was in it, with offsets into `text`."""

    text: str
    pieces: tuple[Piece, ...]


def find(text: str) -> list[Piece]:
    """All personal data of a text, none inside another, in order."""
    endless = [Piece(NUMBER, "", *match.span()) for match in _ENDLESS.finditer(text)]
    for piece in endless:
        text = text[: piece.start] + "\n" * (piece.end - piece.start) + text[piece.end :]
    return sorted([*endless, *_find(text)], key=lambda piece: piece.start)


def _find(text: str) -> list[Piece]:
    found: list[Piece] = []
    codes = find_codes(text)
    kept: list[Found | DossierCode] = [item for item in codes if item.entity in _KEPT_CODES]
    partial = find_without_province(text) if any(map(str.isdigit, text)) else None
    kept += [partial] if partial else []
    taken = [(item.start, item.end) for item in kept]
    has_code = bool(partial) or any(item.entity == "dossier_code" for item in codes)
    for piece in _candidates(text, codes, has_code):
        if all(piece.end <= start or piece.start >= end for start, end in taken):
            taken.append((piece.start, piece.end))
            found.append(piece)
    return found


def conceal(text: str) -> Concealed:
    """The text with personal data masked: a dot for each digit, one mark for an address."""
    pieces, shown, position, length = [], [], 0, 0
    for piece in find(text):
        before = text[position : piece.start]
        mask = _mask(text[piece.start : piece.end], piece.kind)
        start = length + len(before)
        pieces.append(Piece(piece.kind, piece.value, start, start + len(mask)))
        shown += [before, mask]
        length = start + len(mask)
        position = piece.end
    shown.append(text[position:])
    return Concealed("".join(shown), tuple(pieces))


def conceal_answer(text: str) -> Concealed:
    """The text with every number masked but those of dossier codes: it was asked for one."""
    codes = [item for item in find_codes(text) if item.entity in _KEPT_CODES]
    pieces = []
    for match in _ANSWER.finditer(text):
        if all(match.end() <= code.start or match.start() >= code.end for code in codes):
            digits = _digits(match[0])
            kind = next((kind for kind, n in _LENGTHS.items() if len(digits) in n), DIGITS)
            pieces.append(Piece(kind, digits, *match.span()))
    shown = list(text)
    for piece in pieces:
        shown[piece.start : piece.end] = _mask(text[piece.start : piece.end], piece.kind)
    return Concealed("".join(shown), tuple(pieces))


def mask(text: str) -> str:
    """The text with personal data masked."""
    return conceal(text).text


def _mask(written: str, kind: str) -> str:
    if kind in (EMAIL, ADDRESS):
        return HIDDEN
    return "".join(DOT if letter.isdigit() else letter for letter in written)


def _candidates(text: str, codes: list[Found], has_code: bool) -> Iterator[Piece]:
    for match in _EMAIL.finditer(text):
        yield Piece(EMAIL, match[0], *match.span())
    folded = _folded(text)
    for match in _ACCOUNT.finditer(folded):
        yield Piece(ACCOUNT, _digits(match["number"]), *match.span("number"))
    for kind, pattern in _NAMED.items():
        for match in pattern.finditer(folded):
            digits = _digits(match["number"])
            if len(digits) in _LENGTHS[kind]:
                yield Piece(kind, digits, *match.span("number"))
    runs = list(_runs(text, folded))
    yield from (piece for piece in runs if piece.kind == CARD)
    for item in codes:
        if item.entity in PERSONAL and not _CURRENCY.match(folded, item.end):
            yield Piece(item.entity, item.value, item.start, item.end)
    yield from (piece for piece in runs if piece.kind != CARD)
    yield from _loose(text)
    yield from _addresses(text, folded)
    yield from _proofs(text, folded, has_code)


def _folded(text: str) -> str:
    """Lower case without accents, letter for letter: offsets stay."""
    return "".join(map(_folded_letter, text))


@functools.lru_cache(maxsize=2048)
def _folded_letter(letter: str) -> str:
    folded = vn.fold(letter).lower()
    return folded if len(folded) == 1 else letter


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _runs(text: str, folded: str) -> Iterator[Piece]:
    """Long numbers however they are grouped, but no sums and no days."""
    for match in _RUN.finditer(text):
        written, digits = match[0], _digits(match[0])
        if len(digits) in _CARD_LENGTHS and _passes_luhn(digits):
            yield Piece(CARD, digits, *match.span())
            continue
        is_sum = _CURRENCY.match(folded, match.end()) or digits.endswith("000")
        if _DAY.match(written) or (is_sum and (_ROUND.fullmatch(written) or written == digits)):
            continue
        groups = re.split(r"[ .\-]", written)
        is_regular = len({len(group) for group in groups}) == 1
        if len(digits) >= _LEAST_DIGITS and (is_regular or digits.startswith(("0", "84"))):
            yield Piece(NUMBER, digits, *match.span())


def _loose(text: str) -> Iterator[Piece]:
    """Telephone and identity numbers in spellings that nothing else takes for one."""
    plain = "".join(map(_plain_letter, text))
    for match in _LOOSE.finditer(plain):
        written, digits = match[0], _digits(match[0])
        national = re.sub(r"^84", "0", digits)
        if _LOOSE_DAY.match(written) or _LISTED.fullmatch(written):
            continue
        if _MOBILE_OR_LANDLINE.fullmatch(national):
            yield Piece(PHONE, national, *match.span())
        elif len(digits) == 12 and digits.startswith("0"):
            yield Piece(IDENTITY_NUMBER, digits, *match.span())


@functools.lru_cache(maxsize=2048)
def _plain_letter(letter: str) -> str:
    """Digits of every script as those of ASCII, and one sign for all that are not seen."""
    if unicodedata.category(letter) == "Cf":
        return "\u200b"
    if not letter.isascii() and letter.isdigit():
        return str(unicodedata.digit(letter))
    return letter


def _passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a bank card (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _addresses(text: str, folded: str) -> Iterator[Piece]:
    for match in _ADDRESS.finditer(folded):
        start = match.start("place")
        stop = _ADDRESS_ENDS.search(folded, match.end("place") - 1, start + _LONGEST_ADDRESS)
        end = stop.start() if stop else min(len(text), start + _LONGEST_ADDRESS)
        yield Piece(ADDRESS, text[start:end], start, end)


def _proofs(text: str, folded: str, has_code: bool) -> Iterator[Piece]:
    """Digits that prove who asks: they open a dossier whose code stands beside them."""
    found = list(_PROOF.finditer(text))
    if not found:
        return
    words = re.sub(r"[^\w\s]|\b(?:\d{4}|\d{6})\b", " ", folded).split()
    is_bare = len(words) <= _SHORT_MESSAGE and not _NUMBERED.intersection(words)
    for match in found:
        if match[0] in _EVERYBODYS:
            continue
        tail = _TAIL_BEFORE.search(folded, 0, match.start())
        if has_code or is_bare or tail or _TAIL_AFTER.match(folded[match.end() :]):
            yield Piece(DIGITS, match[0], *match.span())


__all__ = [
    "DIGITS", "IDENTITY_NUMBER", "PHONE", "Concealed", "Piece", "conceal", "conceal_answer", "find",
    "mask",
]  # fmt: skip
