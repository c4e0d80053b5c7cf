"""Word segmentation by underthesea, with offsets into the text as it was written.

Text without accents gets them back first, since underthesea knows words with accents only.

underthesea composes Unicode and squeezes white space, and it splits codes; so codes are
kept whole, and its words are laid back over the original character by character.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot import text as vn
from bot.nlu.diacritics import default_restorer

_CODE = re.compile(r"[^\W_]*\d[\w]*(?:[.\-/:]\w+)*|https?://\S+|\S+@\S+\.\w+")
_ATOM = re.compile(r"\w+|[^\w\s]")
_ATOM_OR_CODE = re.compile(rf"{_CODE.pattern}|{_ATOM.pattern}")


@dataclass(frozen=True)
class Segment:
    """A word of one or several syllables: `text[start:end]` of the original."""

    text: str
    start: int
    end: int


def compose(text: str) -> tuple[str, list[int]]:
    """NFC of a text, and for each of its characters the offset in the original.

    The list has one entry more than the composed text: the original's length.
    """
    if unicodedata.is_normalized("NFC", text):
        return text, list(range(len(text) + 1))
    composed: list[str] = []
    offsets: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = unicodedata.normalize("NFC", text[start:end])
        composed.append(cluster)
        offsets.extend([start] * len(cluster))
        start = end
    return "".join(composed), [*offsets, len(text)]


def segment(text: str) -> list[Segment]:
    """Words of a text in order; white space belongs to none, all else to exactly one."""
    if vn.is_accented(text):
        return _segment(text)
    return _segment_unaccented(text)


def _segment_unaccented(text: str) -> list[Segment]:
    """Words of a text as they are found when its accents are put back."""
    atoms = list(_ATOM_OR_CODE.finditer(text))
    places = [n for n, atom in enumerate(atoms) if atom.group().isalpha()]
    restored = [atom.group() for atom in atoms]
    folded = [vn.fold(restored[n]) for n in places]
    for n, word in zip(places, default_restorer().restore(folded), strict=True):
        restored[n] = word
    pieces: list[str] = []
    # Where each atom begins in the restored text: gaps of white space stay.
    starts, length, before = [], 0, 0
    for atom, word in zip(atoms, restored, strict=True):
        gap = " " if atom.start() > before else ""
        pieces += [gap, word]
        starts.append(length + len(gap))
        length += len(gap) + len(word)
        before = atom.end()
    found = []
    number = 0
    for part in _segment("".join(pieces)):
        first = number
        while number < len(atoms) and starts[number] < part.end:
            number += 1
        if first < number:
            start, end = atoms[first].start(), atoms[number - 1].end()
            found.append(Segment(text[start:end], start, end))
    return found


def _segment(text: str) -> list[Segment]:
    composed, offsets = compose(text)
    spans: list[tuple[int, int]] = []
    position = 0
    for match in _CODE.finditer(composed):
        spans += _words_between(composed, position, match.start())
        spans.append(match.span())
        position = match.end()
    spans += _words_between(composed, position, len(composed))
    return [
        Segment(text[offsets[start] : offsets[end]], offsets[start], offsets[end])
        for start, end in spans
        if offsets[start] < offsets[end]  # a lone mark belongs to the letter before it
    ]


def _words_between(text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    if not piece.strip():
        return []
    # Imported late: training and serving need it, the catalogue commands do not.
    from underthesea import word_tokenize

    words = word_tokenize(piece, use_token_normalize=False)
    spans = _lay_over(piece, words)
    if spans is None:
        spans = [match.span() for match in _ATOM.finditer(piece)]
    return [(start + a, start + b) for a, b in spans]


def _lay_over(text: str, words: list[str]) -> list[tuple[int, int]] | None:
    """Spans of the words in the text, or None where a character does not agree."""
    spans = []
    position = 0
    for word in words:
        first: int | None = None
        for character in word:
            if character.isspace():
                continue
            while position < len(text) and text[position].isspace():
                position += 1
            if position >= len(text) or text[position] != character:
                return None
            first = position if first is None else first
            position += 1
        if first is not None:
            spans.append((first, position))
    return spans if not text[position:].strip() else None
