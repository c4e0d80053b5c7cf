"""The data of `seed/situations.yml`: cases with their words and ages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot import text as vn
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.word_patterns import Patterns, Place

FILE = SEED_DIR / "situations.yml"
# Keys of patterns that belong to no case.
IGNORED, QUESTION, NEGATOR, OTHERWISE = "-ignored", "-question", "-negator", "-otherwise"
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
