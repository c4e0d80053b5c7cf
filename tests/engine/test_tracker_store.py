"""The store forgets the least recently used conversations and the oldest turns of long ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.engine import agent
from bot.engine.tracker_store import MOST_EVENTS, BoundedTrackerStore
from bot.settings import Settings, settings

NAME = "bot.engine.tracker_store.BoundedTrackerStore"
SENDER = "me"
DOMAIN = Domain.from_dict(
    {
        "intents": ["inform"],
        "slots": {
            "code": {"type": "text", "mappings": [{"type": "custom"}]},
            "options": {"type": "list", "mappings": [{"type": "custom"}]},
            "tries": {
                "type": "float",
                "initial_value": 0.5,
                "min_value": 0.0,
                "max_value": 9.0,
                "mappings": [{"type": "custom"}],
            },
        },
        "forms": {"some_form": {"required_slots": ["code"]}},
    }
)
START = (ActionExecuted("action_session_start"), SessionStarted())


def store(conversations: int = 9, events: int = 12) -> BoundedTrackerStore:
    return BoundedTrackerStore(DOMAIN, conversations=conversations, events=events)


def turn(text: str, *events: Event) -> list[Event]:
    """What one message leaves behind: four events and those of its action."""
    said = UserUttered(text, {"name": "inform"})
    return [
        ActionExecuted("action_listen"), said, ActionExecuted("some_action"),
        *events, BotUttered(f"an answer to {text}"),
    ]  # fmt: skip


async def say(kept: TrackerStore, *events: Event, sender: str = SENDER) -> None:
    """What Rasa's processor does with a store in a turn."""
    tracker = await kept.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update_with_events(list(events), DOMAIN)
    await kept.save(tracker)


def tracker_after(
    *turns: list[Event], events: int = 12, start: tuple[Event, ...] = START
) -> DialogueStateTracker:
    """The conversation as the store gives it back after these turns."""

    async def talk() -> DialogueStateTracker:
        kept = store(events=events)
        await say(kept, *start)
        for one in turns:
            await say(kept, *one)
        return await kept.retrieve(SENDER)

    return asyncio.run(talk())


def turns(number: int) -> list[list[Event]]:
    return [turn(f"message {i}") for i in range(number)]


def said(tracker: DialogueStateTracker) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def test_the_least_recently_used_conversation_is_forgotten_first() -> None:
    async def talk() -> list[str]:
        kept = store(conversations=3)
        for sender in ("a", "b", "c"):
            await say(kept, *START, sender=sender)
        await say(kept, *turn("again"), sender="a")
        await kept.retrieve("b")  # reading is a use, too
        await say(kept, *START, sender="d")
        assert await kept.retrieve("c") is None
        assert not await kept.exists("c")
        return list(await kept.keys())

    assert asyncio.run(talk()) == ["a", "b", "d"]


def test_many_conversations_never_are_more_than_may_be_kept() -> None:
    async def talk() -> list[int]:
        kept = store(conversations=5)
        sizes = []
        for number in range(50):
            await say(kept, *START, sender=str(number))
            sizes.append(len(list(await kept.keys())))
        return sizes

    assert asyncio.run(talk()) == [1, 2, 3, 4] + [5] * 46


def test_a_forgotten_conversation_begins_anew() -> None:
    async def talk() -> DialogueStateTracker:
        kept = store(conversations=1)
        await say(kept, *START, *turn("hello", SlotSet("code", "1")))
        await say(kept, *START, sender="other")
        return await kept.get_or_create_tracker(SENDER, append_action_listen=False)

    tracker = asyncio.run(talk())
    assert list(tracker.events) == []
    assert tracker.get_slot("code") is None


def test_a_short_conversation_is_kept_as_rasa_keeps_it() -> None:
    async def talk(kept: TrackerStore) -> DialogueStateTracker:
        await say(kept, *START, *turn("hello", SlotSet("code", "1"), ActiveLoop("some_form")))
        return await kept.retrieve(SENDER)

    ours = asyncio.run(talk(store()))
    rasas = asyncio.run(talk(InMemoryTrackerStore(DOMAIN)))
    assert list(ours.events) == list(rasas.events)
    assert len(ours.events) == 8
    assert ours.current_slot_values() == rasas.current_slot_values()


@pytest.mark.parametrize("number", [2, 3, 4, 30])
def test_a_long_conversation_is_cut_to_its_last_whole_turns(number: int) -> None:
    tracker = tracker_after(*turns(number))
    assert said(tracker) == [f"message {i}" for i in range(number)][-3:]
    first = [event.action_name for event in tracker.events if isinstance(event, ActionExecuted)]
    assert first[:3] == ["action_session_start", "action_listen", "some_action"]
    assert len(tracker.events) <= 12 + len(START)
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == f"message {number - 1}"
    assert tracker.latest_bot_utterance.text == f"an answer to message {number - 1}"


def test_times_do_not_run_backwards_where_it_was_cut() -> None:
    times = [event.timestamp for event in tracker_after(*turns(9)).events]
    assert times == sorted(times)


def test_slots_outlive_the_turns_that_set_them() -> None:
    first = turn("first", SlotSet("code", "1.001193"), SlotSet("options", ["a", "b"]))
    tracker = tracker_after(first, *turns(9))
    assert "first" not in said(tracker)
    assert tracker.get_slot("code") == "1.001193"
    assert tracker.get_slot("options") == ["a", "b"]
    assert tracker.get_slot("tries") == 0.5


def test_a_slot_that_was_emptied_stays_empty() -> None:
    first = turn("first", SlotSet("code", "1.001193"), SlotSet("tries", None))
    assert tracker_after(first, *turns(9)).get_slot("tries") is None
    # Emptied before the cut, and in a turn that is still kept.
    emptied = turn("emptied", SlotSet("code", None))
    assert tracker_after(first, emptied, *turns(9)).get_slot("code") is None
    assert tracker_after(first, *turns(9), emptied).get_slot("code") is None
    reset = turn("reset", AllSlotsReset())
    assert tracker_after(first, *turns(9), reset).get_slot("code") is None


def test_a_slot_that_was_changed_keeps_its_last_value() -> None:
    first, second = (turn(value, SlotSet("code", value)) for value in ("first", "second"))
    assert tracker_after(first, second, *turns(9)).get_slot("code") == "second"
    assert tracker_after(first, *turns(9), second).get_slot("code") == "second"


def test_an_open_form_stays_open_and_a_closed_one_closed() -> None:
    opened, closed = turn("open", ActiveLoop("some_form")), turn("close", ActiveLoop(None))
    asked = turn("asked", SlotSet("requested_slot", "code"))
    tracker = tracker_after(opened, asked, *turns(9))
    assert tracker.active_loop_name == "some_form"
    assert tracker.active_loop is not None
    assert not tracker.active_loop.rejected
    assert tracker.get_slot("requested_slot") == "code"
    assert tracker_after(opened, closed, *turns(9)).active_loop_name is None
    assert tracker_after(opened, *turns(9), closed).active_loop_name is None


def test_a_form_that_was_rejected_stays_so_and_a_paused_talk_paused() -> None:
    rejected = turn("no", ActiveLoop("some_form"), ActionExecutionRejected("some_form"))
    tracker = tracker_after(rejected, *turns(9))
    assert tracker.active_loop is not None
    assert tracker.active_loop.rejected
    assert tracker_after(turn("stop", ConversationPaused()), *turns(9)).is_paused()
    assert not tracker_after(*turns(9)).is_paused()


def test_a_turn_that_is_longer_than_allowed_is_kept_whole() -> None:
    long = turn("long", *(SlotSet("code", str(i)) for i in range(20)))
    tracker = tracker_after(*turns(3), long)
    assert said(tracker) == ["long"]
    assert tracker.get_slot("code") == "19"
    assert len(tracker.events) == 24 + len(START)


def test_events_before_any_message_are_kept_whole() -> None:
    many = tuple(SlotSet("code", str(i)) for i in range(20))
    assert len(tracker_after(start=(*START, *many)).events) == 22


def test_only_the_last_session_comes_back() -> None:
    tracker = tracker_after(*turns(9), [*START, *turn("a new session")])
    assert said(tracker) == ["a new session"]


def test_a_broker_gets_every_event_once_though_the_store_cuts() -> None:
    published: list[dict[str, Any]] = []

    class Broker(EventBroker):
        def publish(self, event: dict[str, Any]) -> None:
            published.append(event)

    async def talk() -> None:
        kept = BoundedTrackerStore(DOMAIN, Broker(), conversations=2, events=12)
        await say(kept, *START)
        for one in turns(20):
            await say(kept, *one)

    asyncio.run(talk())
    assert len(published) == len(START) + 20 * 4
    assert [e["text"] for e in published if e["event"] == "user"] == [
        f"message {i}" for i in range(20)
    ]


def test_a_talk_without_end_takes_no_more_memory() -> None:
    async def talk() -> list[int]:
        kept = store(events=40)
        await say(kept, *START)
        sizes = []
        for number in range(300):
            await say(kept, *turn(f"message {number:03}", SlotSet("code", str(number))))
            sizes.append(len(kept.store[SENDER]))
        return sizes

    sizes = asyncio.run(talk())
    assert max(sizes[20:]) < 1.1 * min(sizes[20:])


def test_what_is_kept_is_a_small_part_of_what_is_said() -> None:
    async def talk() -> tuple[int, int]:
        kept = store(events=MOST_EVENTS)
        await say(kept, *START)
        for one in turns(25):
            await say(kept, *one)
        tracker = await kept.retrieve(SENDER)
        return len(kept.store[SENDER]), len(json.dumps(tracker.as_dialogue().as_dict()))

    compressed, plain = asyncio.run(talk())
    assert compressed < plain / 4


@pytest.mark.parametrize("bounds", [{"conversations": 0}, {"events": 0}])
def test_a_bound_that_leaves_nothing_is_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be kept"):
        BoundedTrackerStore(DOMAIN, **bounds)


def test_endpoints_of_plain_rasa_may_name_it(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text(f"tracker_store:\n  type: {NAME}\n  conversations: 2\n", encoding="utf-8")
    made = TrackerStore.create(AvailableEndpoints.read_endpoints(str(file)).tracker_store)
    assert isinstance(made, BoundedTrackerStore)

    async def talk() -> int:
        for sender in ("a", "b", "c"):
            await say(made, *START, sender=sender)
        return len(list(await made.keys()))

    assert asyncio.run(talk()) == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: TrackerStore.create(agent.endpoints().tracker_store),
        lambda: TrackerStore.create(EndpointConfig(type=NAME)),
    ],
)
def test_the_bot_keeps_as_many_conversations_as_the_settings_say(
    make: Callable[[], BoundedTrackerStore],
    fresh_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOT_CONVERSATIONS_KEPT", "4")
    settings.cache_clear()

    async def talk() -> int:
        kept = make()
        assert isinstance(kept, BoundedTrackerStore)
        for number in range(6):
            await say(kept, *START, sender=str(number))
        return len(list(await kept.keys()))

    assert asyncio.run(talk()) == 4
