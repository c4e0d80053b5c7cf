"""How sure a ranking is: that anything fits at all, and that its first procedure is meant.

Two logistic regressions over a few traits of a ranking, found on the development questions
(docs/adr/0004-search.md). Both give probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.catalogue.search import WEIGHTS, Ranking

FITS = {"inside": 0.98, "name": 0.32, "coverage": 5.76, "length": 1.89}
FITS_BASE = -11.19
RIGHT = {
    "learnt": 0.22,
    "spread": -0.98,
    "second": -0.19,
    "lead": 0.74,
    "others": -0.47,
    "name": -1.94,
    "inside": 0.55,
    "words": 1.85,
}
RIGHT_BASE = -6.79
# A first that is less likely than this is not meant for sure, however few others there are.
LEAST_SURE_SHARE = 0.6
# Procedures that cover nearly as much of the question as the first.
AS_COVERED = 0.05
# Longer questions share less with any name; beyond this many words no longer.
LONGEST = 20
# Shares nearer to nothing or to all than this tell no more.
LEAST_SHARE = 0.001


def traits(ranking: Ranking) -> dict[str, float]:
    """What the probabilities are computed from; the ranking has matches, none by its code."""
    parts = [dict(match.parts) for match in ranking.matches]
    score = ranking.matches[0].score
    learnt = [math.exp(part["learnt"] / WEIGHTS["learnt"]) for part in parts]
    if not any(part["learnt"] for part in parts):  # no classifier: the comparison tells instead
        learnt = [match.score for match in ranking.matches]
    second = sorted(learnt)[-2] if len(learnt) > 1 else 0.0
    first, *others = parts
    return {
        # Odds of the first against all needs that lie outside.
        "inside": _log_odds(score / max(score + ranking.outside, LEAST_SHARE)),
        # What the classifier alone says of the first and of the second, and how undecided it is.
        "learnt": _log_odds(learnt[0]),
        "second": math.log(max(LEAST_SHARE, second)),
        "spread": -sum(share * math.log(max(share, LEAST_SHARE)) for share in learnt),
        # How much the question and the names of the first have in common.
        "name": first["name_words"] / WEIGHTS["name_words"],
        "coverage": first["coverage"],
        # By how much its names are nearer than those of all others, and how many others there
        # are that have as many of the words.
        "lead": first["name_words"] - max((part["name_words"] for part in others), default=0.0),
        "others": math.log1p(
            sum(part["coverage"] >= first["coverage"] - AS_COVERED for part in others)
        ),
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
    if not ranking.matches[0].parts:
        return 1.0
    return _probability(traits(ranking), FITS, FITS_BASE)


def right(ranking: Ranking) -> float:
    """How likely the first procedure is the one that is meant; certain if it alone is named."""
    if not ranking.matches:
        return 0.0
    first = ranking.matches[0]
    named = [match.code for match in ranking.matches if dict(match.parts).get("exact")]
    if named == [first.code] or not first.parts:
        return 1.0
    if first.score < LEAST_SURE_SHARE:
        return 0.0
    return _probability(traits(ranking), RIGHT, RIGHT_BASE)
