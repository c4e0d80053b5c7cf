"""Finds the weights of `bot/catalogue/search.py` anew from the development questions.

Listwise softmax regression: the sums of the judgements, each times its weight, are to give the
right procedures the greatest share. Prints the weights, and what each judgement is
worth: right first and among three, in eight-fold cross-validation over codes.
The test part is never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks import questions
from benchmarks.questions import Question
from benchmarks.tables import show
from bot.catalogue import finder
from bot.catalogue.search import WEIGHTS, SearchIndex

CANDIDATES, FOLDS, PENALTY = 40, 8, 1e-3
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question with its best candidates: a row of judgements each, and which are right."""

    question: Question
    group: str
    judged: Numbers
    right: NDArray[np.bool_]


def _cases(index: SearchIndex) -> list[Case]:
    found = []
    for group, asked in (("own", questions.own("dev")), ("imitations", questions.shared())):
        for question in asked:
            if question.expect != "answer" or not question.codes:
                continue
            parts = index.judge(index.read(question.text))
            table = np.stack([parts[name] for name in WEIGHTS], axis=1).astype(np.float64)
            total = table @ np.array(list(WEIGHTS.values()))
            best = np.argsort(-total, kind="stable")[:CANDIDATES]
            right = np.array([index.label(n) in question.codes for n in best])
            found.append(Case(question, group, table[best], right))
    return found


def _fit(cases: Sequence[Case], used: Sequence[int]) -> Numbers:
    """Weights of the used judgements, in their measure."""
    cases = [case for case in cases if case.right.any()]
    values = np.stack([case.judged[:, used] for case in cases])
    right = np.stack([case.right for case in cases])
    spread = values.reshape(-1, len(used)).std(axis=0) + 1e-9
    values = values / spread

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        sums = values @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        good = shares * right
        good_share = good.sum(axis=1, keepdims=True)
        slope = ((shares - good / good_share)[:, :, None] * values).sum(axis=1).mean(axis=0)
        penalty = PENALTY * float(weights @ weights)
        return -float(np.log(good_share).mean()) + penalty, slope + 2 * PENALTY * weights

    return minimize(loss, np.full(len(used), 0.5), jac=True, method="L-BFGS-B").x / spread


def _ranks(cases: Sequence[Case], weights: Numbers, used: Sequence[int]) -> list[int]:
    """Rank of the first right candidate of each case; none: one more than there are."""
    found = []
    for case in cases:
        order = np.argsort(-(case.judged[:, used] @ weights), kind="stable")
        places = np.flatnonzero(case.right[order])
        found.append(int(places[0]) + 1 if len(places) else CANDIDATES + 1)
    return found


def _cross_validated(cases: Sequence[Case], used: Sequence[int]) -> list[int]:
    codes = sorted({min(case.question.codes) for case in cases})
    fold_of = dict(zip(codes, np.random.default_rng(0).integers(0, FOLDS, len(codes)), strict=True))
    ranks = [0] * len(cases)
    for fold in range(FOLDS):
        inside = [fold_of[min(case.question.codes)] == fold for case in cases]
        weights = _fit([c for c, held in zip(cases, inside, strict=True) if not held], used)
        members = [n for n, held in enumerate(inside) if held]
        for n, rank in zip(
            members, _ranks([cases[n] for n in members], weights, used), strict=True
        ):
            ranks[n] = rank
    return ranks


def _told(cases: Sequence[Case], ranks: Sequence[int]) -> dict[str, str]:
    def share(chosen: Sequence[bool]) -> str:
        kept = [rank for rank, c in zip(ranks, chosen, strict=True) if c]
        first, three = (sum(rank <= most for rank in kept) / max(1, len(kept)) for most in (1, 3))
        return f"{100 * first:.1f} / {100 * three:.1f}"

    groups = {
        "imitations": [c.group == "imitations" for c in cases],
        "own": [c.group == "own" for c in cases],
        "common": [c.question.group == "common" for c in cases],
        "long tail": [c.question.group == "longtail" for c in cases],
        "stories": [c.question.length == "story" for c in cases],
    }
    return {name: share(chosen) for name, chosen in groups.items()}


def main(_: list[str]) -> None:
    """Print weights and the table."""
    cases = _cases(finder.index())
    names = list(WEIGHTS)
    every = list(range(len(names)))
    weights = _fit(cases, every)
    print(
        f"WEIGHTS = { {name: round(float(w), 2) for name, w in zip(names, weights, strict=True)} }"
    )
    print()
    rows = [{"judgements": "all", **_told(cases, _cross_validated(cases, every))}]
    for left_out in every:
        used = [n for n in every if n != left_out]
        told = _told(cases, _cross_validated(cases, used))
        rows.append({"judgements": f"without {names[left_out]}", **told})
    only = [names.index("learnt")]
    rows.append({"judgements": "learnt only", **_told(cases, _cross_validated(cases, only))})
    show("weights", rows)
