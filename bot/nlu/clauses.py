"""The parts of a message that may each ask something of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.codes import Found

# Marks, and words that lead from one question to the next, with accents or without.
_JOINT = re.compile(
    r"[,.?;!]+(?!\d)|\s(?:và|va|rồi|roi|r|với lại|voi lai|với|voi|vs|còn|con|mà|ma|luôn|luon|lun"
    r"|thêm nữa|them nua|cũng như|cung nhu)\s",
    re.IGNORECASE,
)
# One word by itself asks nothing ("dạ", "ad").
LEAST_WORDS = 2


def clauses(text: str, entities: Iterable[Found]) -> Iterator[tuple[str, list[Found]]]:
    """Parts of a text with their entities, offsets counted from the part's beginning.

    Nothing for a text that is not divided. No entity is cut.
    """
    found = list(entities)
    cuts = [
        match
        for match in _JOINT.finditer(text)
        if not any(e.start < match.end() and match.start() < e.end for e in found)
    ]
    if not cuts:
        return
    starts = [0, *(match.end() for match in cuts)]
    ends = [*(match.start() for match in cuts), len(text)]
    for start, end in zip(starts, ends, strict=True):
        part = text[start:end]
        if len(part.split()) >= LEAST_WORDS:
            inside = [e for e in found if start <= e.start and e.end <= end]
            yield part, [replace(e, start=e.start - start, end=e.end - start) for e in inside]
