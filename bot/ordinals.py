"""Which of the options shown a citizen picks: "cái thứ hai", "số 1", "dòng cuối"."""

from __future__ import annotations

import re

from bot import text as vn

LAST = -1

_WORDS = {
    "dau": 1, "nhat": 1, "mot": 1, "hai": 2, "nhi": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5,
    "cuoi": LAST, "chot": LAST,
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
