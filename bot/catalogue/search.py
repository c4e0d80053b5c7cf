"""Finding the procedure from the citizen's own words.

A question is stripped of the phrases that ask ("cần giấy tờ gì") and judged in two ways. It is
compared with every single name of every procedure (official, plain, citizens' phrases) and with
all names of a procedure taken together, since a citizen's words are often spread over several of
them. And a classifier that was learnt from the same names tells what such words usually mean.
Each judgement is one part of a sum; `WEIGHTS` says how much each counts, found on the
development questions (docs/adr/0004-search.md) so that the sums' softmax gives probabilities.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot import text as vn
from bot.catalogue.classifier import Classifier
from bot.catalogue.model import COMMUNE, Procedure
from bot.catalogue.names import own_names, variants
from bot.catalogue.question import PhraseStripper, lexicon_table
from bot.catalogue.vector_space import CosineSpace, CoverageSpace, Vector

# name_words: the best single name, with neighbouring syllables as pairs; all_accented: all names
# together; learnt: the logarithm of the classifier's probability; exact: a name said word for
# word; commune: the nearer office; office: the one that the message speaks of.
WEIGHTS = {
    "name_words": 6.3,
    "all_accented": 10.3,
    "learnt": 0.6,
    "exact": 4.0,
    "commune": 0.6,
    "office": 0.6,
}
PARTS = (*WEIGHTS, "coverage")
# Beyond this a probability is as good as none.
LEAST_LOG_SHARE = -12.0
# Words that more names than this share tell nothing apart, in a catalogue with many names.
MOST_COMMON_WORDS, LARGE = 0.02, 5000
OUTSIDE = "outside:"
CODE = re.compile(r"\b(\d)[.,\s]?(\d{6})\b")
# The beginning or the end of a code, as people copy it; no part of a longer number.
PART_OF_CODE = re.compile(r"(?<![\w.,/-])(?:(\d\.\d{3,5})|(\d{6}))(?![\w/-]|[.,]\d)")
# More procedures than this have nothing in common that is worth a choice.
MOST_BY_PART = 5
# Where the citizen means to go, folded.
AT_COMMUNE = re.compile(r"\b(?:tai|o|ra|len|ve|den|ubnd|uy ban|cap) (?:xa|phuong)\b")
AT_PROVINCE = re.compile(r"\b(?:tai|o|ra|len|ve|den|ubnd|uy ban|cap) (?:tinh|so)\b")


@dataclass(frozen=True)
class Match:
    """A procedure found; `score` is how likely it is meant, from 0 to 1.

    `name` is the one that citizens read, `official_name` the one of the source. `parts` are
    what each judgement added to the sum, and `coverage`, the share of the question's words, rare
    ones counting more, that stand in any of its names; a procedure named by its code has none.
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

    `outside` is how likely a need is meant that is known to lie outside the catalogue; `said`
    are the folded words that were compared.
    """

    matches: tuple[Match, ...] = ()
    outside: float = 0.0
    said: tuple[str, ...] = ()


def word_features(words: Sequence[str]) -> list[str]:
    """Single syllables and neighbouring pairs."""
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


class SearchIndex:
    """All names of all procedures, ready to be searched. Built once a catalogue revision."""

    def __init__(
        self,
        procedures: Sequence[Procedure],
        aliases: Iterable[tuple[str, str]],
        lexicon: Iterable[tuple[str, str]],
        stripper: PhraseStripper,
        outside: Iterable[tuple[str, str]] = (),
        classifier: Classifier | None = None,
    ) -> None:
        """`outside` pairs topics that the catalogue does not serve with phrases for them."""
        self._procedures = list(procedures)
        self._number = {p.code: i for i, p in enumerate(self._procedures)}
        self.stripper = stripper
        lexicon = [(vn.normalise(citizen), vn.normalise(official)) for citizen, official in lexicon]
        self._lexicon = lexicon_table(lexicon)
        topics: dict[str, list[list[str]]] = defaultdict(list)
        for topic, phrase in outside:
            topics[topic].append(stripper.need(phrase))
        # Official and plain names, then citizens' ones; topics stand behind the procedures.
        names = [own_names(procedure) for procedure in self._procedures]
        aliases = list(aliases)
        with_phrases = {code for code, _ in aliases}
        for procedure, owned in zip(self._procedures, names, strict=True):
            # A procedure that nobody has written phrases for, as one that came with an import.
            if procedure.code not in with_phrases:
                owned += variants(owned, lexicon)
        for code, phrase in aliases:
            if code in self._number:
                names[self._number[code]].append(stripper.need(phrase))
        names += topics.values()
        self._labels = [p.code for p in self._procedures] + [OUTSIDE + topic for topic in topics]
        self._classifier = None if classifier is None else classifier.aligned(self._labels, names)
        self._commune = np.array(
            [p.level == COMMUNE for p in self._procedures] + [False] * len(topics),
            dtype=np.float32,
        )
        self._build(names)

    def _build(self, names: Sequence[Sequence[Sequence[str]]]) -> None:
        # Names in the order of their procedures: the best of each is a maximum over a stretch.
        counts = [len(owned) for owned in names]
        self._first_row = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        self._owners = np.repeat(np.arange(len(names)), counts)
        folded = [[_folded(words) for words in owned] for owned in names]
        rows = [words for owned in folded for words in owned]
        together = [[word for words in owned for word in words] for owned in folded]
        self._name_words = CosineSpace(
            [word_features(words) for words in rows],
            MOST_COMMON_WORDS if len(rows) > LARGE else 1.0,
        )
        self._all_words = CosineSpace(together)
        self._all_accented = CosineSpace(
            [[word for words in owned for word in words] for owned in names]
        )
        self._coverage = CoverageSpace(together)
        self._exact: dict[str, list[int]] = defaultdict(list)
        for row, words in enumerate(rows):
            self._exact[" ".join(words)].append(row)

    def __len__(self) -> int:
        return len(self._procedures)

    def label(self, number: int) -> str:
        """The code, or the topic outside, that a number in the judgements stands for."""
        return self._labels[number]

    def need(self, message: str) -> list[str]:
        """The words of a message that name the need; none in a bare question."""
        words = vn.normalise(message).split()
        rest = self.stripper.strip(words)
        content = self.stripper.content(rest)
        if content or not words:
            return content
        # Common letters may still be a name ("bao tu", "sổ đỏ") or a code ("1 000006").
        folded = _folded(words)
        lines = (" ".join(folded), " ".join(_folded(rest)))
        known = any(line in self._exact for line in lines) or self._lexicon.names_one(folded)
        return words if known or self._by_code(message) else []

    def search(self, message: str, limit: int = 10) -> list[Match]:
        """The best procedures for a message, best first."""
        return list(self.rank(message, limit).matches)

    def rank(
        self, message: str, limit: int = 10, *, field: str = "", level: str = "", agency: str = ""
    ) -> Ranking:
        """The best procedures for a message; codes are found as they stand.

        With a `field` or an `agency` (any part of its name) or a `level` only those of them.
        """
        if limit < 1 or not self._procedures:
            return Ranking()
        by_code = self._by_code(message)
        if by_code:
            share = 1 / len(by_code)
            return Ranking(tuple(self._match(n, share) for n in by_code[:limit]))
        words = self.stripper.need(message)
        if not words:
            return Ranking()
        judged = self.judge(words, message)
        total = np.sum([judged[n] * np.float32(w) for n, w in WEIGHTS.items()], axis=0)
        shares = np.exp(total - total.max())
        shares /= shares.sum()
        folded = _folded(words)
        covered = self._coverage.scores(folded)
        found = np.flatnonzero(covered[: len(self)] > 0)
        if field or level or agency:
            wanted = vn.fold(vn.nfc(field)), level, vn.fold(vn.nfc(agency))
            kept = [i for i in found if _is_of(self._procedures[i], *wanted)]
            found = np.array(kept, dtype=np.int64)
        if len(found) > limit:
            # The best are picked out first: sorting all would take longer than finding them.
            found = found[np.argpartition(-total[found], limit)[:limit]]
        order = sorted(found, key=lambda i: (-total[i], i))
        matches = tuple(
            self._match(
                i,
                float(shares[i]),
                [
                    *(weight * judged[name].item(i) for name, weight in WEIGHTS.items()),
                    covered.item(i),
                ],
            )
            for i in order
        )
        return Ranking(matches, round(float(shares[len(self) :].sum()), 4), tuple(folded))

    def judge(self, words: Sequence[str], message: str) -> dict[str, Vector]:
        """For each of `WEIGHTS` what it says of every procedure and every topic outside.

        `words` are those of the message that name its need.
        """
        folded, accented = _folded(words), vn.is_accented(message)
        exact = np.zeros(len(self._commune), dtype=np.float32)
        exact[self._owners[self._exact.get(" ".join(folded), [])]] = 1
        return {
            "name_words": self._best(self._name_words.scores(word_features(folded))),
            # Unaccented questions are compared as if their accents agreed.
            "all_accented": self._all_accented.scores(words)
            if accented
            else self._all_words.scores(folded),
            "learnt": self._learnt(words, accented=accented),
            "exact": exact,
            "commune": self._commune,
            "office": self._commune * np.float32(_office(message)),
        }

    def _learnt(self, words: Sequence[str], *, accented: bool) -> Vector:
        if self._classifier is None:
            return np.zeros(len(self._commune), dtype=np.float32)
        shares = self._classifier.log_shares(words, accented=accented)
        return np.maximum(shares, np.float32(LEAST_LOG_SHARE))

    def by_codes(self, codes: Sequence[str]) -> list[Match]:
        """Matches of known codes, in their order."""
        return [self._match(self._number[code], 1.0) for code in codes if code in self._number]

    def _by_code(self, message: str) -> list[int]:
        """The procedure whose code a message names, or the few that have a part of it."""
        for match in CODE.finditer(message):
            number = self._number.get(f"{match[1]}.{match[2]}")
            if number is not None:
                return [number]
        for match in PART_OF_CODE.finditer(message):
            begin, end = match[1], match[2]
            found = [
                number
                for code, number in self._number.items()
                if (code.startswith(begin) if begin else code[2:] == end)
            ]
            if 0 < len(found) <= MOST_BY_PART:
                return found
        return []

    def _match(self, number: int, score: float, parts: Sequence[float] = ()) -> Match:
        p = self._procedures[number]
        told = tuple(zip(PARTS, parts, strict=True)) if parts else ()
        return Match(p.code, p.display_name, p.name, p.field, p.level, round(score, 4), told)

    def _best(self, scores: Vector) -> Vector:
        """Of each procedure's names the best score."""
        return np.maximum.reduceat(scores, self._first_row)


def _is_of(procedure: Procedure, field: str, level: str, agency: str) -> bool:
    """Whether a procedure is of a field and an agency (folded parts of names) and a level."""
    return (
        level in ("", procedure.level)
        and field in vn.fold_word(procedure.field)
        and agency in vn.fold_word(procedure.agency)
    )


def _office(message: str) -> int:
    """1 if a message speaks of an office of the commune, -1 of the province, 0 of neither."""
    folded = vn.fold(vn.nfc(message))
    return bool(AT_COMMUNE.search(folded)) - bool(AT_PROVINCE.search(folded))


def _folded(words: Sequence[str]) -> list[str]:
    return [vn.fold_word(word) for word in words]
