"""Patterns of words as a tree: all of them are looked for in a message at once.

A pattern is a row of places; each takes one of several words or rows of words, may be left out, or
stands for a gap of a few words.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot import text as vn

WIDEST_GAP = 3
MERGED_DEPTH = 3


@dataclass(frozen=True)
class Place:
    """A place of a pattern: rows of words to choose from, or a gap."""

    choices: tuple[tuple[str, ...], ...]
    optional: bool
    is_gap: bool


@dataclass(frozen=True)
class Match:
    """Words `start` to `end` that match a pattern of a key; `undoes`: a pattern of its `but`."""

    key: str
    start: int
    end: int
    undoes: bool

    def overlaps(self, other: Match) -> bool:
        return self.start < other.end and other.start < self.end


class _Node:
    """A place between two words of a pattern: where the next word leads."""

    __slots__ = ("finals", "gaps", "steps")

    def __init__(self) -> None:
        # Folded word → how it may be written, and the place behind it.
        self.steps: dict[str, list[tuple[frozenset[str], _Node]]] = {}
        # Places that are reached over up to `WIDEST_GAP` words.
        self.gaps: list[_Node] = []
        # Key and `undoes` of the patterns that end here.
        self.finals: list[tuple[str, bool]] = []

    def add(self, words: Sequence[str], following: _Node) -> None:
        """Leads a row of words to a place."""
        node = self
        for word in words[:-1]:
            between = _Node()
            node.steps.setdefault(vn.fold_word(word.lstrip("=")), []).append(
                (_spellings(word), between)
            )
            node = between
        last = words[-1]
        node.steps.setdefault(vn.fold_word(last.lstrip("=")), []).append(
            (_spellings(last), following)
        )

    def join(self, other: _Node) -> None:
        """Leads from here wherever one gets from the other place."""
        for word, steps in other.steps.items():
            self.steps.setdefault(word, []).extend(steps)
        self.gaps += other.gaps
        self.finals += other.finals

    def merge(self, depth: int) -> None:
        """Makes one place of those that the same word leads to, so many words deep."""
        for word, steps in self.steps.items():
            places: dict[frozenset[str], list[_Node]] = {}
            for known, following in steps:
                places.setdefault(known, []).append(following)
            self.steps[word] = [(known, _joined(nodes)) for known, nodes in places.items()]
            if depth > 1:
                for _, following in self.steps[word]:
                    following.merge(depth - 1)


def _joined(nodes: Sequence[_Node]) -> _Node:
    node = _Node()
    for each in nodes:
        node.join(each)
    return node


class Patterns:
    """Patterns by their first words; `stops` are folded words over which no gap reaches."""

    def __init__(self, stops: Iterable[str] = ()) -> None:
        self._root = _Node()
        self._stops = frozenset(stops)

    def add(self, places: Sequence[Place], key: str, undoes: bool = False) -> None:
        """Adds one pattern, built from its end so that its rows share their ends."""
        node = _Node()
        node.finals.append((key, undoes))
        for place in reversed(places):
            before = _Node()
            if place.is_gap:
                before.gaps.append(node)
            for words in place.choices:
                before.add(words, node)
            if place.optional:
                before.join(node)
            node = before
        node.finals.clear()
        self._root.join(node)

    def finish(self) -> None:
        """Makes the search quick, once all patterns are there."""
        self._root.merge(MERGED_DEPTH)

    def matches(self, words: Sequence[str]) -> Iterator[Match]:
        """All matches among normalised words."""
        folded = [vn.fold_word(word) for word in words]
        steps = self._root.steps
        for start, word in enumerate(folded):
            for known, node in steps.get(word, ()):
                if words[start] in known:
                    yield from self._walk(node, words, folded, start, start + 1)

    def _walk(
        self, node: _Node, words: Sequence[str], folded: list[str], start: int, end: int
    ) -> Iterator[Match]:
        for key, undoes in node.finals:
            yield Match(key, start, end, undoes)
        if end < len(words):
            for known, following in node.steps.get(folded[end], ()):
                if words[end] in known:
                    yield from self._walk(following, words, folded, start, end + 1)
            for behind in node.gaps:
                yield from self._over_gap(behind, words, folded, start, end)

    def _over_gap(
        self, node: _Node, words: Sequence[str], folded: list[str], start: int, end: int
    ) -> Iterator[Match]:
        for place in range(end, min(end + WIDEST_GAP + 1, len(words))):
            for known, following in node.steps.get(folded[place], ()):
                if words[place] in known:
                    yield from self._walk(following, words, folded, start, place + 1)
            if folded[place] in self._stops:
                return


@functools.lru_cache(maxsize=20_000)
def _spellings(word: str) -> frozenset[str]:
    """How a word may be written: as it is, or without any mark."""
    if word.startswith("="):
        return frozenset((word[1:],))
    return frozenset((word, vn.fold_word(word)))
