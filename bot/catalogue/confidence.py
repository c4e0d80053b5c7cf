"""How sure a ranking is: that anything fits at all, and that its first procedure is meant.

Two logistic regressions over a few traits of a ranking, found on the development questions
(docs/adr/0004-search.md). Both give probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.catalogue.search import FULL_SCORE, WEIGHTS, Ranking

FITS = {"score": 15.29, "coverage": -0.24, "above_outside": 10.56, "share": 2.38, "length": 1.92}
FITS_BASE = -10.69
RIGHT = {"score": -4.42, "margin": 19.33, "clearly_inside": 22.3, "length": 2.46}
RIGHT_BASE = -8.28
# Being far above what lies outside says nothing about siblings.
CLEARLY_INSIDE = 0.25
# Longer questions score lower; beyond this many words no longer.
LONGEST = 20


def traits(ranking: Ranking, words: int) -> dict[str, float]:
    """What the probabilities are computed from; `words` is the number of words of the need."""
    first = ranking.matches[0]
    second = ranking.matches[1].score if len(ranking.matches) > 1 else 0.0
    coverage = dict(first.parts).get("coverage", 1.0)
    above = first.score - ranking.outside
    return {
        "score": first.score,
        "margin": first.score - second,
        "coverage": coverage * FULL_SCORE / WEIGHTS["coverage"],
        # How far the first stands above the best of the needs that lie outside.
        "above_outside": above,
        "clearly_inside": min(above, CLEARLY_INSIDE),
        "share": above / max(first.score, 0.05),
        "length": math.log1p(min(words, LONGEST)),
    }


def _probability(found: Mapping[str, float], weights: Mapping[str, float], base: float) -> float:
    return 1 / (1 + math.exp(-base - sum(w * found[name] for name, w in weights.items())))


def fits(ranking: Ranking, words: int) -> float:
    """How likely the catalogue serves the need at all."""
    if not ranking.matches:
        return 0.0
    return _probability(traits(ranking, words), FITS, FITS_BASE)


def right(ranking: Ranking, words: int) -> float:
    """How likely the first procedure is the one that is meant; certain if it alone is named."""
    if not ranking.matches:
        return 0.0
    named = [match.code for match in ranking.matches if dict(match.parts).get("exact")]
    if named == [ranking.matches[0].code]:
        return 1.0
    return _probability(traits(ranking, words), RIGHT, RIGHT_BASE)
