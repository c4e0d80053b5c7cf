"""The data of `seed/situations.yml`: patterns of words as a tree, and cases with their ages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot import text as vn
from bot.catalogue.seed_files import SEED_DIR

FILE = SEED_DIR / "situations.yml"
# Keys of patterns that belong to no case.
IGNORED, QUESTION, NEGATOR, OTHERWISE = "-ignored", "-question", "-negator", "-otherwise"
WIDEST_GAP = 3
MERGED_DEPTH = 3
LAST_AGE = 200
_GAP = "*"


@dataclass(frozen=True)
class Range:
    """Ages from the first to the last, both included."""

    first: int
    last: int

    def __contains__(self, age: int) -> bool:
        return self.first <= age <= self.last

    def within(self, other: Range) -> bool:
        """Whether all of these ages are among the other ones."""
        return other.first <= self.first and self.last <= other.last

    def meets(self, other: Range) -> bool:
        """Whether any of these ages is among the other ones."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Case:
    """An entry of the data file; see its head for what the attributes mean."""

    label: str
    group: str = ""
    search: str = ""
    unless: frozenset[str] = frozenset()
    ages: Range | None = None
    channel: str = ""


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


class Rules:
    """The data file, ready for use.

    Raises:
        KeyError: a pattern names a set, or `unless` a case, that the file lacks.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._sets = {name: text.split() for name, text in data["sets"].items()}
        entries: Mapping[str, Mapping[str, Any]] = data["situations"]
        self.cases = {key: _case(entry) for key, entry in entries.items()}
        stops = vn.fold(data["negators"]).split()[0].split("/")
        self.said, self.official, self.weak = (Patterns(stops) for _ in range(3))
        for key, entry in entries.items():
            self._add(self.said, entry.get("said", ""), key)
            self._add(self.official, entry.get("official", ""), key)
            for patterns in (self.said, self.official, self.weak):
                self._add(patterns, entry.get("but", ""), key, undoes=True)
            self._add(self.weak, entry.get("weak", ""), key)
        for patterns in (self.said, self.official, self.weak):
            self._add(patterns, data["negators"], NEGATOR)
            self._add(patterns, data["questions"], QUESTION)
            self._add(patterns, data["ignored"], IGNORED)
        self._add(self.official, data["exceptions"], OTHERWISE)
        self._add(self.weak, data["exceptions"], OTHERWISE)
        for patterns in (self.said, self.official, self.weak):
            patterns.finish()
        self.alternatives: list[str] = data["alternatives"]
        self.switching = frozenset(data["switching"])
        self._groups: dict[str, frozenset[str]] = {}
        for case in self.cases.values():
            members = (k for k, other in self.cases.items() if other.group == case.group)
            self._groups[case.group] = frozenset(members)
        self._read_ages(data["ages"])

    def _read_ages(self, data: Mapping[str, Any]) -> None:
        self._numerals: dict[str, int] = data["numerals"]
        self._ten: str = data["ten"]
        self._numeral_spellings = frozenset(data["spellings"].split()).union(self._numerals)
        digit = f"(?:{'|'.join(word for word in self._numerals if word != self._ten)})"
        number = rf"\d{{1,3}}|(?:{digit} )?{self._ten}(?: {digit})?|{digit} {digit}|{digit}"
        names = ("years", "short_years", "months", "newborn", "born_on", "born_in")
        self.ages = {name: re.compile(data[name].replace("{number}", number)) for name in names}
        self._range = re.compile(data["range"])
        self._beyond, self._up_to = frozenset(data["beyond"]), frozenset(data["up_to"])
        self._age_word: str = data["word"]
        self.age_label: str = data["label"]

    def _add(self, patterns: Patterns, text: str, key: str, undoes: bool = False) -> None:
        for line in text.splitlines():
            if line.strip():
                patterns.add([self._place(each) for each in line.split()], key, undoes)

    def _place(self, text: str) -> Place:
        inner = text.strip("()")
        names = [self._sets[e[1:-1]] if e.startswith("{") else [e] for e in inner.split("/")]
        choices = tuple(tuple(choice.split("_")) for group in names for choice in group)
        is_gap = inner == _GAP
        return Place(() if is_gap else choices, text.startswith("("), is_gap)

    def group_of(self, key: str) -> frozenset[str]:
        """The cases of a key's group; only itself if it has none."""
        group = self.cases[key].group
        return self._groups[group] if group else frozenset((key,))

    def folded(self, words: Iterable[str]) -> str:
        """The words folded, with a dash for those that only fold to a numeral."""
        pairs = ((word, vn.fold_word(word)) for word in words)
        return " ".join(
            "-" if folded in self._numerals and word not in self._numeral_spellings else folded
            for word, folded in pairs
        )

    def may_tell_age(self, folded: str) -> bool:
        """Whether it is worth looking for an age."""
        return self._age_word in folded or any(map(str.isdigit, folded))

    def number(self, text: str) -> int:
        """ "15", "muoi lam", "bay muoi lam" and "bay lam" as numbers."""
        if text.isdigit():
            return int(text)
        value = 0
        for word in text.split():
            digit = self._numerals[word]
            if word == self._ten:
                value = (value or 1) * digit
            elif value >= self._numerals[self._ten]:
                value += digit
            else:
                value = value * 10 + digit
        return value

    def official_ranges(self, folded: str) -> Iterator[Range]:
        """The ranges of age that a folded official line names."""
        for match in self._range.finditer(folded):
            low, high = match["low"] or match["from"], match["high"]
            if low or high:
                first = int(low or 0) + (match["above"] in self._beyond)
                last = int(high) - (match["below"] not in self._up_to) if high else LAST_AGE
                yield Range(first, last)


def _case(entry: Mapping[str, Any]) -> Case:
    return Case(
        label=entry["label"],
        group=entry.get("group", ""),
        search=entry.get("search", ""),
        unless=frozenset(entry.get("unless", ())),
        ages=Range(*entry["ages"]) if "ages" in entry else None,
        channel=entry.get("channel", ""),
    )


@functools.lru_cache(maxsize=1)
def rules() -> Rules:
    """The shipped data, read once."""
    return Rules(yaml.safe_load(FILE.read_text(encoding="utf-8")))
