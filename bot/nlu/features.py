"""Features of a message for the intent classifier, each computed once.

Accented and folded forms stand side by side: "hồ sơ gồm giấy tờ gì" and "ho so gom giay
to gi" share every folded feature, and where accents are written they add their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot import text as vn

_DIGIT = re.compile(r"\d")
_LETTERS = (2, 3, 4, 5)


def shape(word: str) -> str:
    """Words with digits by their shape: "0912345678" becomes "0000000000"."""
    return _DIGIT.sub("0", word)


def features(text: str, segments: Sequence[str] = ()) -> list[str]:
    """All features of a message, repeated ones repeated.

    Args:
        text: the message as written.
        segments: its words as the tokenizer found them, a feature among others.
    """
    words = [shape(word) for word in vn.normalise(text).split()]
    folded = [vn.fold(word) for word in words]
    bounded = ["<", *folded, ">"]
    found = [f"f:{a}" for a in folded]
    found += [f"f:{a} {b}" for a, b in pairwise(bounded)]
    found += [f"f:{a} {b} {c}" for a, b, c in zip(bounded, bounded[1:], bounded[2:], strict=False)]
    if vn.is_accented(text):
        found += [f"a:{a}" for a in words]
        found += [f"a:{a} {b}" for a, b in pairwise(words)]
        found += [f"s:{shape(segment.lower())}" for segment in segments if " " in segment]
    line = f" {' '.join(folded)} "
    for n in _LETTERS:
        found += [f"c:{line[i : i + n]}" for i in range(len(line) - n + 1)]
    found.append(f"n:{min(len(words), 12) // 2}")
    if "?" in text:
        found.append("n:?")
    return found
