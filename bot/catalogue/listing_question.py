"""Which procedures a citizen wants listed or counted: the field, level, authority of a message."""

from __future__ import annotations

import functools
import re

from bot import text as vn
from bot.catalogue.listing import Query, has_words
from bot.catalogue.model import COMMUNE, PROVINCE
from bot.vocabulary import Name, read_names

LONGEST_SUBJECT = 6
# Where something was taken out of a line.
BREAK = ";"

# All patterns are of folded, normalised words.
LEVEL_WORDS = {
    COMMUNE: re.compile(
        r"(?<!hop tac )\bxa\b(?! hoi)|\bdac khu\b"
        r"|(?<!dia )\bphuong\b(?! (?:tien|phap|thuc|an|huong))"
    ),
    PROVINCE: re.compile(
        r"\b(?:cap|o|len|tren) tinh\b(?! (?:minh|ta|toi|nay|nha|quang|kon|trang))"
        r"|\btinh (?:lam|giai)\b"
    ),
}
KIND_WORDS = {
    "full": re.compile(
        r"\btoan trinh\b|\bmuc do (?:4|bon)\b|\bhoan toan truc tuyen\b"
        r"|\b(?:hoan toan|tron goi|het) (?:tren|qua) mang\b"
        r"|\b(?:khoi|khong can|khong phai) (?:den|di|ra|len|xuong|toi)\b"
    ),
    "partial": re.compile(r"\bmot phan\b|\bmuc do (?:3|ba)\b"),
}
_ONLINE = re.compile(r"\btruc tuyen\b|\b(?:tren|qua) mang\b|\btu xa\b")
# Whose fee is paid on-line: "nộp phí online" is, "nộp online" is not.
_PAYING = re.compile(
    r"\b(?:thanh toan|(?:tra|dong) duoc (?=nhung|cac|thu tuc)"
    r"|(?:tra|nop|dong|chuyen|thu)(?: duoc)?(?: cac| khoan)*"
    r" (?:tien|phi|le phi|thue)(?: le phi)?)\b"
)
_PAID_ONLINE = re.compile(
    r"\btruc tuyen\b|\b(?:tren|qua|bang) (?:mang|cong|dien thoai|app|vi)\b|\bdien tu\b|\bmomo\b"
    r"|\bchuyen khoan\b|\bngoi nha\b|\bo nha\b|\btai nha\b"
)
# A list or a count is wanted, and not the ways to pay for one procedure.
_LISTS = re.compile(
    r"\b(?:thu tuc|dich vu|dich vu cong|ho so|viec|linh vuc|loai|khoan|giay to) (?:nao|gi|chi)\b"
    r"|\b(?:nhung|cac) (?:\w+ ){0,2}(?:thu tuc|dich vu)\b"
    r"|\b(?:co|duoc) may (?:thu tuc|dich vu)\b"
    r"|\b(?:bao nhieu|danh sach|liet ke|dem|so luong|tong so)\b.*\b(?:thu tuc|dich vu)\b"
)
# Authorities that receive all that is done at their level.
_RECEIVING = re.compile(r"^(?:uy ban nhan dan|trung tam phuc vu hanh chinh cong)\b")
# What stands before a subject; the former words say that it is a field.
_FIELD_LEAD = re.compile(r"\b(?:linh vuc|nganh|nhom|mang) ")
_LEAD = re.compile(r"\b(?:lien quan (?:toi|den)|ve|ben) ")
_SUBJECT_ENDS = re.compile(
    r" (?:co|gom|la|thi|nao|gi|may|bao|o|cua|tren|do|ma|con|duoc|hien|nhan|giup|cho|vay|a|nhe|khong"
    r"|het|di|voi|de|nua|theo|ra|cai|nhung|cac|duoi|tai|can|lam|dau|xa|phuong|tinh|que|nha|thu|giay"
    r")\b"
)


def read(text: str, field: str, agency: str, agency_written: str) -> tuple[Query, bool]:
    """What a message wants listed, and whether it names a field rather than any words.

    `field` and `agency` are the values of its entities, `agency_written` how the latter stands
    in it.
    """
    words = vn.normalise(text.replace(agency_written, ";") if agency_written else text).split()
    # "Ở xa" is no "ở xã" where accents are written.
    accented = vn.is_accented(text)
    line = " ".join(vn.fold_word(word) for word in words if word != "xa" or not accented)
    levels = [level for level, pattern in LEVEL_WORDS.items() if pattern.search(line)]
    if agency and _RECEIVING.search(vn.fold(agency)):
        levels = [PROVINCE if vn.fold(agency).endswith("tinh") else COMMUNE]
        agency = ""
    pays = _asks_online_payment(line)
    about = _without_paying(words) if pays else " ".join(words)
    subject, is_field = (field, True) if field else _subject(about)
    kind = next((kind for kind, pattern in KIND_WORDS.items() if pattern.search(line)), "")
    level = levels[0] if len(levels) == 1 and not agency else ""
    if pays:
        return Query(subject, level, agency, online_payment=True), is_field
    online = not kind and bool(_ONLINE.search(line))
    return Query(subject, level, agency, online, kind), is_field


def lists_online_payment(text: str) -> bool:
    """Whether a message asks which procedures, or how many, have a fee that is paid on-line."""
    line = vn.fold(vn.normalise(text))
    return _asks_online_payment(line) and bool(_LISTS.search(line))


def _asks_online_payment(line: str) -> bool:
    return bool(_PAYING.search(line) and _PAID_ONLINE.search(line))


def _without_paying(words: list[str]) -> str:
    """The line with breaks for what it says of paying on-line: "về đất đai ; ; được không"."""
    line = " ".join(vn.fold_word(word) for word in words)
    for pattern in (_PAYING, _PAID_ONLINE):
        for match in reversed(list(pattern.finditer(line))):
            start = len(line[: match.start()].split())
            words = [*words[:start], BREAK, *words[start + len(match.group().split()) :]]
        line = " ".join(vn.fold_word(word) for word in words)
    return " ".join(words)


@functools.lru_cache(maxsize=1)
def _field_names() -> tuple[Name, ...]:
    return tuple(name for name in read_names() if name.entity == "field")


def _subject(line: str) -> tuple[str, bool]:
    """The field that a normalised message names, or the words that it calls one or leads to."""
    accented = vn.is_accented(line)
    said = []
    for name in _field_names():
        words = vn.normalise(name.name)
        if (accented or not name.accented_only) and has_words(
            line, words if accented else vn.fold(words)
        ):
            said.append((len(words), name.value))
    if said:
        return max(said)[1], True
    folded = vn.fold(line)
    for lead in (_FIELD_LEAD, _LEAD):
        match = lead.search(folded)
        if match:
            end = _SUBJECT_ENDS.search(folded, match.end() - 1)
            subject = line[match.end() : end.start() if end else None].partition(BREAK)[0].split()
            subject = subject[:LONGEST_SUBJECT]
            return " ".join(subject), bool(subject) and lead is _FIELD_LEAD
    return "", False
