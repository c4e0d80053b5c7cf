"""Rows of hand-overs: read, locked, changed and deleted; the rules stand in `handovers`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.settings import settings
from bot.support import handover as h
from bot.support.handover import Handover, Summary
from bot.support.tables import handover_messages, handovers

_COLUMN = handovers.c


def select(*where: Any) -> Any:
    """Hand-overs in the order in which they are answered."""
    order = (_COLUMN.priority, _COLUMN.opened_at, _COLUMN.id)
    return sa.select(handovers).where(*where).order_by(*order)


def locked(connection: Connection, handover_id: int) -> Handover:
    """One of them, locked for this transaction.

    Raises:
        HandoverRefused: there is none.
    """
    row = connection.execute(select(_COLUMN.id == handover_id).with_for_update()).first()
    if row is None:
        raise h.HandoverRefused("There is no such talk.")
    return handover_of(row)


def change(
    connection: Connection, handover_id: int, where: Sequence[Any], values: dict[str, Any]
) -> Handover:
    """Change one that fulfils the conditions.

    Raises:
        Taken: it does not (any more).
    """
    this = sa.update(handovers).where(_COLUMN.id == handover_id, *where)
    if not connection.execute(this.values(values)).rowcount:
        raise h.Taken("The talk has changed meanwhile.")
    return one(connection, handover_id)


def one(connection: Connection, handover_id: int) -> Handover:
    """One of them, which is there."""
    return handover_of(connection.execute(select(_COLUMN.id == handover_id)).one())


def handover_of(row: Any) -> Handover:
    """The value of a row."""
    values = {**dict(row._mapping), "summary": Summary.from_json(row.summary)}
    return Handover(**values)


def check_claim(connection: Connection, handover_id: int, name: str, number: int) -> Handover:
    """The talk, locked for this transaction, if an operator has it under this claim.

    Raises:
        Taken: they do not.
    """
    known = locked(connection, handover_id)
    if (known.state, known.claimed_by, known.claim) != (h.HELD, name, number):
        raise h.Taken("The talk is not this operator's any more.")
    return known


def make_urgent(handover_id: int, reason: str) -> Handover | None:
    """Let a talk be answered sooner for a reason, if it is not urgent already; None: it has ended.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    # A denunciation stays one, with all the care that is taken of it.
    kept = sa.case((_COLUMN.reason == h.DENUNCIATION, h.DENUNCIATION), else_=reason)
    urgent = {"reason": kept, "priority": h.PRIORITY[reason]}
    less = _COLUMN.priority > h.PRIORITY[reason]
    with database.begin() as connection:
        connection.execute(
            sa.update(handovers)
            .where(_COLUMN.id == handover_id, _COLUMN.state != h.CLOSED, less)
            .values(urgent)
        )
        row = connection.execute(
            select(_COLUMN.id == handover_id, _COLUMN.state != h.CLOSED)
        ).first()
    return handover_of(row) if row else None


def reserve(handover_id: int, now: dt.datetime | None = None) -> bool:
    """Whether the caller alone may make a ticket of a waiting talk, for as long as a lease lasts.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    until = now + dt.timedelta(seconds=settings().support_lease_seconds)
    is_free = sa.or_(_COLUMN.lease_until.is_(None), _COLUMN.lease_until < now)
    this = sa.update(handovers).where(
        _COLUMN.id == handover_id, _COLUMN.state == h.WAITING, is_free
    )
    with database.begin() as connection:
        return bool(connection.execute(this.values(lease_until=until)).rowcount)


def erase(session: str) -> dict[str, int]:
    """Delete a conversation's hand-overs and all that was said in them; `handovers`: how many.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    return {"handovers": _delete((_COLUMN.session == session,))}


def purge(before: dt.datetime, *, dry_run: bool = False) -> int:
    """Delete the hand-overs that were closed before a moment; how many. `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    return _delete((_COLUMN.state == h.CLOSED, _COLUMN.closed_at < before), dry_run=dry_run)


def _delete(where: Sequence[Any], *, dry_run: bool = False) -> int:
    these = sa.select(_COLUMN.id).where(*where)
    with database.begin() as connection:
        ids = list(connection.execute(these).scalars())
        for some in database.chunks(ids) if not dry_run else ():
            messages = sa.delete(handover_messages)
            connection.execute(messages.where(handover_messages.c.handover_id.in_(some)))
            connection.execute(sa.delete(handovers).where(_COLUMN.id.in_(some)))
    return len(ids)
