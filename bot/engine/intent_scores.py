"""How well intents were understood, from pairs of what was expected and what was understood.

Both sides of a pair are names of intents: one, or several where a message asks several things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

# Stands in a confusion for what was not understood, or for what was not asked.
NOTHING = ""
MOST_PAIRS = 10

Names = tuple[str, ...]
Pair = tuple[Names, Names]
Confusion = Mapping[tuple[str, str], int]
Item = TypeVar("Item")


@dataclass(frozen=True)
class IntentScore:
    """One intent: messages that expect it, and three scores from 0 to 1.

    `precision` is None where it was never understood, `recall` where it was never expected.
    """

    intent: str
    number: int
    precision: float | None
    recall: float | None
    f1: float


@dataclass(frozen=True)
class Scores:
    """Some messages: how many, how many wholly right, the mean F1 of the intents that occur."""

    number: int
    right: int
    macro_f1: float
    intents: tuple[IntentScore, ...]

    @property
    def share_right(self) -> float:
        """From 0 to 1; of no messages none is right."""
        return self.right / self.number if self.number else 0.0


@dataclass(frozen=True)
class ConfusedPair:
    """How often an intent was taken for another; `share` is of all that expect the first.

    `share` is None where the first is NOTHING: nobody expects it.
    """

    expected: str
    understood: str
    number: int
    share: float | None


def is_right(pair: Pair) -> bool:
    """Whether all that was asked was understood, and no more; the order does not matter."""
    expected, understood = pair
    return set(expected) == set(understood)


def score(pairs: Sequence[Pair]) -> Scores:
    """Scores of messages; intents by name.

    An intent occurs if it was expected or understood at least once; one that was only
    understood has an F1 of 0. This is the macro average that scikit-learn gives.
    """
    hits: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    understood: Counter[str] = Counter()
    for one, other in pairs:
        expected.update(set(one))
        understood.update(set(other))
        hits.update(set(one) & set(other))
    intents = tuple(
        IntentScore(
            intent=name,
            number=expected[name],
            precision=hits[name] / understood[name] if understood[name] else None,
            recall=hits[name] / expected[name] if expected[name] else None,
            f1=2 * hits[name] / (expected[name] + understood[name]),
        )
        for name in sorted({*expected, *understood})
    )
    return Scores(
        number=len(pairs),
        right=sum(is_right(pair) for pair in pairs),
        macro_f1=sum(item.f1 for item in intents) / len(intents) if intents else 0.0,
        intents=intents,
    )


def grouped(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """Items by a trait of theirs, the largest group first."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def confusion(pairs: Iterable[Pair]) -> Confusion:
    """How often an expected intent was understood as another or as itself.

    Of a message with several questions, those that were understood are themselves; each other
    is paired with one that was not asked, or with NOTHING. So the numbers of an expected
    intent add up to the messages that expect it.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for expected, understood in pairs:
        missed = [name for name in expected if name not in understood]
        extra = [name for name in understood if name not in expected]
        counts.update((name, name) for name in expected if name in understood)
        counts.update(zip_longest(missed, extra, fillvalue=NOTHING))
    return dict(counts)


def row_totals(counts: Confusion) -> dict[str, int]:
    """Messages by expected intent."""
    totals: Counter[str] = Counter()
    for (expected, _), number in counts.items():
        totals[expected] += number
    return dict(totals)


def worst_pairs(counts: Confusion, most: int = MOST_PAIRS) -> list[ConfusedPair]:
    """The pairs that were confused most often; among equals those with the larger share."""
    totals = row_totals(counts)
    pairs = [
        ConfusedPair(
            expected=expected,
            understood=understood,
            number=number,
            share=number / totals[expected] if expected != NOTHING else None,
        )
        for (expected, understood), number in counts.items()
        if expected != understood
    ]
    pairs.sort(key=lambda p: (-p.number, -(p.share or 0.0), p.expected, p.understood))
    return pairs[:most]
