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
from bot.catalogue.vector_space import CosineSpace, CoverageSpace, Rows, Vector

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
OFFICES = frozenset(("xa", "phuong", "tinh", "so"))
GOING = r"\b(?:tai|o|ra|len|ve|den|uy ban|uy ban nhan dan|cap)"
AT_COMMUNE, AT_PROVINCE = (
    re.compile(rf"{GOING} (?:xa|phuong)\b"),
    re.compile(rf"{GOING} (?:tinh|so)\b"),
)


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

    `need` are the words of the message that name the need, `said` the folded words that were
    compared; `outside` is how likely a need is meant that is known to lie outside the catalogue.
    `choices` may be meant where it is known that the words do not tell which.
    """

    matches: tuple[Match, ...] = ()
    need: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    outside: float = 0.0
    choices: tuple[Match, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A message as it is compared.

    `words` are all of its words, normalised; `compared` those that belong to no phrase that only
    asks, all if there are no others; `need` those that name the need, none in a bare question.
    """

    message: str
    words: tuple[str, ...]
    compared: tuple[str, ...]
    need: tuple[str, ...]


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
        vague: Iterable[tuple[str, Sequence[str]]] = (),
    ) -> None:
        """`outside` pairs topics that the catalogue does not serve with phrases for them, `vague`
        needs that do not tell which procedure is meant with the codes that may be."""
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
        self._vague = {
            " ".join(_folded(stripper.need(said))): tuple(
                self._number[code] for code in codes if code in self._number
            )
            for need, codes in vague
            # What is left of a need may differ where no accents tell its words apart.
            for said in (need, vn.fold(need))
        }
        self._classifier = None if classifier is None else classifier.aligned(self._labels, names)
        self._commune = np.array(
            [p.level == COMMUNE for p in self._procedures] + [False] * len(topics),
            dtype=np.float32,
        )
        self._build(names)

    def _build(self, names: Sequence[Sequence[Sequence[str]]]) -> None:
        folded = [[_folded(words) for words in owned] for owned in names]
        self._rows = Rows([len(owned) for owned in names])
        rows = self._rows.arrange(folded)
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
        for owner, words in zip(self._rows.owners.tolist(), rows, strict=True):
            self._exact[" ".join(words)].append(owner)

    def __len__(self) -> int:
        return len(self._procedures)

    def label(self, number: int) -> str:
        """The code, or the topic outside, that a number in the judgements stands for."""
        return self._labels[number]

    def read(self, message: str) -> Reading:
        """A message as it is compared."""
        words = vn.normalise(message).split()
        rest = self.stripper.strip(words)
        need = self._need(message, words, rest)
        return Reading(message, tuple(words), tuple(rest or words), tuple(need))

    def _need(self, message: str, words: Sequence[str], rest: Sequence[str]) -> Sequence[str]:
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
        read = self.read(message)
        if limit < 1 or not self._procedures:
            return Ranking(need=read.need)
        by_code = self._by_code(message)
        if by_code:
            share = 1 / len(by_code)
            return Ranking(tuple(self._match(n, share) for n in by_code[:limit]), read.need)
        if not read.words:
            return Ranking()
        judged = self.judge(read)
        total = np.zeros(len(self._labels), dtype=np.float32)
        for name, weight in WEIGHTS.items():
            total += judged[name] * np.float32(weight)
        shares = np.exp(total - total.max())
        shares /= shares.sum()
        asked = np.arange(len(self))
        if field or level or agency:
            wanted = vn.fold(vn.nfc(field)), level, vn.fold(vn.nfc(agency))
            kept = [i for i in asked if _is_of(self._procedures[i], *wanted)]
            asked = np.array(kept, dtype=np.int64)
        if len(asked) > limit:
            # The best are picked out first: sorting all would take longer than finding them.
            asked = asked[np.argpartition(-total[asked], limit)[:limit]]
        order = sorted(asked.tolist(), key=lambda i: (-total[i], i))
        said = _folded(read.compared)
        matches = tuple(
            self._match(
                i,
                float(shares[i]),
                [*(weight * judged[name].item(i) for name, weight in WEIGHTS.items()), covered],
            )
            for i, covered in zip(order, self._coverage.scores(said, order).tolist(), strict=True)
            if covered > 0
        )
        outside = round(float(shares[len(self) :].sum()), 4)
        meant = self._vague.get(" ".join(said), ())
        # In the order of the list, the likeliest first.
        choices = tuple(self._match(i, 1 / len(meant)) for i in meant)
        return Ranking(matches, read.need, tuple(said), outside, choices)

    def judge(self, read: Reading) -> dict[str, Vector]:
        """For each of `WEIGHTS` what it says of every procedure and every topic outside."""
        words, accented = read.compared, vn.is_accented(read.message)
        folded = _folded(words)
        exact = np.zeros(len(self._commune), dtype=np.float32)
        exact[self._exact.get(" ".join(folded), [])] = 1
        return {
            "name_words": self._rows.best(self._name_words.scores(word_features(folded))),
            # Unaccented questions are compared as if their accents agreed.
            "all_accented": self._all_accented.scores(words)
            if accented
            else self._all_words.scores(folded),
            "learnt": self._learnt(words, accented=accented),
            "exact": exact,
            "commune": self._commune,
            "office": self._commune * np.float32(_office(read.words)),
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


def _is_of(procedure: Procedure, field: str, level: str, agency: str) -> bool:
    """Whether a procedure is of a field and an agency (folded parts of names) and a level."""
    return (
        level in ("", procedure.level)
        and field in vn.fold_word(procedure.field)
        and agency in vn.fold_word(procedure.agency)
    )


def _office(words: Sequence[str]) -> int:
    """1 if words speak of an office of the commune, -1 of the province, 0 of neither."""
    folded = _folded(words)
    if OFFICES.isdisjoint(folded):
        return 0
    line = " ".join(folded)
    return bool(AT_COMMUNE.search(line)) - bool(AT_PROVINCE.search(line))


def _folded(words: Sequence[str]) -> list[str]:
    return [vn.fold_word(word) for word in words]
