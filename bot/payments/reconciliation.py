"""Reconciliation (đối soát): orders of some days compared with what the gateway says of them.

All orders are asked for first and changed only then, one transaction each: a gateway that is down
leaves everything as it was, and a run that was cut off may be repeated.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot import clock
from bot.payments import gateway as g
from bot.payments import order as o
from bot.payments import order_store, orders, states
from bot.payments.gateway import Notice, PaymentGateway, UnusableAnswer
from bot.payments.order import Order
from bot.payments.statement import Line

# What has its end needs no question.
COMPARED = (o.OPEN, o.EXPIRED, o.FAILED, o.DISPUTED, o.REFUNDING, o.PAID)
_HAD_MONEY = (o.PAID, o.REFUNDING, o.REFUNDED)

# Differences that are left.
NO_ANSWER, WRONG_AMOUNT, IN_DOUBT = "no_answer", "wrong_amount", "in_doubt"
PAID_TWICE, NOT_PAID_THERE = "paid_twice", "not_paid_there"
UNKNOWN_HERE, NOT_PAID_HERE, MISSING_THERE = "unknown_here", "not_paid_here", "missing_there"


@dataclass(frozen=True)
class Row:
    """One comparison; sums in đồng, None if unknown. `difference` is "" if none is left."""

    reference: str
    ours: int | None
    theirs: int | None
    before: str
    after: str
    difference: str


@dataclass(frozen=True)
class Report:
    """Orders compared with the gateway, and those that a statement differs about."""

    rows: Sequence[Row]
    statement: Sequence[Row] = ()

    @property
    def differences(self) -> int:
        """How many are left."""
        return sum(1 for row in (*self.rows, *self.statement) if row.difference)


async def reconcile(
    gateway: PaymentGateway,
    days: Sequence[dt.date],
    statement: Sequence[Line] | None = None,
    now: dt.datetime | None = None,
) -> Report:
    """Ask the gateway about all orders of some days in Vietnam, apply its answers and compare.

    `statement`: the gateway's settlement file of these days. `now` is the time, UTC; for tests.

    Raises:
        bot.payments.gateway.PaymentGatewayUnavailable: the gateway is down; nothing was changed.
        bot.database.DatabaseUnavailable: the database is down; asked again, it goes on.
    """
    asked = await asyncio.to_thread(_of_days, days, COMPARED)
    answers: list[tuple[Order, Notice | None]] = []
    for order in asked:
        try:
            answers.append((order, await gateway.query(order)))
        except UnusableAnswer:
            # The gateway is there: one answer that is none must not stop all others.
            answers.append((order, None))
    rows = [await asyncio.to_thread(_compared, *answer, now) for answer in answers]
    rows += await asyncio.to_thread(_unknown, days)
    if statement is None:
        return Report(rows)
    return Report(rows, await asyncio.to_thread(_against_statement, statement, days))


def _of_days(days: Sequence[dt.date], only: Sequence[str]) -> list[Order]:
    return [order for day in sorted(set(days)) for order in order_store.listed(*span_of(day), only)]


def _unknown(days: Sequence[dt.date]) -> list[Row]:
    """Money that the gateway told of for references that are none of ours."""
    return [
        Row(notice.reference, None, notice.amount, "", "", UNKNOWN_HERE)
        for day in sorted(set(days))
        for notice in order_store.unknown_payments(*span_of(day))
    ]


def span_of(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a day in Vietnam and that of the next, as stored (UTC)."""
    start = dt.datetime.combine(day, dt.time(), clock.VIETNAM).astimezone(dt.timezone.utc)
    first = start.replace(tzinfo=None)
    return first, first + dt.timedelta(days=1)


def _compared(order: Order, notice: Notice | None, now: dt.datetime | None) -> Row:
    if notice is None:
        return _row(order, None, NO_ANSWER)
    verdict = orders.apply(notice, now)
    after = verdict.order or order
    left = _difference(verdict.name, after, notice)
    return Row(order.reference, order.amount, notice.amount, order.state, after.state, left)


def _difference(verdict: str, order: Order, notice: Notice) -> str:
    if verdict == states.CONTRADICTED:
        return NOT_PAID_THERE
    if verdict == states.WRONG_AMOUNT:
        return WRONG_AMOUNT
    if order.paid_twice and order.state != o.REFUNDED:
        return PAID_TWICE
    if order.state == o.DISPUTED or notice.status == g.IN_DOUBT:
        return IN_DOUBT
    return ""


def _against_statement(lines: Sequence[Line], days: Sequence[dt.date]) -> list[Row]:
    """Where the statement and our orders differ, the statement's lines first."""
    rows = []
    accounted: set[str] = set()
    for line in lines:
        if row := _of_line(line, is_again=line.reference in accounted):
            rows.append(row)
        accounted.add(line.reference)
    for order in _of_days(_with_day_before(days), _HAD_MONEY):
        paid_on = clock.in_vietnam(order.paid_at).date() if order.paid_at else None
        if paid_on in days and order.reference not in accounted:
            rows.append(_row(order, None, MISSING_THERE))
    return rows


def _of_line(line: Line, *, is_again: bool) -> Row | None:
    order = orders.find(line.reference)
    if order is None:
        return Row(line.reference, None, line.amount, "", "", UNKNOWN_HERE)
    is_other = bool(order.gateway_number) and order.gateway_number != line.gateway_number
    if line.amount != order.amount:
        return _row(order, line.amount, WRONG_AMOUNT)
    if order.state not in _HAD_MONEY:
        return _row(order, line.amount, NOT_PAID_HERE)
    return _row(order, line.amount, PAID_TWICE) if is_again or is_other else None


def _row(order: Order, theirs: int | None, difference: str) -> Row:
    return Row(order.reference, order.amount, theirs, order.state, order.state, difference)


def _with_day_before(days: Sequence[dt.date]) -> list[dt.date]:
    """An order of the last minutes of a day is paid on the next one."""
    return sorted({*days, *(day - dt.timedelta(days=1) for day in days)})
