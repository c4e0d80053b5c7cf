"""Orders of the payment gateway: opened for a dossier's fee, changed by verified notices only.

Whoever calls `open_order` or `state_of_dossier` has made sure that the dossier is the asker's;
the sum is what the procedures system tells of it. Times are UTC, without a zone; `now` is the
time, for tests. See `bot.payments.states` for what a notice does.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.payments import messages, states
from bot.payments import order as o
from bot.payments import order_store as store
from bot.payments.gateway import Notice, PaymentGateway, PaymentGatewayUnavailable
from bot.payments.marks import keyed_hash, session_hash
from bot.payments.order import AlreadyPaid, Order
from bot.payments.order_store import find, state_of_dossier
from bot.payments.qr_reference import draw
from bot.payments.tables import orders
from bot.settings import settings

logger = logging.getLogger(__name__)

# As of the tables' columns.
_LONGEST_CODE = 64
# The protocol's sums have twelve digits, and two of them stand behind the đồng.
MOST = 9_999_999_999
# How many tries to pay one question asks the gateway about.
MOST_REFRESHED = 3

_COLUMN = orders.c


class OrderUnknown(LookupError):
    """There is no such order of the gateway."""


@dataclass(frozen=True)
class Verdict:
    """What was made of a notice: `name` is a verdict of `bot.payments.states`.

    `is_repeated`: the same call-back came before, and nothing was done again. `order` is the
    order as it is now, None if the reference is none of ours.
    """

    name: str
    order: Order | None = None
    is_repeated: bool = False

    @property
    def reply(self) -> str:
        """The verdict to acknowledge with: what was settled before is known by now."""
        is_settled = self.name not in (states.UNKNOWN_ORDER, states.WRONG_AMOUNT)
        return states.KNOWN if self.is_repeated and is_settled else self.name


def open_order(
    dossier_code: str, amount: int, session: str, now: dt.datetime | None = None
) -> Order:
    """An order for a fee that can be paid until it expires (`BOT_PAYMENT_MINUTES`).

    Asked again in the same conversation before that, it is the same one.

    Args:
        dossier_code: of a dossier that the asker has proven to own.
        amount: `Dossier.fee_unpaid`, in đồng, as the procedures system tells it.
        session: the conversation.

    Raises:
        AlreadyPaid: this sum of the dossier was paid, or perhaps was, in any conversation.
        TypeError: the amount is no integer.
        ValueError: the amount is not from 1 to `MOST`, or there is no code of a dossier.
        bot.database.DatabaseUnavailable: the database is down; nothing was kept.
    """
    if type(amount) is not int:
        raise TypeError("An amount is an integer.")
    if not 1 <= amount <= MOST:
        raise ValueError(f"A payment is of 1 to {MOST} dong.")
    if not 1 <= len(dossier_code) <= _LONGEST_CODE:
        raise ValueError("An order needs the code of a dossier.")
    # The gateway knows an order by the second it was made in.
    now = (now or dt.datetime.utcnow()).replace(microsecond=0)
    until = now + dt.timedelta(minutes=settings().payment_minutes)
    new = Order(draw(), o.GATEWAY, dossier_code, amount, o.OPEN, now, until, changed_at=now)
    owner = session_hash(session)
    with database.begin() as connection:
        database.queue_up(connection, [_fee_mark(new)])
        known = store.of_same_fee(connection, new)
        settled = next((order for order in known if order.is_settled), None)
        if settled is not None:
            raise AlreadyPaid(settled)
        own = (_COLUMN.session_hash == owner, _COLUMN.state == o.OPEN, _COLUMN.expires_at > now)
        row = connection.execute(store.select(*store.same_fee(new), *own)).first()
        if row is not None:
            return store.order_of(row)
        connection.execute(sa.insert(orders).values(**store.values_of(new), session_hash=owner))
    return new


def apply(notice: Notice, now: dt.datetime | None = None) -> Verdict:
    """Change the order that a verified notice is about, once, all in one transaction.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    now = now or dt.datetime.utcnow()
    key = messages.key_of(notice)
    with database.begin() as connection:
        seen = connection.execute(store.select(*store.this(notice.reference))).first()
        # The same message twice, and two payments of one fee, are dealt with one by one.
        fee = [_fee_mark(store.order_of(seen))] if seen else []
        database.queue_up(connection, [key, *fee])
        verdict_before = messages.verdict_of(connection, key)
        row = connection.execute(
            store.select(*store.this(notice.reference)).with_for_update()
        ).first()
        if verdict_before is not None and not messages.is_present_state(notice):
            return Verdict(verdict_before, store.order_of(row) if row else None, is_repeated=True)
        if row is None:
            verdict = Verdict(states.UNKNOWN_ORDER)
        else:
            verdict = _changed(connection, store.order_of(row), notice, now)
        if verdict_before is None:
            messages.keep(connection, notice, key, verdict.name, now)
    if verdict.name not in (states.APPLIED, states.KNOWN):
        logger.warning("Payment %s: a notice is %s.", notice.reference, verdict.name)
    return verdict


def _changed(connection: Connection, order: Order, notice: Notice, now: dt.datetime) -> Verdict:
    name, after = states.decide(order, notice, now)
    is_new_money = after.state == o.PAID and order.paid_at is None
    if is_new_money and any(e.is_settled for e in store.of_same_fee(connection, order)):
        name, after = states.PAID_TWICE, replace(after, paid_twice=True)
    if is_new_money:
        for refund in messages.early_refunds(connection, order.reference):
            _, after = states.decide(after, refund, now)
    if after != order:
        after = replace(after, changed_at=now)
        update = (
            sa.update(orders).where(*store.this(order.reference)).values(store.values_of(after))
        )
        connection.execute(update)
    return Verdict(name, after)


async def refresh(order: Order, gateway: PaymentGateway, now: dt.datetime | None = None) -> Order:
    """Ask the gateway about an order and apply its answer; the order as it is then.

    Raises:
        bot.payments.gateway.PaymentGatewayUnavailable: no usable answer; nothing was changed.
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    notice = await gateway.query(order)
    verdict = await asyncio.to_thread(apply, notice, now)
    return verdict.order or order


async def refreshed(
    dossier_code: str, gateway: PaymentGateway | None, now: dt.datetime | None = None
) -> list[Order]:
    """`state_of_dossier` after asking the gateway about the latest orders that are undecided.

    A gateway that does not answer is logged: then the orders are told as they were last known.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    known = await asyncio.to_thread(state_of_dossier, dossier_code)
    asked = [e for e in known if e.way == o.GATEWAY and e.state in o.UNDECIDED]
    if gateway is None or not asked:
        return known
    try:
        for order in asked[:MOST_REFRESHED]:
            await refresh(order, gateway, now)
    except PaymentGatewayUnavailable as error:
        logger.warning("Payments could not be looked up: %s", error)
    return await asyncio.to_thread(state_of_dossier, dossier_code)


async def refund(
    reference: str,
    gateway: PaymentGateway,
    reason: str,
    amount: int | None = None,
    now: dt.datetime | None = None,
) -> Order:
    """Ask the gateway to give an order's money back; None is all of it. The order as it is then.

    Raises:
        OrderUnknown: there is no such order.
        ValueError: the order is not paid, or the amount is none of it.
        bot.payments.gateway.RefundNotAccepted: the gateway refuses.
        bot.payments.gateway.PaymentGatewayUnavailable: it is not known whether it was taken:
            look at it with a reconciliation before asking again.
        bot.database.DatabaseUnavailable: the database is down.
    """
    order = await asyncio.to_thread(find, reference)
    if order is None:
        raise OrderUnknown(f"There is no order {reference}.")
    if order.state != o.PAID:
        raise ValueError(f"Order {reference} is {order.state}: only what is paid is given back.")
    notice = await gateway.request_refund(order, reason, order.amount if amount is None else amount)
    verdict = await asyncio.to_thread(apply, notice, now)
    return verdict.order or order


def _fee_mark(order: Order) -> str:
    return keyed_hash("fee", f"{order.dossier_code} {order.amount}")
