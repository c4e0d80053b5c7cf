"""The table of orders: read by reference, dossier or day, and rows as `Order`.

Times are UTC, without a zone. What changes an order is `bot.payments.orders`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.payments import messages
from bot.payments import order as o
from bot.payments.gateway import Notice
from bot.payments.order import Order
from bot.payments.tables import orders

_COLUMN = orders.c


def find(reference: str) -> Order | None:
    """The gateway's order with a reference, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        row = connection.execute(select(*this(reference))).first()
    return order_of(row) if row else None


def settled_fee(order: Order) -> Order | None:
    """Another order of the same dossier and sum of which money has moved, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return next((e for e in of_same_fee(connection, order) if e.is_settled), None)


def state_of_dossier(dossier_code: str) -> list[Order]:
    """All orders of a dossier, the latest first; of one second, QR codes stand last.

    For the citizen who has proven to own the dossier, and nobody else.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        query = sa.select(orders).where(_COLUMN.dossier_code == dossier_code)
        found = [order_of(row) for row in connection.execute(query.order_by(_COLUMN.reference))]

    def moment(order: Order) -> tuple[dt.datetime, bool]:
        # Those of the gateway have whole seconds.
        return order.made_at.replace(microsecond=0), order.way == o.GATEWAY

    return sorted(found, key=moment, reverse=True)


def listed(
    made_from: dt.datetime, made_before: dt.datetime, only: Sequence[str] = o.STATES
) -> list[Order]:
    """The gateway's orders that were made in a span of time and are in a state, oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    span = (_COLUMN.made_at >= made_from, _COLUMN.made_at < made_before)
    with database.connect() as connection:
        rows = connection.execute(select(*span, _COLUMN.state.in_(only)))
        return [order_of(row) for row in rows]


def unknown_payments(since: dt.datetime, before: dt.datetime) -> list[Notice]:
    """Payments that the gateway told of in a span of time for references that are none of ours.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return messages.unknown_payments(connection, since, before)


def this(reference: str) -> tuple[Any, ...]:
    return (_COLUMN.reference == reference, _COLUMN.way == o.GATEWAY)


def same_fee(order: Order) -> tuple[Any, ...]:
    fee = (_COLUMN.dossier_code == order.dossier_code, _COLUMN.amount == order.amount)
    return (*fee, _COLUMN.way == o.GATEWAY)


def of_same_fee(connection: Connection, order: Order) -> list[Order]:
    others = select(*same_fee(order), _COLUMN.reference != order.reference)
    return [order_of(row) for row in connection.execute(others)]


def select(*where: Any) -> Any:
    query = sa.select(orders).where(*where, _COLUMN.way == o.GATEWAY)
    return query.order_by(_COLUMN.made_at, _COLUMN.reference)


_STORED = (
    "reference", "way", "dossier_code", "amount", "state", "made_at", "expires_at",
    "gateway_number", "paid_at", "changed_at", "paid_twice",
)  # fmt: skip


def values_of(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in _STORED}


def order_of(row: Any) -> Order:
    return Order(**{name: getattr(row, name) for name in _STORED})
