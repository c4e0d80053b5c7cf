"""What is said of a life event, and going through its steps one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import life_events as actions
from actions.safe_action import Events
from bot import database, wording
from bot.catalogue import layers, life_events, service
from bot.catalogue.tables import CURATED
from bot.settings import Settings
from tests.actions.talking import Said, say

CAFE = ["1.001612", "1.013855", "1.011022", "2.000720"]


class Turn(Action):
    """Runs a function as an action; with a default, since rasa-sdk makes one of every action."""

    def __init__(
        self, does: Callable[[CollectingDispatcher, Tracker], Events] = actions.next_step
    ) -> None:
        self._does = does

    def name(self) -> str:
        return "action_turn"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        return self._does(dispatcher, tracker)


def told(key: str) -> Said:
    event = life_events.by_key(key)
    assert event is not None
    return say(Turn(lambda dispatcher, _: actions.tell_event(dispatcher, event)), "")


def following(slots: Mapping[str, Any]) -> Said:
    return say(Turn(actions.next_step), "bước tiếp theo là gì", slots=slots)


@pytest.mark.usefixtures("shipped_seed")
def test_an_event_is_told_with_its_steps_in_order() -> None:
    said = told("mo-quan-an")
    event = life_events.by_key("mo-quan-an")
    assert event is not None
    lines = said.text.splitlines()
    assert "“Mở quán cà phê, quán ăn”" in lines[0]
    for number, (code, why) in enumerate(event.steps, start=1):
        procedure = service.procedure(code)
        assert procedure is not None
        assert lines[number] == f"{number}. {procedure.display_name}. {why}"
    assert lines[-1].startswith("Nguồn: ")
    assert lines[-1].endswith("2026.")
    assert len(lines) == len(event.steps) + 3


@pytest.mark.usefixtures("shipped_seed")
def test_the_steps_can_be_picked_by_button_and_by_number() -> None:
    said = told("mo-quan-an")
    assert [button["payload"] for button in said.buttons] == [
        f'/choose_option{{"procedure_code": "{code}"}}' for code in CAFE
    ]
    assert said.buttons[1]["title"].startswith("2. ")
    assert said.slots == {
        "options": CAFE,
        "life_event": "mo-quan-an",
        "pending_topic": None,
        "procedure_code": None,
    }


@pytest.mark.usefixtures("shipped_seed")
def test_machines_are_told_at_most_five_steps_and_the_source() -> None:
    said = told("thua-ke-nha-dat")
    assert len(said.slots["options"]) > 5
    [answer] = said.answers
    assert (answer["topic"], answer["status"]) == ("life_event", "answered")
    assert [option["code"] for option in answer["options"]] == said.slots["options"][:5]
    assert len(said.buttons) == 5
    assert all(len(button["title"]) <= 64 for button in said.buttons)
    procedure = service.procedure(said.slots["options"][0])
    assert procedure is not None
    assert procedure.source is not None
    assert answer["source"] == {
        "title": procedure.source.title,
        "url": procedure.source.url,
        "checked_on": procedure.source.checked_on.isoformat(),
    }


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize(
    ("key", "opening"),
    [("mat-nguoi-than", "Em xin chia buồn"), ("bao-luc-gia-dinh", "Nếu đang gặp nguy hiểm")],
)
def test_grief_and_danger_come_first(key: str, opening: str) -> None:
    assert told(key).text.startswith(opening)


def test_the_openings_are_of_events_that_ship(shipped_seed: Settings) -> None:
    assert [key for key in actions.OPENINGS if life_events.by_key(key) is None] == []
    assert set(actions.OPENINGS.values()) <= set(wording.responses("life_events"))


@pytest.mark.usefixtures("shipped_seed")
def test_the_steps_are_gone_through_to_the_end() -> None:
    slots: dict[str, Any] = {"life_event": "mo-quan-an"}
    walked = []
    for number in range(1, len(CAFE) + 1):
        said = following(slots)
        assert said.text.startswith(
            f"Việc “Mở quán cà phê, quán ăn”, bước {number} trong {len(CAFE)} bước:"
        )
        assert said.answers[0]["topic"] == "procedure"
        walked.append(said.slots["procedure_code"])
        assert said.slots["life_event"] == "mo-quan-an"
        slots.update(said.slots)
    assert walked == CAFE
    said = following(slots)
    assert "bước cuối" in said.text
    assert said.answers == [
        {
            "topic": "life_event",
            "status": "clarify",
            "options": said.answers[0]["options"],
        }
    ]
    assert [option["code"] for option in said.answers[0]["options"]] == CAFE
    assert len(said.buttons) == len(CAFE)
    assert said.slots == {"options": CAFE, "life_event": "mo-quan-an", "pending_topic": None}


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"procedure_code": "1.001193"},
        {"life_event": "khong-co-that"},
        # The talk went on to a procedure of no step.
        {"life_event": "mo-quan-an", "procedure_code": "1.001193"},
    ],
)
def test_without_an_event_nothing_is_said(slots: dict[str, Any]) -> None:
    dispatcher = CollectingDispatcher()
    tracker = Tracker("test", slots, {"text": "bước tiếp theo"}, [], False, None, {}, None)
    assert actions.next_step(dispatcher, tracker) == []
    assert dispatcher.messages == []


@pytest.mark.usefixtures("shipped_seed")
def test_a_step_that_the_catalogue_lost_is_passed_over() -> None:
    with database.begin() as connection:
        gone = service.procedure(CAFE[1])
        assert gone is not None
        kept = [p for code in (CAFE[0], *CAFE[2:]) if (p := service.procedure(code))]
        layers.write_layer(connection, CURATED, kept)
    said = told("mo-quan-an")
    assert said.slots["options"] == [CAFE[0], *CAFE[2:]]
    assert gone.display_name not in said.text
    assert following({"life_event": "mo-quan-an", "procedure_code": CAFE[0]}).slots[
        "procedure_code"
    ] == CAFE[2]  # fmt: skip
