"""Messages about money that were never trained on: swindlers are heard, ordinary payments are not.

Groups of `payments_held_out.csv`: `scam` has the aspect; `look_alike` names transfers, accounts,
codes and links, too, but is ordinary; the others are ordinary questions, by intent.
"""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import aspects
from bot.engine import agent as agents
from bot.engine.training import current_model

HELD_OUT = Path(__file__).with_name("payments_held_out.csv")
GROUPS = {
    "scam": 80, "look_alike": 60, "trouble": 40, "fee": 40,
    "receipt": 20, "methods": 20, "list": 15,
}  # fmt: skip
LEAST_HEARD = 0.85
# Told at least to call the police: as a crime that happens, if not as a swindler.
LEAST_WARNED = 0.9
MOST_FALSE_ALARMS = 0.05
LEAST_INTENTS = 0.9
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Result:
    text: str
    group: str
    expected: tuple[str, str]
    intent: str
    aspect: str


@pytest.fixture(scope="module")
def results() -> list[Result]:
    with HELD_OUT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    async def understand() -> list[dict[str, Any]]:
        agent = await agents.load(current_model())
        return [await agent.parse_message(row["text"]) for row in rows]

    return [
        Result(
            row["text"],
            row["group"],
            (row["intent"], row["aspect"]),
            str(parsed["intent"]["name"]),
            # What the talk acts on: the learnt aspect, links and accounts.
            aspects.aspect_of(parsed, in_form=False),
        )
        for row, parsed in zip(rows, asyncio.run(understand()), strict=True)
    ]


def of(results: list[Result], group: str) -> list[Result]:
    return [result for result in results if result.group == group]


def test_the_messages_are_those_that_were_written(results: list[Result]) -> None:
    assert Counter(result.group for result in results) == GROUPS
    with_aspect = {result.group for result in results if result.expected[1]}
    assert with_aspect == {"scam"}
    assert {result.expected for result in of(results, "scam")} == {
        ("payment_problem", aspects.SCAM)
    }
    assert len({result.text.lower() for result in results}) == len(results)


def test_swindlers_are_heard(results: list[Result]) -> None:
    scams = of(results, "scam")
    missed = [(r.text, r.intent, r.aspect) for r in scams if r.aspect != aspects.SCAM]
    assert 1 - len(missed) / len(scams) >= LEAST_HEARD, missed


def test_whoever_may_be_swindled_is_warned(results: list[Result]) -> None:
    warned = {aspects.SCAM, "crime"}
    scams = of(results, "scam")
    missed = [(r.text, r.intent, r.aspect) for r in scams if r.aspect not in warned]
    assert 1 - len(missed) / len(scams) >= LEAST_WARNED, missed


@pytest.mark.parametrize("group", sorted(set(GROUPS) - {"scam"}))
def test_nobody_who_pays_in_order_is_alarmed(results: list[Result], group: str) -> None:
    ordinary = of(results, group)
    alarmed = [(r.text, r.intent) for r in ordinary if r.aspect == aspects.SCAM]
    assert len(alarmed) / len(ordinary) <= MOST_FALSE_ALARMS, alarmed


def test_intents_of_ordinary_messages_are_right(results: list[Result]) -> None:
    # Bribes and dangers are answered by their aspect, whatever the intent.
    chosen = [r for r in results if r.group != "scam" and r.expected[0] != OUT_OF_SCOPE]
    wrong = [(r.text, r.expected[0], r.intent) for r in chosen if r.intent != r.expected[0]]
    assert 1 - len(wrong) / len(chosen) >= LEAST_INTENTS, wrong


def test_bribes_and_dangers_are_not_taken_for_payments(results: list[Result]) -> None:
    chosen = [r for r in of(results, "look_alike") if r.expected[0] == OUT_OF_SCOPE]
    assert len(chosen) == 6
    told = {*aspects.DANGERS, *aspects.LIMITS}
    unheard = [(r.text, r.intent, r.aspect) for r in chosen if r.aspect not in told]
    assert len(unheard) <= 1, unheard
