"""The ladder for what is not understood: no rung says what the one before has said."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import misunderstanding
from actions.safe_action import Events
from bot.settings import Settings
from tests.actions.talking import template

Rung = Callable[[CollectingDispatcher, Tracker], Events]


def not_found(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    return misunderstanding.not_found(dispatcher, tracker, "procedure")


def no_need(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    return misunderstanding.no_need(dispatcher, tracker, ["fee"])


def missed(steps: list[Rung]) -> list[tuple[str, str]]:
    """Text and status of each reply to messages that follow one another."""
    events: list[dict[str, Any]] = []
    said = []
    slots: dict[str, Any] = {}
    for step in steps:
        events.append({"event": "user", "timestamp": float(len(events))})
        message = {"text": "xyz", "intent": {"name": "nlu_fallback"}, "entities": []}
        tracker = Tracker("test", dict(slots), message, list(events), False, None, {}, None)
        dispatcher = CollectingDispatcher()
        slots.update({event["name"]: event["value"] for event in step(dispatcher, tracker)})
        (text,) = [m["response"] for m in dispatcher.messages if m.get("response")]
        (answer,) = [m["custom"]["answer"] for m in dispatcher.messages if m.get("custom")]
        said.append((template(text), answer["status"]))
    return said


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize(
    "first", [not_found, no_need, misunderstanding.unused, misunderstanding.outside]
)
def test_help_comes_before_a_person_and_nothing_is_said_twice(first: Rung) -> None:
    said = missed([first] * 6)
    texts = [text for text, _ in said]
    assert all(one != other for one, other in pairwise(texts))
    assert len(set(texts)) >= 4
    statuses = [status for _, status in said]
    assert "handover" not in statuses[:1]
    assert statuses[2:] == ["handover"] * 4
    assert "1022" in " ".join(texts[2:4])


def test_an_answer_in_between_starts_the_ladder_anew(database_ready: Settings) -> None:
    def answered(dispatcher: CollectingDispatcher, _: Tracker) -> Events:
        dispatcher.utter_message(response="utter_greet")
        dispatcher.utter_message(json_message={"answer": {"status": "answered"}})
        return []

    said = missed([not_found, not_found, answered, not_found])
    assert said[0] == said[3]
    assert said[1][0] != said[0][0]
