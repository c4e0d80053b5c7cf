"""Conversations are forgotten on request and by age, in every store that the bot runs with."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    InMemoryTrackerStore,
    MongoTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from bot.engine import erasure
from bot.engine.tracker_store import BoundedTrackerStore


class Heard(EventBroker):
    """An event broker that keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def publish(self, event: dict[str, Any]) -> None:
        self.events.append(event)


def bounded(broker: EventBroker, _: Path) -> TrackerStore:
    return BoundedTrackerStore(Domain.empty(), broker)


def in_memory(broker: EventBroker, _: Path) -> TrackerStore:
    return AwaitableTrackerStore(InMemoryTrackerStore(Domain.empty(), broker))


def sql(broker: EventBroker, folder: Path) -> TrackerStore:
    return SQLTrackerStore(Domain.empty(), db=str(folder / "talks.db"), event_broker=broker)


def redis(broker: EventBroker, _: Path) -> TrackerStore:
    return RedisTrackerStore(Domain.empty(), event_broker=broker, key_prefix=uuid.uuid4().hex)


SERVICES = {redis: ("Redis", "127.0.0.1", 6379)}


@pytest.fixture
def broker() -> Heard:
    return Heard()


@pytest.fixture(params=[bounded, in_memory, sql, redis], ids=lambda make: make.__name__)
def store(
    request: pytest.FixtureRequest,
    broker: Heard,
    tmp_path: Path,
    require_service: Callable[[str, str, int], None],
) -> Iterator[TrackerStore]:
    """Two conversations, in each kind of store."""
    if request.param in SERVICES:
        require_service(*SERVICES[request.param])
    store = request.param(broker, tmp_path)
    for sender in ("one", "other"):
        said(store, sender)
    broker.events.clear()
    yield store
    for sender in ("one", "other"):
        erasure.erase(store, sender)


def said(store: TrackerStore, sender: str) -> None:
    async def say() -> None:
        tracker = await store.get_or_create_tracker(sender)
        tracker.update(UserUttered("xin chào"))
        await store.save(tracker)

    asyncio.run(say())


def texts(store: TrackerStore, sender: str) -> list[str | None]:
    tracker = asyncio.run(store.retrieve_full_tracker(sender))
    return [e.text for e in tracker.events if isinstance(e, UserUttered)] if tracker else []


def test_one_conversation_goes_and_the_other_stays(store: TrackerStore, broker: Heard) -> None:
    assert texts(store, "one") == texts(store, "other") == ["xin chào"]
    erasure.erase(store, "one")
    assert texts(store, "one") == []
    assert texts(store, "other") == ["xin chào"]
    assert [(e["sender_id"], e["event"]) for e in broker.events] == [("one", "conversation_erased")]


def test_erasing_twice_is_no_fault(store: TrackerStore) -> None:
    erasure.erase(store, "one")
    erasure.erase(store, "one")
    said(store, "one")
    assert texts(store, "one") == ["xin chào"]


def test_old_conversations_of_an_sql_store_go_whole(
    tmp_path: Path, broker: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sql(broker, tmp_path)
    monkeypatch.setattr("time.time", lambda: 1000.0)
    said(store, "old")
    said(store, "lively")
    monkeypatch.setattr("time.time", lambda: 3000.0)
    said(store, "lively")
    assert erasure.purge(store, 2000.0, dry_run=True) == 1
    assert texts(store, "old") == ["xin chào"]
    assert erasure.purge(store, 2000.0) == 1
    assert (texts(store, "old"), len(texts(store, "lively"))) == ([], 2)
    assert erasure.purge(store, 2000.0) == 0


def test_old_conversations_in_memory_go(broker: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    store = bounded(broker, Path())
    monkeypatch.setattr("time.time", lambda: 1000.0)
    said(store, "old")
    monkeypatch.setattr("time.time", lambda: 3000.0)
    said(store, "lively")
    assert erasure.purge(store, 2000.0) == 1
    assert (texts(store, "old"), texts(store, "lively")) == ([], ["xin chào"])


def test_a_store_that_cannot_forget_is_refused() -> None:
    mongo = MongoTrackerStore.__new__(MongoTrackerStore)
    with pytest.raises(erasure.CannotForget, match="MongoTrackerStore"):
        erasure.check(mongo)


def test_the_shipped_stores_are_accepted(store: TrackerStore) -> None:
    erasure.check(store)
