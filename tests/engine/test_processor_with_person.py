"""While a person has a conversation, Rasa neither understands for it nor stores anything of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered, Event, UserUttered

from bot import wording
from bot.channels import operators
from bot.channels.incoming import user_message
from bot.engine import agent as agents
from bot.engine.training import current_model
from bot.settings import Settings
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Handover
from tests.talks import held, known, opened, take_the_database_away

pytestmark = pytest.mark.usefixtures("shipped_seed")


@pytest.fixture(scope="module")
def agent() -> Agent:
    return agents.load_now(current_model())


@pytest.fixture
def predictions(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whose next actions Rasa was asked for."""
    asked: list[str] = []
    predict = MessageProcessor.predict_next_with_tracker_if_should

    def recorded(self: MessageProcessor, tracker: Any) -> Any:
        asked.append(tracker.sender_id)
        return predict(self, tracker)

    monkeypatch.setattr(MessageProcessor, "predict_next_with_tracker_if_should", recorded)
    return asked


async def deliver(agent: Agent, session: str, message_id: str, text: str) -> list[dict[str, Any]]:
    output = CollectingOutputChannel()
    message = user_message(text, output, session, "web", message_id=message_id)
    said = await agent.handle_message(message)
    assert said == output.messages
    return output.messages


async def stored(agent: Agent, session: str) -> list[Event]:
    tracker = await agent.tracker_store.retrieve(session)
    return [] if tracker is None else list(tracker.events)


def citizens(events: list[Event]) -> list[str | None]:
    return [event.text for event in events if isinstance(event, UserUttered)]


def heard(talk: Handover) -> list[str]:
    return [line.text for line in handover_talk.read(talk.id) if line.author == h.CITIZEN]


def persons(messages: list[dict[str, Any]]) -> list[Any]:
    answers = [message["custom"]["answer"] for message in messages if "custom" in message]
    return [answer.get("person") for answer in answers]


def test_what_is_said_to_an_operator_is_not_stored_and_nothing_is_predicted(
    agent: Agent, predictions: list[str]
) -> None:
    async def work() -> None:
        await deliver(agent, "held", "before", "chào em")
        before = await stored(agent, "held")
        assert predictions
        predictions.clear()
        talk = held("held")
        said = await deliver(agent, "held", "one", "làm giấy khai sinh cần giấy tờ gì")
        assert [sorted(message) for message in said] == [["custom", "recipient_id"]]
        assert persons(said) == [{"state": "held", "name": "Cán bộ an"}]
        assert await deliver(agent, "held", "one", "làm giấy khai sinh cần giấy tờ gì") == said
        assert heard(talk) == ["làm giấy khai sinh cần giấy tờ gì"]
        assert await stored(agent, "held") == before
        assert predictions == []

    asyncio.run(work())


def test_who_waits_hears_the_place_and_nothing_is_stored(
    agent: Agent, predictions: list[str]
) -> None:
    async def work() -> None:
        talk = opened("waits")
        said = await deliver(agent, "waits", "one", "làm giấy khai sinh cần giấy tờ gì")
        waiting = wording.text("handover", "utter_handover_waiting", "web")
        assert [message["text"] for message in said if "text" in message] == [
            waiting.format(place=1)
        ]
        assert heard(talk) == ["làm giấy khai sinh cần giấy tờ gì"]
        # A conversation that began with the operator is not begun for the bot.
        assert await stored(agent, "waits") == []
        assert predictions == []

    asyncio.run(work())


def test_when_the_talk_is_over_the_bot_goes_on_where_it_was(agent: Agent) -> None:
    async def work() -> None:
        await deliver(agent, "goes-on", "before", "làm giấy khai sinh cần giấy tờ gì")
        before = await stored(agent, "goes-on")
        talk = held("goes-on")
        await deliver(agent, "goes-on", "one", "lệ phí bao nhiêu")
        operators.close(talk.id, "an", talk.claim, h.SOLVED)
        said = await deliver(agent, "goes-on", "two", "chào em")
        assert any("text" in message for message in said)
        assert persons(said) == [None] * len(persons(said))
        after = await stored(agent, "goes-on")
        assert after[: len(before)] == before
        assert citizens(after) == ["làm giấy khai sinh cần giấy tờ gì", "chào em"]

    asyncio.run(work())


def test_who_leaves_the_queue_is_told_and_asks_the_bot_again(agent: Agent) -> None:
    async def work() -> None:
        talk = opened("leaves")
        said = await deliver(agent, "leaves", "one", "quay lại hỏi máy")
        assert [message.get("text") for message in said] == [
            wording.text("handover", "utter_handover_left", "web"), None,
        ]  # fmt: skip
        assert known(talk).close_reason == h.LEFT
        assert await stored(agent, "leaves") == []
        await deliver(agent, "leaves", "two", "chào em")
        assert citizens(await stored(agent, "leaves")) == ["chào em"]

    asyncio.run(work())


def test_who_is_in_danger_gets_the_number_from_the_real_model(agent: Agent) -> None:
    async def work() -> None:
        talk = held("danger")
        said = await deliver(agent, "danger", "one", "cứu với nhà tôi đang cháy")
        number = wording.text("limits", "utter_danger_fire", "web")
        assert number in [message.get("text") for message in said]
        assert heard(talk) == ["cứu với nhà tôi đang cháy"]
        assert await stored(agent, "danger") == []

    asyncio.run(work())


def test_another_conversation_is_the_bots_meanwhile(agent: Agent) -> None:
    async def work() -> None:
        held("somebody")
        with_person, with_bot = await asyncio.gather(
            deliver(agent, "somebody", "one", "chào em"),
            deliver(agent, "nobody", "one", "chào em"),
        )
        assert persons(with_person) == [{"state": "held", "name": "Cán bộ an"}]
        assert any("text" in message for message in with_bot)
        assert citizens(await stored(agent, "nobody")) == ["chào em"]
        assert await stored(agent, "somebody") == []

    asyncio.run(work())


def test_a_conversation_whose_session_has_expired_is_not_begun_anew(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        await deliver(agent, "expired", "before", "chào em")
        before = await stored(agent, "expired")
        talk = held("expired")
        later = time.time() + 30 * 24 * 60 * 60
        monkeypatch.setattr(time, "time", lambda: later)
        for number in range(2):
            said = await deliver(agent, "expired", f"late-{number}", "Em còn chờ")
            assert persons(said) == [{"state": "held", "name": "Cán bộ an"}]
            assert len(said) == 1
        assert await stored(agent, "expired") == before
        assert heard(talk) == ["Em còn chờ"] * 2

    asyncio.run(work())


def test_a_button_that_the_bot_has_shown_is_kept_by_its_title(agent: Agent) -> None:
    async def work() -> None:
        await deliver(agent, "button", "before", "làm giấy khai sinh cần giấy tờ gì")
        shown = [
            button
            for event in await stored(agent, "button")
            if isinstance(event, BotUttered)
            for button in event.data.get("buttons") or ()
        ]
        assert shown
        talk = held("button")
        await deliver(agent, "button", "one", shown[-1]["payload"])
        assert heard(talk) == [shown[-1]["title"]]

    asyncio.run(work())


def test_a_button_that_was_shown_in_the_talk_is_kept_by_its_title(agent: Agent) -> None:
    async def work() -> None:
        talk = opened("own-button")
        operators.tell(talk, "utter_handover_long", "long", due="")
        handovers.claim(talk.id, "an", "An")
        call_back = '/request_human{"aspect": "call_back"}'
        await deliver(agent, "own-button", "one", call_back)
        assert heard(talk) == ["Xin gọi lại"]

    asyncio.run(work())


def test_without_a_database_the_bot_answers(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, predictions: list[str]
) -> None:
    async def work() -> None:
        held("down")
        take_the_database_away(monkeypatch)
        said = await deliver(agent, "down", "one", "chào em")
        assert any("text" in message for message in said)
        assert persons(said) == [None] * len(persons(said))
        assert predictions
        assert citizens(await stored(agent, "down")) == ["chào em"]

    asyncio.run(work())


def test_without_a_hand_over_rasa_does_as_it_does(
    agent: Agent, shipped_seed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same events as of Rasa's own way of handling a message."""

    async def talk(session: str) -> list[Any]:
        for number, text in enumerate(("chào em", "làm giấy khai sinh cần giấy tờ gì")):
            await deliver(agent, session, f"m{number}", text)
        kept = [event.as_dict() for event in await stored(agent, session)]
        for event in kept:
            event.pop("timestamp")
        return kept

    ours = asyncio.run(talk("ours"))
    handle = MessageProcessor._handle_message_with_tracker
    monkeypatch.setattr(type(agent.processor), "_handle_message_with_tracker", handle)
    theirs = asyncio.run(talk("theirs"))
    assert ours == theirs
    assert len(ours) > 4
