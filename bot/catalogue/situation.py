"""The citizen's own case (trường hợp): lost, fifteen years old, a foreign wife, on-line.

Read from a message, carried on in the talk, and held against the lines of a procedure. All
words stand in `seed/situations.yml`.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot import clock
from bot import text as vn
from bot.catalogue.situation_words import (
    IGNORED,
    NEGATOR,
    OTHERWISE,
    QUESTION,
    Range,
    Rules,
    rules,
)
from bot.catalogue.word_patterns import Match

MOST_SEARCH_WORDS = 3
OLDEST = 120
_AGE = "age:"


@dataclass(frozen=True)
class Situation:
    """What is known of a citizen's case: `keys` of the data file, `ages` in full years.

    A birth year alone leaves two ages. `denied` are cases that a message expressly excluded;
    they only matter when it is merged with what was said before.
    """

    keys: frozenset[str] = frozenset()
    ages: tuple[int, ...] = ()
    denied: frozenset[str] = field(default=frozenset(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.keys or self.ages)

    def merged(self, newer: Situation) -> Situation:
        """Both; where they exclude each other, or the newer one denies a case, the newer one."""
        table = rules()
        groups = {table.cases[key].group for key in newer.keys} - {""}
        kept = {key for key in self.keys - newer.denied if table.cases[key].group not in groups}
        ages = newer.ages
        if newer.ages or any(table.cases[key].ages for key in newer.keys):
            kept = {key for key in kept if table.cases[key].ages is None}
        else:
            ages = self.ages
        return Situation(frozenset(kept | newer.keys), ages)

    def as_list(self) -> list[str]:
        """For a slot: keys and "age:15", sorted."""
        return sorted(self.keys) + [f"{_AGE}{age}" for age in sorted(self.ages)]

    @classmethod
    def from_list(cls, values: Iterable[str] | None) -> Situation:
        """From a slot; what is unknown to the data file of today is passed over."""
        known = [value for value in values or () if isinstance(value, str)]
        ages = sorted({int(v[len(_AGE) :]) for v in known if re.fullmatch(_AGE + r"\d{1,3}", v)})
        return cls(frozenset(v for v in known if v in rules().cases), tuple(ages))

    def search_words(self) -> list[str]:
        """Official words to add to a search, at most `MOST_SEARCH_WORDS` phrases."""
        cases = rules().cases
        found = [cases[key].search for key in cases if key in self.keys]
        found += [
            case.search
            for case in cases.values()
            if case.ages and self.ages and all(age in case.ages for age in self.ages)
        ]
        return list(dict.fromkeys(filter(None, found)))[:MOST_SEARCH_WORDS]

    def channel(self) -> str:
        """The kind of channel that the citizen wants; empty if they did not say."""
        kinds = {rules().cases[key].channel for key in self.keys} - {""}
        return kinds.pop() if len(kinds) == 1 else ""

    def only_channel(self) -> Situation:
        """Only how the citizen wants to hand in the dossier."""
        cases = rules().cases
        return Situation(frozenset(key for key in self.keys if cases[key].channel))

    def without_channel(self) -> Situation:
        """All but how the citizen wants to hand in the dossier."""
        return Situation(self.keys - self.only_channel().keys, self.ages)

    def label(self) -> str:
        """What a citizen reads: "bị mất, 15 tuổi" in the order of the data file."""
        table = rules()
        labels = [case.label for key, case in table.cases.items() if key in self.keys]
        if self.ages:
            labels.append(table.age_label.format(ages=", ".join(map(str, sorted(self.ages)))))
        return ", ".join(labels)

    def part_in(self, text: str) -> Situation:
        """What of the case an official line is about."""
        line = _official_line(text)
        table = rules()
        keys = {
            key
            for key in self.keys
            if key in line.found or _fits_any(table.cases[key].ages, line.ranges)
        }
        ages = tuple(a for a in self.ages if any(a in wanted for wanted in line.ranges))
        return Situation(frozenset(keys), ages)

    def switching(self) -> list[Situation]:
        """The cases, one by one, that alone make another, similar procedure the right one."""
        return [Situation(frozenset((key,))) for key in sorted(self.keys & rules().switching)]

    def decides(self) -> bool:
        """Whether the case may make another, similar procedure the right one."""
        return bool(self.ages or self.switching())

    def age(self) -> Situation:
        """Only what is known of an age, in years or in words."""
        cases = rules().cases
        return Situation(frozenset(k for k in self.keys if cases[k].ages), self.ages)

    def fits(self, text: str) -> bool | None:
        """Whether an official line is about this case.

        False: it is about a case that this one excludes. None: it says nothing of it, or
        something on both sides.
        """
        line = _official_line(text)
        verdicts = {self._by_group(line, group) for group in line.groups}
        if line.ranges:
            verdicts.add(self._by_age(line.ranges))
        if verdicts >= {True, False}:
            listed = any(mark in text for mark in rules().alternatives)
            return None if listed else False
        return next((verdict for verdict in verdicts if verdict is not None), None)

    def _by_group(self, line: _Line, group: frozenset[str]) -> bool | None:
        mine = self.keys & group
        if not mine:
            return None
        if mine & line.found:
            return True
        if mine & line.denied or line.found & group:
            return False
        return None

    def _by_age(self, wanted: Sequence[Range]) -> bool | None:
        own = [Range(age, age) for age in self.ages]
        own += [r for key in self.keys if (r := rules().cases[key].ages) is not None]
        if any(one.within(other) for one in own for other in wanted):
            return True
        if own and not any(one.meets(other) for one in own for other in wanted):
            return False
        return None


NOTHING = Situation()


@dataclass(frozen=True)
class _Line:
    """An official line: cases that it is about, cases that it excludes, ages, groups of these."""

    found: frozenset[str]
    denied: frozenset[str]
    ranges: tuple[Range, ...]
    groups: tuple[frozenset[str], ...]


def read(message: str) -> Situation:
    """The case that a message tells of, in whatever spelling."""
    table = rules()
    words = vn.normalise(message).split()
    found, denied = _sort(table.said.matches(words))
    found -= {key for key in found if table.cases[key].unless & found}
    ages = _ages(table.folded(words), table)
    return Situation(frozenset(found), ages, frozenset(denied - found))


def _sort(matches: Iterable[Match]) -> tuple[set[str], set[str]]:
    """Keys of the cases that are stated, and of those that are denied."""
    undone: list[Match] = []
    cases: list[Match] = []
    others: dict[str, list[Match]] = {IGNORED: [], QUESTION: [], NEGATOR: [], OTHERWISE: []}
    for match in matches:
        if match.undoes:
            undone.append(match)
        else:
            others.get(match.key, cases).append(match)
    ignored, not_negators = others[IGNORED], others[IGNORED] + others[QUESTION]
    ends = {n.end for n in others[NEGATOR] if not any(n.overlaps(q) for q in not_negators)}
    exception = min((match.end for match in others[OTHERWISE]), default=None)
    found: set[str] = set()
    denied: set[str] = set()
    for case in cases:
        if any(case.overlaps(i) for i in ignored):
            continue
        if any(case.key == u.key and case.overlaps(u) for u in undone):
            continue
        is_denied = case.start in ends or (exception is not None and case.start >= exception)
        (denied if is_denied else found).add(case.key)
    return found, denied


def _ages(folded: str, table: Rules) -> tuple[int, ...]:
    patterns = table.ages
    if not table.may_tell_age(folded):
        return ()
    ages: set[int] = set()
    for name in ("years", "short_years"):
        for match in patterns[name].finditer(folded):
            if not match.groupdict().get("bound"):
                ages.add(table.number(match["n"]))
    ages |= {int(m["n"] or m["m"]) // 12 for m in patterns["months"].finditer(folded)}
    if patterns["newborn"].search(folded):
        ages.add(0)
    today = clock.today()
    for match in patterns["born_on"].finditer(folded):
        ages.add(_years_since(int(match["y"]), int(match["m"]), int(match["d"]), today))
    for match in patterns["born_in"].finditer(folded):
        years = today.year - int(match["y"])
        ages |= {max(years - 1, 0), years}
    return tuple(sorted(age for age in ages if 0 <= age <= OLDEST))


def _years_since(year: int, month: int, day: int, today: dt.date) -> int:
    return today.year - year - ((today.month, today.day) < (month, day))


@functools.lru_cache(maxsize=20_000)
def _official_line(text: str) -> _Line:
    table = rules()
    line = vn.normalise(text)
    words = line.split()
    found, denied = _sort(table.official.matches(words))
    weak, _ = _sort(table.weak.matches(words))
    strong = found | denied
    found |= {key for key in weak if not table.group_of(key) & strong}
    denied -= found
    ranges = tuple(table.official_ranges(vn.fold(line)))
    # Where years are named, "children" adds nothing.
    in_words = (table.cases[key].ages for key in found)
    ranges = ranges or tuple(r for r in in_words if r is not None)
    groups = dict.fromkeys(table.group_of(key) for key in found | denied)
    return _Line(frozenset(found), frozenset(denied), ranges, tuple(groups))


def _fits_any(own: Range | None, wanted: Iterable[Range]) -> bool:
    return own is not None and any(own.within(other) for other in wanted)
