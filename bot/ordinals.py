"""Which of the options shown a citizen picks: "cái thứ hai", "số 1", "dòng cuối"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot import text as vn
from bot.codes import Found

LAST = -1

_WORDS = {
    "dau": 1, "nhat": 1, "nhut": 1, "mot": 1, "hai": 2, "nhi": 2, "ba": 3, "tu": 4, "bon": 4,
    "nam": 5, "cuoi": LAST, "chot": LAST,
}  # fmt: skip
_COUNTER = r"cai|so|thu|muc|dong|phuong an|lua chon|y|nut|cau|thu tuc|chon|option|lay|hang|dap an"
_PATTERN = re.compile(rf"\b(?:(?:{_COUNTER})\s+)+(?:thu\s+|so\s+)?(\d{{1,2}}|{'|'.join(_WORDS)})\b")
_BARE = re.compile(
    rf"^(?:thu\s+)?(\d{{1,2}}|{'|'.join(_WORDS)})(?:\s+(?:nhe|nha|a|di|do|nghe|ban))*$"
)
_FROM_END = re.compile(r"\b(?:cuoi cung|o cuoi|sau cung|duoi cung|sau chot)\b")
_FROM_START = re.compile(r"\b(?:dau tien|tren cung|o dau tien)\b")


def find_ordinal(message: str) -> int | None:
    """Number of the option, counted from 1; `LAST` for the last; None if none is named."""
    line = vn.fold(" ".join(vn.words(vn.nfc(message))))
    if _FROM_END.search(line):
        return LAST
    if _FROM_START.search(line):
        return 1
    match = _PATTERN.search(line) or _BARE.match(line)
    if not match:
        return None
    return int(match[1]) if match[1].isdigit() else _WORDS[match[1]]


# "Mẫu số 1", "quầy số 3", "thông tư số 15" count things that are no options.
_NO_OPTION = re.compile(
    r"\b(?:mau|quay|dieu|to|thong tu|nghi dinh|luat|nha|duong|lop|thua|ban do|hem|khu|thon|cong"
    r"|quyet dinh|nghi quyet|ho so|giay|o|tai|lao|can cuoc|dien thoai|dong thap|be"
    r"|dua|chau|con|lan)\s$"
)
# A pick begins with what is counted: "thứ hai" alone is a day, "số từ" no number.
_PICKED = "cai|muc|dong|phuong an|lua chon|y|nut|cau|thu tuc|dap an"
_COUNTERS_WRITTEN = frozenset(
    ("cái", "mục", "dòng", "phương", "lựa", "ý", "nút", "câu", "thủ", "đáp", "số")
)
_MOST = 10
_MEASURE = r"(?!\s?(?:%|thang|nam|ngay|nguoi|tuoi|trieu|nghin|ngan|lan|ban|met|m2|ha|tang)(?!\w))"
_SPAN = re.compile(
    rf"\b(?:(?:{_PICKED})\s+(?:thu\s+|so\s+)?"
    rf"(?:(\d{{1,2}})|(dau tien|cuoi cung|{'|'.join(_WORDS)}))"
    r"|so\s+(?:(\d{1,2})|(mot|hai|ba|bon|nam)))(?![\w]|[.,/\-]\d)"
    rf"{_MEASURE}"
)


def find_ordinals(text: str, folded: str) -> Iterator[Found]:
    """Picks of an option in a text, composed and folded; the value is its number, -1 the last."""
    bare = _BARE.match(folded.strip())
    if bare:
        number = find_ordinal(text)
        start = len(folded) - len(folded.lstrip())
        yield Found("ordinal", str(number), start + bare.start(), start + bare.end(1))
        return
    for match in _SPAN.finditer(folded):
        before = text[: match.start()].lower()
        # "Còn cái thứ ba" goes on to another option; "con thứ ba" is a child.
        if _NO_OPTION.search(folded[: match.start()]) and not before.rstrip().endswith("còn"):
            continue
        counter = text[match.start() : match.end()].lower().split()[0]
        # "Mức 5 %" and "lao động 12 tháng" share their letters only.
        if counter != vn.fold(counter) and counter not in _COUNTERS_WRITTEN:
            continue
        figure, word = match[1] or match[3], match[2] or match[4]
        number = int(figure) if figure else _said(word)
        if number > _MOST:
            continue
        yield Found("ordinal", str(number), *match.span())


def _said(word: str) -> int:
    return LAST if word == "cuoi cung" else 1 if word == "dau tien" else _WORDS[word]
