"""Conversations that leave the tracker store: on a citizen's request, or because they are old.

Reason: Rasa's stores only add. A store of another kind than those below cannot forget; that is
refused when the server starts, so that no citizen is promised what cannot be kept.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.core.utils import AvailableEndpoints

from bot.engine.tracker_store import BoundedTrackerStore
from bot.settings import Settings

# A slot: the conversation is to be erased when the present turn is over.
ERASE = "erase"
# Published to the event broker, so that whoever keeps copies forgets them as well.
ERASED_EVENT = "conversation_erased"
_ABLE = (InMemoryTrackerStore, SQLTrackerStore, RedisTrackerStore)


class CannotForget(RuntimeError):
    """The tracker store has no way to delete a conversation."""


def check(store: TrackerStore) -> None:
    """Fail unless conversations of the store can be erased.

    Raises:
        CannotForget: they cannot.
    """
    inner = _inner(store)
    if not isinstance(inner, _ABLE):
        raise CannotForget(
            f"Conversations in a {type(inner).__name__} cannot be erased; endpoints.yml may name "
            "an SQL or Redis tracker store, or none."
        )


def erase(store: TrackerStore, sender_id: str) -> None:
    """Delete one conversation, and say so to the event broker."""
    inner = _inner(store)
    if isinstance(inner, BoundedTrackerStore):
        inner.forget(sender_id)
    elif isinstance(inner, InMemoryTrackerStore):
        inner.store.pop(sender_id, None)
    elif isinstance(inner, SQLTrackerStore):
        with _session(inner) as session:
            session.execute(sa.delete(inner.SQLEvent).where(inner.SQLEvent.sender_id == sender_id))
    elif isinstance(inner, RedisTrackerStore):
        inner.red.delete(inner.key_prefix + sender_id)
    if inner.event_broker is not None:
        inner.event_broker.publish(
            {"sender_id": sender_id, "event": ERASED_EVENT, "timestamp": time.time()}
        )


def purge(store: TrackerStore, before: float, *, dry_run: bool = False) -> int:
    """Delete the conversations in which nothing was said since a time (Unix seconds); how many.

    Redis forgets by itself (`record_exp` in endpoints.yml).
    """
    inner = _inner(store)
    if isinstance(inner, BoundedTrackerStore):
        old = inner.unused_since(before)
        for sender_id in old if not dry_run else ():
            inner.forget(sender_id)
        return len(old)
    if not isinstance(inner, SQLTrackerStore):
        return 0
    event = inner.SQLEvent
    old_ones = (
        sa.select(event.sender_id)
        .group_by(event.sender_id)
        .having(sa.func.max(event.timestamp) < before)
    )
    with _session(inner) as session:
        count = session.execute(
            sa.select(sa.func.count()).select_from(old_ones.subquery())
        ).scalar()
        if not dry_run:
            gone = sa.delete(event).where(event.sender_id.in_(old_ones))
            session.execute(gone, execution_options={"synchronize_session": False})
    return int(count or 0)


def purge_named_store(settings: Settings, *, dry_run: bool = False) -> int | None:
    """`purge` the tracker store that endpoints.yml names; None if it names none."""
    named = AvailableEndpoints.read_endpoints(str(settings.endpoints)).tracker_store
    if named is None:
        return None
    before = oldest_kept(settings)
    return purge(TrackerStore.create(named), before, dry_run=dry_run)


def oldest_kept(settings: Settings) -> float:
    """Conversations in which nothing was said since then are old (Unix seconds)."""
    return time.time() - settings.keep_conversations_days * 24 * 60 * 60


def _inner(store: TrackerStore) -> TrackerStore:
    while isinstance(store, (AwaitableTrackerStore, FailSafeTrackerStore)):
        store = store._tracker_store
    return store


@contextlib.contextmanager
def _session(store: SQLTrackerStore) -> Any:
    """One transaction: all is deleted, or nothing."""
    with store.session_scope() as session:
        yield session
        session.commit()
