"""What a talk keeps, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import memory, telling
from bot import database
from bot.catalogue import layers
from bot.catalogue.tables import NATIONAL
from tests.catalogue.exports import procedure


def talk(*events: dict[str, Any], slots: dict[str, Any] | None = None, text: str = "") -> Tracker:
    message = {"text": text, "intent": {"name": "inform"}, "entities": []}
    return Tracker("test", slots or {}, message, list(events), False, None, {}, None)


def said(at: float) -> dict[str, Any]:
    return {"event": "user", "timestamp": at}


def missed(tracker: Tracker) -> str:
    (event,) = memory.one_more_missed(tracker)
    return str(event["value"])


def test_messages_that_were_missed_in_a_row_are_counted() -> None:
    assert memory.turns_missed(talk(said(1.5))) == 0
    first = missed(talk(said(1.5)))
    second = talk(said(1.5), said(2.25), slots={"missed": first})
    assert memory.turns_missed(second) == 1
    third = talk(said(1.5), said(2.25), said(3.0), slots={"missed": missed(second)})
    assert memory.turns_missed(third) == 2
    # Only the last two messages are needed: a long talk loses its first ones.
    assert memory.turns_missed(talk(said(2.25), said(3.0), slots={"missed": missed(second)})) == 2


def test_an_answer_in_between_ends_the_row() -> None:
    first = missed(talk(said(1.5)))
    assert memory.turns_missed(talk(said(1.5), said(2.0), said(3.0), slots={"missed": first})) == 0


def test_a_citizen_who_comes_back_after_a_while_is_noticed() -> None:
    assert not memory.after_long_pause(talk(said(0)))
    assert not memory.after_long_pause(talk(said(0), said(memory.LONG_PAUSE - 1)))
    assert memory.after_long_pause(talk(said(0), said(memory.LONG_PAUSE)))


def test_the_trail_has_each_procedure_once_the_latest_last() -> None:
    (event,) = memory.visited(talk(slots={"trail": ["1.000001", "1.000002"]}), "1.000001")
    assert event["value"] == ["1.000002", "1.000001"]
    many = [f"1.{n:06}" for n in range(memory.LONGEST_TRAIL)]
    (event,) = memory.visited(talk(slots={"trail": many}), "2.000000")
    assert event["value"] == [*many[1:], "2.000000"]


@pytest.mark.parametrize("value", ["None", "{'a': 1}", "1.0011930", "abc", ""])
def test_a_payload_with_anything_but_a_code_names_none(value: str) -> None:
    tracker = talk(text="/choose_option{}")
    tracker.latest_message["entities"] = [{"entity": "procedure_code", "value": value}]
    assert memory.named_code(tracker) is None


def test_the_case_is_kept_and_the_newer_one_wins() -> None:
    tracker = talk(slots={"situation": ["age:8"]}, text="con tôi 15 tuổi")
    (event,) = memory.keep_situation(tracker)
    assert event["value"] == ["age:15"]
    assert memory.keep_situation(talk(text="phí bao nhiêu")) == []


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize(("seconds", "reminded"), [(memory.LONG_PAUSE, True), (60, False)])
def test_after_a_pause_the_talk_resumes_with_a_reminder(seconds: float, reminded: bool) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, NATIONAL, [procedure("1.000101", "Đăng ký thử")])
    dispatcher = CollectingDispatcher()
    telling.remind(dispatcher, talk(said(0), said(seconds)), "1.000101")
    shown = [(m["response"], m["procedure"]) for m in dispatcher.messages]
    assert shown == ([("utter_resumed", "Đăng ký thử")] if reminded else [])
