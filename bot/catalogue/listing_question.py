"""Which procedures a citizen wants listed or counted: the field, level, authority of a message."""

from __future__ import annotations

import functools
import re

from bot import text as vn
from bot.catalogue.listing import Query, has_words
from bot.catalogue.model import COMMUNE, PROVINCE
from bot.vocabulary import Name, read_names

LONGEST_SUBJECT = 6

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
    subject, is_field = (field, True) if field else _subject(" ".join(words))
    kind = next((kind for kind, pattern in KIND_WORDS.items() if pattern.search(line)), "")
    level = levels[0] if len(levels) == 1 and not agency else ""
    online = not kind and bool(_ONLINE.search(line))
    return Query(subject, level, agency, online, kind), is_field


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
            subject = line[match.end() : end.start() if end else None].split()[:LONGEST_SUBJECT]
            return " ".join(subject), bool(subject) and lead is _FIELD_LEAD
    return "", False
