"""Finding the procedure from the citizen's own words.

A question is stripped of the phrases that ask ("cần giấy tờ gì") and compared twice: with
every single name of every procedure (official, plain, citizens' phrases), and with all names
of a procedure taken together, since a citizen's words are often spread over several of them.
Each comparison is one part of the score; `WEIGHTS` says how much each counts, found on the
development questions (docs/adr/0004-search.md).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from bot import text as vn
from bot.catalogue.model import COMMUNE, Procedure
from bot.catalogue.qualifiers import Qualifiers, read_qualifiers
from bot.catalogue.question import PhraseStripper, lexicon_table
from bot.catalogue.vector_space import Bm25Space, CosineSpace, CoverageSpace, Vector

# name_…: the best single name; all_…: all names together. letters: runs of three letters;
# pairs: neighbouring syllables, too. coverage: the share of the question's words, rare ones
# counting more, that stand in any name.
WEIGHTS = {
    "name_words": 8.9,
    "all_words": 5.7,
    "all_pairs": 4.3,
    "all_letters": 2.5,
    "all_accented": 7.5,
    "all_accented_pairs": 4.8,
    "coverage": 5.2,
}
FULL_SCORE = sum(WEIGHTS.values())
# Of equals the nearer office; a whole name said word for word.
COMMUNE_BONUS, CURATED_BONUS, EXACT_BONUS = 0.010, 0.011, 0.08
# Where a name begins to narrow down, folded; a head has at least so many words.
NARROWING = (["doi", "voi"], ["trong", "truong"], ["theo", "quy"], ["tren", "dia"])
SHORTEST_HEAD = 4
# Names in citizens' words that a procedure without phrases gets from the lexicon, at the most.
MOST_VARIANTS = 8
CODE = re.compile(r"\b(\d)[.,\s]?(\d{6})\b")
LETTERS = 3
# Runs of letters that more procedures than this share tell nothing apart.
MOST_COMMON_LETTERS = 0.15
# So do words, in a catalogue with many names.
MOST_COMMON_WORDS, LARGE = 0.05, 5000


@dataclass(frozen=True)
class Match:
    """A procedure found; `score` runs from 0 (nothing shared) to about 1 (same words).

    `name` is the one that citizens read, `official_name` the one of the source. `parts` are
    what each comparison added to the score.
    """

    code: str
    name: str
    official_name: str
    field: str
    level: str
    score: float
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Ranking:
    """The best procedures for a message, best first.

    `outside` is the score of the best need that is known to lie outside the catalogue.
    """

    matches: tuple[Match, ...] = ()
    outside: float = 0.0


def word_features(words: Sequence[str]) -> list[str]:
    """Single syllables and neighbouring pairs."""
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def letter_features(words: Sequence[str]) -> list[str]:
    """Runs of letters within padded syllables and across their borders."""
    line = f" {' '.join(words)} "
    return [line[i : i + LETTERS] for i in range(len(line) - LETTERS + 1)]


class SearchIndex:
    """All names of all procedures, ready to be searched. Built once a catalogue revision."""

    def __init__(
        self,
        procedures: Sequence[Procedure],
        aliases: Iterable[tuple[str, str]],
        lexicon: Iterable[tuple[str, str]],
        stripper: PhraseStripper,
        outside: Iterable[tuple[str, str]] = (),
    ) -> None:
        """`outside` pairs topics that the catalogue does not serve with phrases for them."""
        self._procedures = list(procedures)
        topics: dict[str, list[list[str]]] = defaultdict(list)
        for topic, phrase in outside:
            words = vn.normalise(phrase).split()
            topics[topic].append(stripper.strip(words) or words)
        self._number = {p.code: i for i, p in enumerate(self._procedures)}
        self._stripper = stripper
        lexicon = list(lexicon)
        self._lexicon = lexicon_table(lexicon)
        self._bonus = np.array(
            [
                COMMUNE_BONUS * (p.level == COMMUNE) + CURATED_BONUS * p.curated
                for p in self._procedures
            ]
            + [0.0] * len(topics),
            dtype=np.float32,
        )
        # Names in the order of their procedures: the best of each is a maximum over a stretch.
        own = [
            [
                vn.normalise(name).split()
                for name in dict.fromkeys(filter(None, (p.name, p.plain_name)))
            ]
            for p in self._procedures
        ]
        names = [[*owned, *filter(None, map(_head, owned))] for owned in own]
        names += topics.values()
        aliases = list(aliases)
        with_phrases = {code for code, _ in aliases}
        for procedure, owned in zip(self._procedures, names, strict=False):
            # A procedure that nobody has written phrases for, as one that came with an import.
            if procedure.code not in with_phrases:
                owned += islice(_variants(owned, lexicon), MOST_VARIANTS)
        own += [[] for _ in topics]
        for code, phrase in aliases:
            if code in self._number:
                words = vn.normalise(phrase).split()
                names[self._number[code]].append(stripper.strip(words) or words)
        counts = [len(owned) for owned in names]
        self._first_row = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        self._owners = np.repeat(np.arange(len(names)), counts)
        folded = [[_folded(words) for words in owned] for owned in names]
        rows = [words for owned in folded for words in owned]
        together = [[word for words in owned for word in words] for owned in folded]
        accented = [[word for words in owned for word in words] for owned in names]
        self._name_words = CosineSpace(
            [word_features(words) for words in rows],
            MOST_COMMON_WORDS if len(rows) > LARGE else 1.0,
        )
        self._all_words = CosineSpace(together)
        self._all_pairs = Bm25Space([word_features(words) for words in together])
        self._all_letters = CosineSpace(
            [[run for words in owned for run in letter_features(words)] for owned in folded],
            MOST_COMMON_LETTERS,
        )
        self._all_accented = CosineSpace(accented)
        self._all_accented_pairs = Bm25Space([word_features(words) for words in accented])
        self._coverage = CoverageSpace(together)
        self._qualifiers = Qualifiers(
            [[word for words in owned for word in _folded(words)] for owned in own],
            read_qualifiers(),
        )
        self._exact: dict[str, list[int]] = defaultdict(list)
        for row, words in enumerate(rows):
            self._exact[" ".join(words)].append(row)

    def __len__(self) -> int:
        return len(self._procedures)

    def need(self, message: str) -> list[str]:
        """The words of a message that name the need; none in a bare question."""
        words = vn.normalise(message).split()
        rest = self._stripper.strip(words)
        content = self._stripper.content(rest)
        if content or not words:
            return content
        # Common letters may still be a name ("bao tu", "sổ đỏ") or a code ("1 000006").
        folded = _folded(words)
        lines = (" ".join(folded), " ".join(_folded(rest)))
        known = any(line in self._exact for line in lines) or self._lexicon.names_one(folded)
        return words if known or self._by_code(message) is not None else []

    def search(self, message: str, limit: int = 10) -> list[Match]:
        """The best procedures for a message, best first."""
        return list(self.rank(message, limit).matches)

    def rank(self, message: str, limit: int = 10) -> Ranking:
        """The best procedures for a message; codes are found as they stand."""
        if limit < 1 or not self._procedures:
            return Ranking()
        by_code = self._by_code(message)
        if by_code is not None:
            return Ranking((self._match(by_code, 1.0),))
        words = vn.normalise(message).split()
        words = self._stripper.strip(words) or words
        if not words:
            return Ranking()
        parts = self._parts(words, accented=vn.is_accented(message))
        total = np.sum(list(parts.values()), axis=0)
        outside = total[len(self) :].max(initial=0.0)
        found = np.flatnonzero(total[: len(self)] > 0)
        total += self._bonus
        if len(found) > limit:
            # The best are picked out first: sorting all would take longer than finding them.
            found = found[np.argpartition(-total[found], limit)[:limit]]
        order = sorted(found, key=lambda i: (-total[i], i))
        matches = tuple(
            self._match(i, float(total[i]), {name: part[i] for name, part in parts.items()})
            for i in order
        )
        return Ranking(matches, round(float(outside), 4))

    def by_codes(self, codes: Sequence[str]) -> list[Match]:
        """Matches of known codes, in their order."""
        return [self._match(self._number[code], 1.0) for code in codes if code in self._number]

    def _by_code(self, message: str) -> int | None:
        for match in CODE.finditer(message):
            number = self._number.get(f"{match[1]}.{match[2]}")
            if number is not None:
                return number
        return None

    def _match(self, number: int, score: float, parts: dict[str, Vector] | None = None) -> Match:
        p = self._procedures[number]
        told = tuple((name, float(part)) for name, part in (parts or {}).items())
        score = round(min(score, 1.0), 4)
        return Match(p.code, p.display_name, p.name, p.field, p.level, score, told)

    def _parts(self, words: Sequence[str], *, accented: bool) -> dict[str, Vector]:
        """What each comparison adds to the score of each procedure."""
        folded = _folded(words)
        pairs = word_features(folded)
        name_words = self._best(self._name_words.scores(pairs))
        all_words, all_pairs = self._all_words.scores(folded), self._all_pairs.scores(pairs)
        values = {
            "name_words": name_words,
            "all_words": all_words,
            "all_pairs": all_pairs,
            "all_letters": self._all_letters.scores(letter_features(folded)),
            # Unaccented questions are compared as if their accents agreed.
            "all_accented": all_words,
            "all_accented_pairs": all_pairs,
            "coverage": self._coverage.scores(folded),
        }
        if accented:
            values["all_accented"] = self._all_accented.scores(words)
            values["all_accented_pairs"] = self._all_accented_pairs.scores(word_features(words))
        parts = {
            name: value * np.float32(WEIGHTS[name] / FULL_SCORE) for name, value in values.items()
        }
        parts["unasked"] = self._qualifiers.losses(folded) * np.float32(-1 / FULL_SCORE)
        exact = self._exact.get(" ".join(folded))
        if exact:
            parts["exact"] = np.zeros(len(self._bonus), dtype=np.float32)
            parts["exact"][self._owners[exact]] = EXACT_BONUS
        return parts

    def _best(self, scores: Vector) -> Vector:
        """Of each procedure's names the best score."""
        return np.maximum.reduceat(scores, self._first_row)


def _variants(
    names: Sequence[Sequence[str]], lexicon: Sequence[tuple[str, str]]
) -> Iterator[list[str]]:
    """The names with official words replaced by citizens' ones, one entry at a time."""
    lines = [f" {' '.join(words)} " for words in names]
    for citizen, official in lexicon:
        wanted = f" {vn.normalise(official)} "
        for line in lines:
            if wanted in line:
                yield line.replace(wanted, f" {vn.normalise(citizen)} ").split()


def _head(words: Sequence[str]) -> list[str]:
    """A long official name up to where it only narrows down ("… đối với công trình …")."""
    folded = _folded(words)
    for position in range(SHORTEST_HEAD, len(words) - SHORTEST_HEAD):
        if folded[position : position + 2] in NARROWING:
            return list(words[:position])
    return []


def _folded(words: Sequence[str]) -> list[str]:
    return [vn.fold_word(word) for word in words]
