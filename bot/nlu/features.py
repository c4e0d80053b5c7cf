"""Features of a message for the intent classifier, each computed once.

Accented and folded forms stand side by side: "hồ sơ gồm giấy tờ gì" and "ho so gom giay to gi"
share every folded feature, and where accents are written they add their own. What was found to be
an entity stands for its kind, too: whoever asks for the fee of a "sổ đỏ" asks like one who asks
for that of a "hộ chiếu".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot import text as vn
from bot.codes import Found

_DIGIT = re.compile(r"\d")
_LETTERS = (3, 4)
# Features of letters; what else there is are features of words.
LETTERS = "c:"
_STAND_IN = "xx"
_LENGTHS = 12


def shape(word: str) -> str:
    """Words with digits by their shape: "0912345678" becomes "0000000000"."""
    return _DIGIT.sub("0", word)


def features(
    text: str, segments: Sequence[str] = (), entities: Iterable[Found] = ()
) -> Iterator[str]:
    """All features of a message, repeated ones repeated.

    Args:
        text: the message as written.
        segments: its words as the tokenizer found them, a feature among others.
        entities: what was found in it; offsets are those of `text`.
    """
    words = [shape(word) for word in vn.normalise(text).split()]
    folded = [vn.fold_word(word) for word in words]
    yield from (f"f:{word}" for word in folded)
    yield from (f"f:{one} {other}" for one, other in pairwise(("<", *folded, ">")))
    bounded = ("<", *folded, ">")
    yield from (f"k:{a} {b}" for a, b in zip(bounded, bounded[2:], strict=False))
    if folded:
        yield f"b:{folded[0]}"
        yield f"e:{folded[-1]}"
    if words != folded:
        yield from (f"a:{word}" for word in words)
        yield from (f"a:{one} {other}" for one, other in pairwise(words))
        yield from (f"s:{shape(segment.lower())}" for segment in segments if " " in segment)
    yield from _around_entities(text, entities)
    line = f" {' '.join(folded)} "
    for n in _LETTERS:
        yield from (f"{LETTERS}{line[i : i + n]}" for i in range(len(line) - n + 1))
    yield f"n:{min(len(words), _LENGTHS) // 2}"
    if "?" in text:
        yield "n:?"


def _around_entities(text: str, entities: Iterable[Found]) -> Iterator[str]:
    """Kinds of entities, and what stands beside them."""
    pieces, position = [], 0
    for entity in entities:
        pieces += [text[position : entity.start], f" {_STAND_IN}{entity.entity.replace('_', '')} "]
        position = entity.end
    if not pieces:
        return
    line = "".join([*pieces, text[position:]])
    words = ["<", *(vn.fold_word(shape(word)) for word in vn.normalise(line).split()), ">"]
    for place, word in enumerate(words):
        if not word.startswith(_STAND_IN):
            continue
        yield f"m:{word}"
        yield f"m:{words[place - 1]} {word}"
        yield f"m:{word} {words[place + 1]}"
        yield f"m:{words[place - 1]} {word} {words[place + 1]}"
