"""Finding the procedure from the citizen's own words.

The index holds every name of every procedure (official, plain, citizens' phrases) in
three vector spaces: folded syllables, folded letters, and accented syllables. A question
is stripped of the phrases that ask ("cần giấy tờ gì"), compared with all names, and a
procedure scores as its best name. See `docs/adr/0004-search.md` for what was measured.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot import text as vn
from bot.catalogue.model import COMMUNE, Procedure
from bot.catalogue.seed_files import SEED_DIR, data_lines

Vector = NDArray[np.float32]

# Shares of the fused score, found on the development questions.
WORDS, LETTERS, EXPANDED, ACCENTED, EXACT = 1.0, 1.0, 0.6, 0.4, 0.3
FULL_SCORE = WORDS + LETTERS + ACCENTED + EXACT
CODE = re.compile(r"\b(\d)[.,\s]?(\d{6})\b")


@dataclass(frozen=True)
class Match:
    """A procedure found; `score` runs from 0 (nothing shared) to about 1 (same words).

    `name` is the one that citizens read, `official_name` the one of the source.
    """

    code: str
    name: str
    official_name: str
    field: str
    level: str
    score: float


def word_features(words: Sequence[str]) -> list[str]:
    """Single syllables and neighbouring pairs."""
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def letter_features(words: Sequence[str]) -> list[str]:
    """Runs of 2 to 5 letters within padded syllables and across their borders."""
    line = f" {' '.join(words)} "
    return [line[i : i + n] for n in (2, 3, 4, 5) for i in range(len(line) - n + 1)]


class VectorSpace:
    """TF-IDF vectors of names, compared by cosine; rare features weigh more."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        counts = [Counter(row) for row in rows]
        frequency = Counter(feature for count in counts for feature in count)
        self._idf = {f: math.log((1 + len(rows)) / (1 + n)) + 1 for f, n in frequency.items()}
        postings: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for number, count in enumerate(counts):
            weights = {f: (1 + math.log(n)) * self._idf[f] for f, n in count.items()}
            norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
            for feature, weight in weights.items():
                posting = postings[feature]
                posting[0].append(number)
                posting[1].append(weight / norm)
        self._postings = {
            feature: (np.array(ids, dtype=np.int32), np.array(weights, dtype=np.float32))
            for feature, (ids, weights) in postings.items()
        }
        self._size = len(rows)
        self._unseen = math.log(1 + len(rows)) + 1

    def scores(self, features: Iterable[str]) -> Vector:
        """Cosine of every row with the features; unknown features lower it."""
        result = np.zeros(self._size, dtype=np.float32)
        norm = 0.0
        for feature, n in Counter(features).items():
            weight = (1 + math.log(n)) * self._idf.get(feature, self._unseen)
            norm += weight * weight
            posting = self._postings.get(feature)
            if posting is not None:
                result[posting[0]] += weight * posting[1]
        return result / np.float32(math.sqrt(norm) or 1.0)


class PhraseStripper:
    """Removes whole folded phrases from a list of words, the longest first."""

    def __init__(self, phrases: Iterable[str], function_words: Sequence[str] = ()) -> None:
        self._phrases = {tuple(vn.fold(phrase).split()) for phrase in phrases}
        self._longest = max((len(p) for p in self._phrases), default=0)
        self._function_words = frozenset(function_words)
        self._folded_function_words = frozenset(vn.fold(word) for word in function_words)

    def content(self, words: Sequence[str]) -> list[str]:
        """The words that name a need by themselves.

        Accented words are compared with their accents: "hôn" is not "hơn".
        """
        accented = vn.is_accented(" ".join(words))
        known = self._function_words if accented else self._folded_function_words
        return [word for word in words if word not in known and not word.isdigit()]

    def strip(self, words: Sequence[str]) -> list[str]:
        """The words that belong to no phrase, in their order and spelling."""
        folded = [vn.fold(word) for word in words]
        kept = []
        position = 0
        while position < len(words):
            for length in range(min(self._longest, len(words) - position), 0, -1):
                if tuple(folded[position : position + length]) in self._phrases:
                    position += length
                    break
            else:
                kept.append(words[position])
                position += 1
        return kept


class SearchIndex:
    """All names of all procedures, ready to be searched. Built once a catalogue revision."""

    def __init__(
        self,
        procedures: Sequence[Procedure],
        aliases: Iterable[tuple[str, str]],
        lexicon: Iterable[tuple[str, str]],
        stripper: PhraseStripper,
    ) -> None:
        self._procedures = list(procedures)
        self._number = {p.code: i for i, p in enumerate(self._procedures)}
        self._stripper = stripper
        self._lexicon = self._fold_lexicon(lexicon)
        self._prior = np.array([_prior(p) for p in self._procedures], dtype=np.float32)
        names: list[tuple[int, list[str]]] = []
        for number, procedure in enumerate(self._procedures):
            for name in dict.fromkeys(filter(None, (procedure.name, procedure.plain_name))):
                names.append((number, vn.normalise(name).split()))
        for code, phrase in aliases:
            if code in self._number:
                words = vn.normalise(phrase).split()
                names.append((self._number[code], stripper.strip(words) or words))
        self._owners = np.array([number for number, _ in names], dtype=np.int32)
        folded = [[vn.fold(word) for word in words] for _, words in names]
        self._folded_names = [" ".join(words) for words in folded]
        self._words = VectorSpace([word_features(words) for words in folded])
        self._letters = VectorSpace([letter_features(words) for words in folded])
        self._accented = VectorSpace([word_features(words) for _, words in names])
        self._exact: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(self._folded_names):
            self._exact[name].append(row)

    @staticmethod
    def _fold_lexicon(lexicon: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
        entries = [
            (vn.fold(vn.normalise(citizen)), vn.fold(vn.normalise(official)).split())
            for citizen, official in lexicon
        ]
        return sorted(entries, key=lambda entry: -len(entry[0]))

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
        line = " ".join(vn.fold(word) for word in words)
        known = line in self._exact or any(f" {c} " in f" {line} " for c, _ in self._lexicon)
        return words if known or self._by_code(message) is not None else []

    def search(self, message: str, limit: int = 10) -> list[Match]:
        """The best procedures for a message, best first; codes are found as they stand."""
        if limit < 1 or not self._procedures:
            return []
        by_code = self._by_code(message)
        if by_code is not None:
            return [self._match(by_code, 1.0)]
        words = vn.normalise(message).split()
        words = self._stripper.strip(words) or words
        if not words:
            return []
        best = self._scores(words, accented=vn.is_accented(message))
        order = np.argsort(-best, kind="stable")[:limit]
        return [self._match(int(i), float(best[i])) for i in order if best[i] > 0]

    def by_codes(self, codes: Sequence[str]) -> list[Match]:
        """Matches of known codes, in their order."""
        return [self._match(self._number[code], 1.0) for code in codes if code in self._number]

    def _by_code(self, message: str) -> int | None:
        for match in CODE.finditer(message):
            number = self._number.get(f"{match[1]}.{match[2]}")
            if number is not None:
                return number
        return None

    def _match(self, number: int, score: float) -> Match:
        p = self._procedures[number]
        score = round(min(score, 1.0), 4)
        return Match(p.code, p.display_name, p.name, p.field, p.level, score)

    def _scores(self, words: Sequence[str], *, accented: bool) -> Vector:
        folded = [vn.fold(word) for word in words]
        line = " ".join(folded)
        total = WORDS * self._words.scores(word_features(folded))
        total += LETTERS * self._letters.scores(letter_features(folded))
        expanded = self._expand(line)
        if expanded != line:
            features = word_features(expanded.split())
            total = np.maximum(
                total, total * (1 - EXPANDED) + EXPANDED * 2 * self._words.scores(features)
            )
        # Unaccented questions are compared as if their accents agreed.
        if accented:
            total += ACCENTED * self._accented.scores(word_features(words))
        else:
            total *= (WORDS + LETTERS + ACCENTED) / (WORDS + LETTERS)
        for row in self._exact.get(line, ()):
            total[row] += EXACT
        best = np.zeros(len(self._procedures), dtype=np.float32)
        np.maximum.at(best, self._owners, total / np.float32(FULL_SCORE))
        return best + np.where(best > 0, self._prior, np.float32(0))

    def _expand(self, line: str) -> str:
        """The folded line with citizens' words replaced by official ones."""
        padded = f" {line} "
        for citizen, official in self._lexicon:
            if f" {citizen} " in padded:
                padded = padded.replace(f" {citizen} ", f" {' '.join(official)} ")
        return padded.strip()


def _prior(procedure: Procedure) -> float:
    """Decides between twins of one name: curated first, then the nearer office."""
    return 0.02 * procedure.curated + 0.01 * (procedure.level == COMMUNE)


def default_stripper() -> PhraseStripper:
    """Stop phrases and function words that ship with the project."""
    phrases = data_lines(SEED_DIR / "stop_phrases.txt")
    function_words = " ".join(data_lines(SEED_DIR / "function_words.txt")).split()
    return PhraseStripper(phrases, function_words)
