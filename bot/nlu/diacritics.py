"""Putting back the accents that a citizen left out: "nop ho so" becomes "nộp hồ sơ".

The likeliest accented words are those whose syllables and neighbouring pairs stand most often in
texts that have their accents. Measured in docs/adr/0011-vietnamese-understanding.md.
"""

from __future__ import annotations

import functools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bot import text as vn
from bot.catalogue.seed_files import SEED_DIR, data_lines

# A pair that was never seen is worth this share of the syllable alone.
UNSEEN = math.log(0.1)
# A line with fewer accented words was written without.
LEAST_ACCENTED = 0.4
# Spellings of one folded syllable that are tried: so many of the commonest, and none that is
# this much rarer than the first.
MOST_SPELLINGS, LEAST_PART = 5, 0.01


class Restorer:
    """Restores accents; learns from texts that bear them."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """`texts` are words, lower case, with their accents."""
        singles: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for words in texts:
            singles.update(words)
            pairs.update(pairwise(words))
        total = math.log(max(1, sum(singles.values())))
        self._singles = {word: math.log(count) for word, count in singles.items()}
        self._alone = {word: value - total for word, value in self._singles.items()}
        # What was seen once may be a slip.
        self._pairs = {pair: math.log(count) for pair, count in pairs.items() if count > 1}
        spellings: dict[str, list[str]] = defaultdict(list)
        for word, count in singles.most_common():
            spelt = spellings[vn.fold(word)]
            if not spelt or (
                len(spelt) < MOST_SPELLINGS and count >= LEAST_PART * singles[spelt[0]]
            ):
                spelt.append(word)
        self._spellings = dict(spellings)

    def restore(self, words: Sequence[str]) -> list[str]:
        """The likeliest accented words for folded, lower-case ones; unknown ones as they are."""
        if not words:
            return []
        options = [self._spellings.get(word, [word]) for word in words]
        best = {word: self._alone.get(word, 0.0) for word in options[0]}
        steps: list[dict[str, str]] = []
        for spelt in options[1:]:
            step: dict[str, str] = {}
            scores: dict[str, float] = {}
            for word in spelt:
                unseen = UNSEEN + self._alone.get(word, 0.0)
                for before, so_far in best.items():
                    pair = self._pairs.get((before, word))
                    score = so_far + (unseen if pair is None else pair - self._singles[before])
                    if word not in scores or score > scores[word]:
                        scores[word], step[word] = score, before
            steps.append(step)
            best = scores
        restored = [max(best, key=best.__getitem__)]
        for step in reversed(steps):
            restored.append(step[restored[-1]])
        return restored[::-1]


@functools.lru_cache(maxsize=1)
def default_restorer() -> Restorer:
    """The restorer that learns from the seed's phrases, messages and background sentences."""
    return Restorer(_accented_lines())


def _accented_lines() -> Iterator[list[str]]:
    files = [*sorted((SEED_DIR / "phrases").glob("*.tsv")), SEED_DIR / "messages.tsv"]
    files.append(SEED_DIR / "background.txt")
    for path in files:
        for line in data_lines(path):
            words = vn.normalise(line.rpartition("\t")[2]).split()
            if sum(vn.fold_word(word) != word for word in words) >= LEAST_ACCENTED * len(words):
                yield words
