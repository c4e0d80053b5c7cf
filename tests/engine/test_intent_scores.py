"""Scores of understood intents: by hand, and what holds for all of them."""

from __future__ import annotations

import random

import pytest

from bot.engine.intent_scores import (
    NOTHING,
    ConfusedPair,
    IntentScore,
    Pair,
    confusion,
    grouped,
    is_right,
    row_totals,
    score,
    worst_pairs,
)


def one(expected: str, understood: str) -> Pair:
    return (expected,), (understood,)


PAIRS = [one("fee", "fee"), one("fee", "fee"), one("fee", "place"), one("place", "place")]


def test_scores_are_those_counted_by_hand() -> None:
    result = score(PAIRS)
    assert (result.number, result.right, result.share_right) == (4, 3, 0.75)
    assert result.intents == (
        IntentScore("fee", 3, precision=1.0, recall=2 / 3, f1=0.8),
        IntentScore("place", 1, precision=0.5, recall=1.0, f1=2 / 3),
    )
    assert result.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_an_intent_that_is_never_understood_or_never_expected_has_no_such_share() -> None:
    result = score([one("fee", "place")])
    assert result.intents == (
        IntentScore("fee", 1, precision=None, recall=0.0, f1=0.0),
        IntentScore("place", 0, precision=0.0, recall=None, f1=0.0),
    )


def test_of_no_messages_nothing_is_right() -> None:
    result = score([])
    assert (result.number, result.share_right, result.macro_f1, result.intents) == (0, 0.0, 0.0, ())


@pytest.mark.parametrize(
    ("expected", "understood", "right"),
    [
        (("fee", "place"), ("place", "fee"), True),
        (("fee", "place"), ("fee",), False),
        (("fee",), ("fee", "place"), False),
        (("fee",), (), False),
    ],
)
def test_a_message_is_right_when_all_was_understood_and_no_more(
    expected: tuple[str, ...], understood: tuple[str, ...], right: bool
) -> None:
    assert is_right((expected, understood)) is right


def test_each_of_two_questions_counts_for_its_intent() -> None:
    result = score([(("fee", "place"), ("fee",))])
    assert [(item.intent, item.recall) for item in result.intents] == [("fee", 1.0), ("place", 0.0)]


def test_confusion_pairs_what_was_missed_with_what_came_instead() -> None:
    pairs: list[Pair] = [
        *PAIRS,
        (("fee", "place"), ("fee", "time")),
        (("fee", "place"), ("place",)),
        (("fee",), ("fee", "time")),
        (("fee",), ()),
    ]
    assert confusion(pairs) == {
        ("fee", "fee"): 4,
        ("fee", "place"): 1,
        ("fee", NOTHING): 2,
        ("place", "place"): 2,
        ("place", "time"): 1,
        (NOTHING, "time"): 1,
    }


def test_the_worst_pairs_come_first_and_are_no_hits() -> None:
    counts = {
        ("a", "a"): 90, ("a", "b"): 3, ("b", "a"): 3, ("b", "b"): 3, (NOTHING, "c"): 1,
        ("c", "b"): 1, ("c", "c"): 1,
    }  # fmt: skip
    assert worst_pairs(counts) == [
        ConfusedPair("b", "a", 3, 0.5),
        ConfusedPair("a", "b", 3, 3 / 93),
        ConfusedPair("c", "b", 1, 0.5),
        ConfusedPair(NOTHING, "c", 1, None),
    ]
    assert worst_pairs(counts, most=1) == [ConfusedPair("b", "a", 3, 0.5)]


def test_groups_come_by_size_then_name() -> None:
    groups = grouped(["b1", "a1", "c1", "c2"], lambda item: item[0])
    assert list(groups.items()) == [("c", ["c1", "c2"]), ("a", ["a1"]), ("b", ["b1"])]


def random_pairs(seed: int) -> list[Pair]:
    numbers = random.Random(seed)
    names = ["a", "b", "c", "d"]
    return [
        (
            tuple(numbers.sample(names, numbers.randint(1, 2))),
            tuple(numbers.sample(names, numbers.randint(0, 3))),
        )
        for _ in range(60)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_confusion_agrees_with_the_scores(seed: int) -> None:
    pairs = random_pairs(seed)
    counts, result = confusion(pairs), score(pairs)
    totals = row_totals(counts)
    for item in result.intents:
        hits = counts.get((item.intent, item.intent), 0)
        assert totals.get(item.intent, 0) == item.number
        understood = sum(n for (_, name), n in counts.items() if name == item.intent)
        assert item.precision == (hits / understood if understood else None)
        assert 0 <= item.f1 <= 1
    assert (NOTHING, NOTHING) not in counts


def test_single_intents_score_as_in_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    numbers = random.Random(7)
    labels = [(numbers.choice("abcd"), numbers.choice("abcde")) for _ in range(200)]
    expected, understood = zip(*labels, strict=True)
    result = score([one(*label) for label in labels])
    assert result.macro_f1 == pytest.approx(
        metrics.f1_score(expected, understood, average="macro", zero_division=0)
    )
    assert result.share_right == pytest.approx(metrics.accuracy_score(expected, understood))
