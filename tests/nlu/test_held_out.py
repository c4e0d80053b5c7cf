"""Intents of messages that were never trained on, by register, with the trained model."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.aspects import DANGERS
from bot.engine.intent_scores import score
from bot.settings import PROJECT_ROOT
from tests.running_bot import run_command

ASPECTS = Path(__file__).with_name("aspects_held_out.csv")
MOVES = Path(__file__).with_name("dossier_moves_held_out.csv")
HELD_OUT = PROJECT_ROOT / "tests" / "nlu" / "held_out.csv"
# A little below what was measured (macro-F1 0.987 over all); a fall below is a regression.
LOWEST = {"accented": 0.95, "unaccented": 0.95, "dialect": 0.93, "teencode": 0.93, "typo": 0.93}
LEAST_OUT_OF_SCOPE, MOST_TURNED_AWAY, LEAST_BOTH = 0.85, 0.03, 0.6


@dataclass(frozen=True)
class Result:
    text: str
    register: str
    expected: tuple[str, ...]
    understood: tuple[str, ...]
    fallback: bool


@pytest.fixture(scope="module")
def results(prepared_folder: Path) -> list[Result]:
    from tests.running_bot import bot_environment

    with HELD_OUT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    output = run_command(
        bot_environment(prepared_folder),
        "explain",
        "--json",
        text="".join(f"{row['text']}\n" for row in rows),
    )
    assert output.returncode == 0, output.stderr
    answers = [json.loads(line) for line in output.stdout.splitlines()]
    assert [a["text"] for a in answers] == [row["text"] for row in rows]
    return [
        Result(
            row["text"],
            row["register"],
            tuple(row["intent"].split("+")),
            # The intent of the whole message, then what else it asks.
            tuple(dict.fromkeys([answer["intent"]["name"], *answer["questions"]])),
            answer["fallback"],
        )
        for row, answer in zip(rows, answers, strict=True)
    ]


def single(results: list[Result]) -> list[Result]:
    return [r for r in results if len(r.expected) == 1]


def test_every_intent_has_held_out_messages(results: list[Result]) -> None:
    counts = Counter(r.expected[0] for r in single(results))
    assert len(counts) >= 41
    assert min(counts.values()) >= 12


@pytest.mark.parametrize("register", sorted(LOWEST))
def test_macro_f1_on_held_out_messages(results: list[Result], register: str) -> None:
    chosen = [r for r in single(results) if r.register == register]
    pairs = [(r.expected, r.understood[:1]) for r in chosen]
    wrong = [(r.text, *r.understood[:1]) for r in chosen if r.understood[:1] != r.expected]
    assert score(pairs).macro_f1 >= LOWEST[register], wrong


def test_what_is_out_of_scope_is_told_from_what_is_not(results: list[Result]) -> None:
    outside = [r for r in single(results) if r.expected == ("out_of_scope",)]
    good = [r for r in single(results) if r.expected != ("out_of_scope",)]
    recognised = sum(r.understood[0] == "out_of_scope" for r in outside) / len(outside)
    turned_away = sum(r.fallback or r.understood[0] == "out_of_scope" for r in good) / len(good)
    assert recognised >= LEAST_OUT_OF_SCOPE
    assert turned_away <= MOST_TURNED_AWAY


def test_two_questions_in_one_message_are_seen(results: list[Result]) -> None:
    double = [r for r in results if len(r.expected) > 1]
    assert len(double) >= 60
    both = sum(set(r.understood) == set(r.expected) for r in double) / len(double)
    assert both >= LEAST_BOTH
    wrongly = sum(len(r.understood) > 1 for r in single(results)) / len(single(results))
    assert wrongly <= 0.04


@pytest.fixture(scope="module")
def aspects_found(prepared_folder: Path) -> list[tuple[str, str]]:
    return found_aspects(ASPECTS, prepared_folder)


@pytest.fixture(scope="module")
def moves_found(prepared_folder: Path) -> list[tuple[str, str]]:
    return found_aspects(MOVES, prepared_folder)


def found_aspects(path: Path, prepared_folder: Path) -> list[tuple[str, str]]:
    """The aspect of each message of a file ("": none) and the one that was found."""
    from tests.running_bot import bot_environment

    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["aspect"] != "correction"]
    text = "".join(f"{row['text']}\n" for row in rows)
    output = run_command(bot_environment(prepared_folder), "explain", "--json", text=text)
    assert output.returncode == 0, output.stderr
    answers = [json.loads(line) for line in output.stdout.splitlines()]
    return [
        (row["aspect"].removeprefix("none"), answer["aspect"])
        for row, answer in zip(rows, answers, strict=True)
    ]


def test_aspects_are_heard_and_ordinary_messages_have_none(
    aspects_found: list[tuple[str, str]],
) -> None:
    wanted = [(aspect, found) for aspect, found in aspects_found if aspect]
    heard = sum(aspect == found for aspect, found in wanted) / len(wanted)
    told = [(aspect, found) for aspect, found in aspects_found if found]
    right = sum(aspect == found for aspect, found in told) / len(told)
    ordinary = [found for aspect, found in aspects_found if not aspect]
    assert heard >= 0.85
    assert right >= 0.95
    assert sum(map(bool, ordinary)) / len(ordinary) <= 0.02


def test_whoever_is_in_danger_is_told_a_number(aspects_found: list[tuple[str, str]]) -> None:
    in_danger = [found for aspect, found in aspects_found if aspect in DANGERS]
    assert len(in_danger) == 125
    assert sum(found in DANGERS for found in in_danger) / len(in_danger) >= 0.88


def test_what_citizens_want_done_with_a_dossier_or_their_data_is_heard(
    moves_found: list[tuple[str, str]],
) -> None:
    # First measured: 0.84 heard, 0.97 of the told ones right, 1 of 90 look-alikes told.
    wanted = [(aspect, found) for aspect, found in moves_found if aspect]
    told = [(aspect, found) for aspect, found in moves_found if found]
    ordinary = [found for aspect, found in moves_found if not aspect]
    assert (len(wanted), len(ordinary)) == (120, 90)
    assert sum(aspect == found for aspect, found in wanted) / len(wanted) >= 0.75
    assert sum(aspect == found for aspect, found in told) / len(told) >= 0.93
    assert sum(map(bool, ordinary)) / len(ordinary) <= 0.03


def test_nothing_is_erased_that_was_to_stay(moves_found: list[tuple[str, str]]) -> None:
    assert [aspect for aspect, found in moves_found if found == "erase" != aspect] == []
