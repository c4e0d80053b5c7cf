"""How sure a ranking is: that anything fits at all, and that its first procedure is meant.

Two logistic regressions over a few traits of a ranking, found on the development questions
(docs/adr/0004-search.md). Both give probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.catalogue.search import WEIGHTS, Ranking

FITS = {"inside": 0.92, "name": 1.91, "coverage": 4.36, "length": 1.6}
FITS_BASE = -10.02
RIGHT = {
    "learnt": 0.25,
    "share": 0.24,
    "margin": 0.09,
    "inside": 0.51,
    "coverage": -0.54,
    "words": 2.45,
}
RIGHT_BASE = -9.28
# A first that search as a whole and the classifier alone are both sure of is meant, however short
# the message, if it has a few words; one that is less likely than this is not.
SURE_SHARE, SURE_LEARNT, SURE_WORDS = 0.9, 0.6, 3
LEAST_SURE_SHARE = 0.6
# Longer questions share less with any name; beyond this many words no longer.
LONGEST = 20
# Shares nearer to nothing or to all than this tell no more.
LEAST_SHARE = 0.001


def traits(ranking: Ranking) -> dict[str, float]:
    """What the probabilities are computed from."""
    first = ranking.matches[0]
    second = ranking.matches[1].score if len(ranking.matches) > 1 else 0.0
    parts = dict(first.parts)
    return {
        # Odds of the first, of it against the second, and against all needs that lie outside.
        "share": _log_odds(first.score),
        "margin": _log_odds(first.score / max(first.score + second, LEAST_SHARE)),
        "inside": _log_odds(first.score / max(first.score + ranking.outside, LEAST_SHARE)),
        # What the classifier alone says of the first.
        "learnt": _log_odds(math.exp(parts.get("learnt", 0.0) / WEIGHTS["learnt"])),
        # How much the question and the names of the first have in common.
        "name": parts.get("name_words", WEIGHTS["name_words"]) / WEIGHTS["name_words"],
        "coverage": parts.get("coverage", 1.0),
        "length": math.log1p(min(len(ranking.need), LONGEST)),
        "words": math.log1p(min(len(ranking.said), LONGEST)),
    }


def _log_odds(share: float) -> float:
    held = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return math.log(held / (1 - held))


def _probability(found: Mapping[str, float], weights: Mapping[str, float], base: float) -> float:
    return 1 / (1 + math.exp(-base - sum(w * found[name] for name, w in weights.items())))


def fits(ranking: Ranking) -> float:
    """How likely the catalogue serves the need at all."""
    if not ranking.matches:
        return 0.0
    return _probability(traits(ranking), FITS, FITS_BASE)


def right(ranking: Ranking) -> float:
    """How likely the first procedure is the one that is meant; certain if it alone is named."""
    if not ranking.matches:
        return 0.0
    first = ranking.matches[0]
    parts = dict(first.parts)
    named = [match.code for match in ranking.matches if dict(match.parts).get("exact")]
    if named == [first.code] or not parts:
        return 1.0
    if first.score < LEAST_SURE_SHARE:
        return 0.0
    found = traits(ranking)
    is_sure = first.score >= SURE_SHARE and found["learnt"] >= _log_odds(SURE_LEARNT)
    if is_sure and len(ranking.said) >= SURE_WORDS:
        return 1.0
    return _probability(found, RIGHT, RIGHT_BASE)
