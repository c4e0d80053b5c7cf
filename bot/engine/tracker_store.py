"""Conversations in memory, of which the least recently used are forgotten.

Reason: Rasa's in-memory store keeps every conversation, and every event of it, until the
process ends; a server that runs for months would fill its memory with them. Each turn also
reads and writes all of a conversation's events, so that a long one answers more slowly.
"""

from __future__ import annotations

import functools
import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.settings import settings

# About fifteen turns: no action or rule looks further back than the present one.
MOST_EVENTS = 150


class BoundedTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store with an upper bound of conversations, and of events in each.

    May be named in endpoints.yml: `type: bot.engine.tracker_store.BoundedTrackerStore`, with
    `conversations` (default: `BOT_CONVERSATIONS_KEPT`) and `events` as further keys.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        *,
        conversations: int | None = None,
        events: int = MOST_EVENTS,
        **kwargs: Any,
    ) -> None:
        """Takes Rasa's arguments; a further `host` (Rasa gives one) means nothing here.

        Raises:
            ValueError: a bound that leaves no room for anything.
        """
        super().__init__(domain, event_broker, **kwargs)
        self._most_conversations = (
            settings().conversations_kept if conversations is None else conversations
        )
        self._most_events = events
        if self._most_conversations < 1 or self._most_events < 1:
            raise ValueError("At least one conversation and one event must be kept.")
        # From the least to the most recently used.
        self.store: OrderedDict[str, bytes] = OrderedDict()
        # When something was last said in each, Unix seconds.
        self._said_at: dict[str, float] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a conversation, cut to its last turns, and forgets the one that is too many."""
        await self.stream_events(tracker)
        events = last_events(tracker, self._most_events)
        written = json.dumps([event.as_dict() for event in events]).encode()
        # Most of it is the same few keys and intents: a sixth of the size in half a millisecond.
        self.store[tracker.sender_id] = zlib.compress(written, level=1)
        self.store.move_to_end(tracker.sender_id)
        self._said_at[tracker.sender_id] = time.time()
        while len(self.store) > self._most_conversations:
            self.forget(next(iter(self.store)))

    def forget(self, sender_id: str) -> None:
        """Drops a conversation."""
        self.store.pop(sender_id, None)
        self._said_at.pop(sender_id, None)

    def unused_since(self, before: float) -> list[str]:
        """The conversations in which nothing was said since a time (Unix seconds)."""
        return [sender for sender in self.store if self._said_at.get(sender, 0.0) < before]

    async def _retrieve(
        self, sender_id: str, fetch_all_sessions: bool
    ) -> DialogueStateTracker | None:
        if sender_id in self.store:
            self.store.move_to_end(sender_id)
        return await super()._retrieve(sender_id, fetch_all_sessions)

    def deserialise_tracker(
        self, sender_id: str, serialised_tracker: bytes
    ) -> DialogueStateTracker | None:
        """The tracker of what `save` has written (see parent class for full docstring)."""
        tracker = self.init_tracker(sender_id)
        written = json.loads(zlib.decompress(serialised_tracker))
        # Rasa's own reading looks through all classes of events for each event.
        events = [_event_class(event["event"])._from_parameters(event) for event in written]
        tracker.recreate_from_dialogue(Dialogue(sender_id, events))
        return tracker


@functools.lru_cache(maxsize=64)
def _event_class(type_name: str) -> type[Event]:
    return Event.resolve_by_type(type_name)


def last_events(tracker: DialogueStateTracker, most: int) -> list[Event]:
    """A conversation's last whole turns of at most `most` events, behind what led to them.

    What was dropped is replaced by a few events (not counted) that bring about the same state:
    slots, active form, pause. The present turn is always whole, be it longer than `most`.
    """
    events = list(tracker.events)
    cut = _cut(events, most)
    if cut == 0:
        return events
    before = tracker.init_copy()
    for event in events[:cut]:
        before.update(event)
    return [*_summary(before, events[cut].timestamp), *events[cut:]]


def _cut(events: Sequence[Event], most: int) -> int:
    """Index of the first event to keep: where the bot listens to what the citizen then says."""
    if len(events) <= most:
        return 0
    turns = [i for i, event in enumerate(events) if i and _begins_turn(events, i)]
    short_enough = (i for i in turns if len(events) - i <= most)
    return next(short_enough, turns[-1] if turns else 0)


def _begins_turn(events: Sequence[Event], index: int) -> bool:
    event = events[index]
    return (
        isinstance(event, ActionExecuted)
        and event.action_name == ACTION_LISTEN_NAME
        and index + 1 < len(events)
        and isinstance(events[index + 1], UserUttered)
    )


def _summary(state: DialogueStateTracker, timestamp: float) -> list[Event]:
    """Events that bring a new tracker into a state."""
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [
        SlotSet(slot.name, slot.value)
        for slot in state.slots.values()
        if slot.value != slot.initial_value
    ]
    if state.active_loop is not None and state.active_loop_name:
        events.append(ActiveLoop(state.active_loop_name))
        if state.active_loop.rejected:
            events.append(ActionExecutionRejected(state.active_loop_name))
    if state.is_paused():
        events.append(ConversationPaused())
    for event in events:
        event.timestamp = timestamp
    return events
