"""Which ways to pay a citizen's message asks about, and what it asks of paying in general."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from bot import text as vn
from bot.payments.method_list import methods, questions

# Folded. "Hổng có thẻ", "ngoài tiền mặt": that way is not what is asked for.
_DENIED = re.compile(
    r"\b(?:khong|chua|(?<!nuoc )ngoai|thay vi)"
    r"(?: (?:co|xai|dung|biet|muon|ranh|phai|can|cai|bam|viec|quet|thich|lam|tai khoan|bi|hoi))*$"
)
# Words that are about paying, whatever is paid for: they name no procedure.
_OF_PAYING = re.compile(
    r"\b(?:thanh toan|(?:tra|dong|nop|thu)(?: duoc)? (?:tien|phi(?! nong)|le phi)|tien le phi"
    r"|le phi|phi(?! nong)|tra bang|dong bang|nop bang|tra qua|dong qua|nop qua|hinh thuc"
    r"|phuong thuc|bang cach nao|bang cai nao|bang gi|cach nao|kieu gi|kieu nao|the nao"
    r"|duoc khong|khong)\b"
)


@dataclass(frozen=True)
class Asked:
    """What a message asks about paying; `rest` are its words about anything else.

    `methods` are keys in the order in which the message names them, `question` is one of
    `bot.payments.method_list.questions`, or "".
    """

    methods: tuple[str, ...]
    question: str
    rest: str


@functools.lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, str, bool], ...]:
    """Folded phrase, key, whether it names a way; the longest first."""
    found: dict[str, tuple[str, bool]] = {}
    for is_way, entries in ((True, methods()), (False, questions())):
        for key, entry in entries.items():
            for phrase in entry.words:
                found.setdefault(vn.fold(vn.normalise(phrase)), (key, is_way))
    return tuple((p, *found[p]) for p in sorted(found, key=lambda p: (-len(p), p)))


def read(message: str) -> Asked:
    """What a message asks, in whatever spelling."""
    written = vn.normalise(message).split()
    line = f" {' '.join(vn.fold_word(word) for word in written)} "
    named: list[tuple[int, str]] = []
    question = ""
    left = line
    for phrase, key, is_way in _phrases():
        for match in re.finditer(rf"(?<= ){re.escape(phrase)}(?= )", left):
            if is_way and not _DENIED.search(line[: match.start()].rstrip()):
                named.append((match.start(), key))
            elif not is_way:
                question = question or key
            # As long as before: places in the line stay what they are.
            left = left[: match.start()] + "_" * len(phrase) + left[match.end() :]
    left = _OF_PAYING.sub(lambda match: "_" * len(match.group()), left)
    # The need is searched for with its accents.
    kept = [word for word, place in _places(written) if "_" not in left[place : place + len(word)]]
    keys = tuple(dict.fromkeys(key for _, key in sorted(named)))
    return Asked(keys, question, " ".join(kept))


def _places(words: list[str]) -> list[tuple[str, int]]:
    """Each word with its place in the line of all, which begins with a blank."""
    found = []
    place = 1
    for word in words:
        found.append((word, place))
        place += len(word) + 1
    return found
