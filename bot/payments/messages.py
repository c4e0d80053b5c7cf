"""The gateway's verified messages, each kept once: the ledger that a dispute is settled with."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.payments import gateway as g
from bot.payments.gateway import Notice
from bot.payments.states import EARLY_REFUND, UNKNOWN_ORDER
from bot.payments.tables import messages

_COLUMN = messages.c
# What a message of a foreign reference is cut to, as of the table's columns.
_LONGEST_REFERENCE, _LONGEST_NUMBER = 32, 64
# A question that brought no news leaves nothing to keep.
_NO_NEWS = (g.PENDING, g.NOT_FOUND)


def key_of(notice: Notice) -> str:
    """64 hex digits; equal for a message that comes again, and only for it."""
    parts = (notice.kind, notice.reference, notice.status, notice.amount)
    more = (notice.gateway_number, notice.code, notice.is_partial)
    return hashlib.sha256(json.dumps([*parts, *more]).encode()).hexdigest()


def is_present_state(notice: Notice) -> bool:
    """Whether it says how things are now: it counts each time. A call-back may be old."""
    return notice.kind == g.QUERY


def verdict_of(connection: Connection, key: str) -> str | None:
    """What was made of a message when it came first; None if it never came."""
    query = sa.select(_COLUMN.verdict).where(_COLUMN.message_key == key)
    row = connection.execute(query).first()
    return str(row.verdict) if row else None


def keep(connection: Connection, notice: Notice, key: str, verdict: str, now: dt.datetime) -> None:
    """Keep a message that has not come before."""
    if notice.kind == g.QUERY and notice.status in _NO_NEWS:
        return
    values = {
        "message_key": key,
        "reference": notice.reference[:_LONGEST_REFERENCE],
        "kind": notice.kind,
        "verdict": verdict,
        "status": notice.status,
        "is_partial": notice.is_partial,
        "amount": notice.amount,
        "gateway_number": notice.gateway_number[:_LONGEST_NUMBER],
        "received_at": now,
    }
    connection.execute(sa.insert(messages).values(values))


def early_refunds(connection: Connection, reference: str) -> list[Notice]:
    """Refunds that came before their payment, in the order of their coming."""
    return _notices(connection, _COLUMN.reference == reference, _COLUMN.verdict == EARLY_REFUND)


def unknown_payments(
    connection: Connection, since: dt.datetime, before: dt.datetime
) -> list[Notice]:
    """Payments of references that are none of ours, told of in a span of time."""
    span = (_COLUMN.received_at >= since, _COLUMN.received_at < before)
    paid = (_COLUMN.verdict == UNKNOWN_ORDER, _COLUMN.status == g.PAID)
    return _notices(connection, *paid, *span)


def _notices(connection: Connection, *where: Any) -> list[Notice]:
    rows = connection.execute(sa.select(messages).where(*where).order_by(_COLUMN.id))
    return [
        Notice(
            row.kind,
            row.reference,
            row.status,
            row.amount,
            row.gateway_number,
            is_partial=row.is_partial,
        )
        for row in rows
    ]
