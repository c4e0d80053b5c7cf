"""Features of a message for the intent classifier, each computed once.

Accented and folded forms stand side by side: "hồ sơ gồm giấy tờ gì" and "ho so gom giay to gi"
share every folded feature, and where accents are written they add their own. What was found to be
an entity stands for its kind, too: whoever asks for the fee of a "sổ đỏ" asks like one who asks
for that of a "hộ chiếu".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot import text as vn
from bot.codes import Found
from bot.personal_data import DOT

_DIGIT = re.compile(r"\d")
_LETTERS = (3, 4)
# Features of letters; what else there is are features of words.
LETTERS = "c:"
_STAND_IN = "xx"
_LENGTHS = 12


def shape(text: str) -> str:
    """Digits by their shape: "0912345678" becomes "0000000000"."""
    return _DIGIT.sub("0", text)


def features(text: str, segments: Iterable[str] = (), entities: Iterable[Found] = ()) -> list[str]:
    """All features of a message.

    Args:
        text: the message as written.
        segments: its words as the tokenizer found them, a feature among others.
        entities: what was found in it; offsets are those of `text`.
    """
    found = [*text_features(text, entities)]
    return [*found, *segment_features(segments)] if vn.is_accented(text) else found


def segment_features(segments: Iterable[str]) -> list[str]:
    """Features of the words of several syllables; they say something in accented text only."""
    return [f"s:{shape(segment.lower())}" for segment in segments if " " in segment]


def text_features(text: str, entities: Iterable[Found] = ()) -> list[str]:
    """Features of a message that need no segmentation."""
    # A channel has masked a citizen's numbers; what a number looks like still tells.
    text = text.replace(DOT, "0")
    words = shape(vn.normalise(text)).split()
    folded = [vn.fold_word(word) for word in words]
    bounded = ["<", *folded, ">"]
    found = [f"f:{word}" for word in folded]
    found += [f"f:{one} {other}" for one, other in pairwise(bounded)]
    found += [f"k:{a} {b}" for a, b in zip(bounded, bounded[2:], strict=False)]
    if folded:
        found += (f"b:{folded[0]}", f"e:{folded[-1]}")
    if words != folded:
        found += [f"a:{word}" for word in words]
        found += [f"a:{one} {other}" for one, other in pairwise(words)]
    found += _around_entities(text, entities)
    line = f" {' '.join(folded)} "
    for n in _LETTERS:
        found += [f"{LETTERS}{line[i : i + n]}" for i in range(len(line) - n + 1)]
    found.append(f"n:{min(len(words), _LENGTHS) // 2}")
    if "?" in text:
        found.append("n:?")
    return found


def _around_entities(text: str, entities: Iterable[Found]) -> Iterator[str]:
    """Kinds of entities, and what stands beside them."""
    pieces, position = [], 0
    for entity in entities:
        pieces += [text[position : entity.start], f" {_STAND_IN}{entity.entity.replace('_', '')} "]
        position = entity.end
    if not pieces:
        return
    line = "".join([*pieces, text[position:]])
    words = ["<", *map(vn.fold_word, shape(vn.normalise(line)).split()), ">"]
    for place, word in enumerate(words):
        if not word.startswith(_STAND_IN):
            continue
        yield f"m:{word}"
        yield f"m:{words[place - 1]} {word}"
        yield f"m:{word} {words[place + 1]}"
        yield f"m:{words[place - 1]} {word} {words[place + 1]}"
