"""How a verified notice changes an order: the rules, without any store.

| order \\ notice | paid      | failed       | in doubt | refund         |
|----------------|-----------|--------------|----------|----------------|
| open           | paid      | failed       | disputed | kept for later |
| failed         | paid      | –            | disputed | kept for later |
| expired        | paid      | –            | disputed | kept for later |
| disputed       | paid      | failed if asked | –     | refunding …    |
| paid           | –         | –            | –        | refunding …    |
| refunding      | –         | –            | –        | refunded, or back |
| refunded       | –         | –            | –        | –              |

A sum that was not asked for makes an order disputed and never paid. A call-back may be old; what
the gateway answers when it is asked is how things are now, so that alone ends an order without
money ("expired"), ends a dispute, and tells of a refund whose payment was never heard of.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.payments import gateway as g
from bot.payments import order as o
from bot.payments.gateway import Notice
from bot.payments.order import Order

# Verdicts on notices: it changed the order; it said what was known; it came too late to matter;
# it waits for the payment that it gives back; and those that somebody has to look at.
APPLIED, KNOWN, OUTDATED, EARLY_REFUND = "applied", "known", "outdated", "early_refund"
WRONG_AMOUNT, IN_DOUBT, PAID_TWICE = "wrong_amount", "in_doubt", "paid_twice"
CONTRADICTED, UNKNOWN_ORDER = "contradicted", "unknown_order"

# What was begun before an order expired may end this much later.
GRACE = dt.timedelta(minutes=15)
_WITHOUT_MONEY = (o.OPEN, o.FAILED, o.EXPIRED)


def decide(order: Order, notice: Notice, now: dt.datetime) -> tuple[str, Order]:
    """The verdict on a notice, and the order as it is afterwards."""
    if notice.status in g.REFUND_STATUSES:
        return _refund(order, notice)
    if notice.status == g.PAID:
        return _paid(order, notice, now)
    if notice.status == g.FAILED:
        return _failed(order, notice)
    if notice.status == g.IN_DOUBT:
        return _in_doubt(order, notice)
    return _nothing_yet(order, notice, now)


def _paid(order: Order, notice: Notice, now: dt.datetime) -> tuple[str, Order]:
    is_other = bool(order.gateway_number) and order.gateway_number != notice.gateway_number
    if order.state in (o.PAID, o.REFUNDING, o.REFUNDED):
        if is_other:
            return PAID_TWICE, replace(order, paid_twice=True)
        return (KNOWN if notice.amount == order.amount else WRONG_AMOUNT), order
    number = notice.gateway_number
    if notice.amount != order.amount:
        return WRONG_AMOUNT, replace(order, state=o.DISPUTED, gateway_number=number)
    # Money of another number came before, of a sum that was not asked for.
    twice = order.state == o.DISPUTED and is_other
    paid = replace(
        order,
        state=o.PAID,
        gateway_number=number,
        paid_at=notice.paid_at or now,
        paid_twice=order.paid_twice or twice,
    )
    return (PAID_TWICE if twice else APPLIED), paid


def _failed(order: Order, notice: Notice) -> tuple[str, Order]:
    if order.state in (o.FAILED, o.EXPIRED):
        return KNOWN, order
    if order.state == o.OPEN:
        if notice.amount is not None and notice.amount != order.amount:
            return WRONG_AMOUNT, order
        return APPLIED, replace(order, state=o.FAILED)
    if order.state == o.DISPUTED and notice.kind == g.QUERY:
        return APPLIED, replace(order, state=o.FAILED)
    return _against_money(notice), order


def _in_doubt(order: Order, notice: Notice) -> tuple[str, Order]:
    if order.state == o.DISPUTED:
        return IN_DOUBT, order
    if order.state in _WITHOUT_MONEY:
        number = notice.gateway_number
        return IN_DOUBT, replace(order, state=o.DISPUTED, gateway_number=number)
    return _against_money(notice), order


def _nothing_yet(order: Order, notice: Notice, now: dt.datetime) -> tuple[str, Order]:
    """The gateway has no end of the payment, or has never heard of it."""
    if order.state not in _WITHOUT_MONEY:
        return _against_money(notice), order
    is_over = now >= order.expires_at + GRACE
    if order.state == o.OPEN and notice.kind == g.QUERY and is_over:
        return APPLIED, replace(order, state=o.EXPIRED)
    return KNOWN, order


def _against_money(notice: Notice) -> str:
    """A notice that speaks against money that a verified message told of: it changes nothing."""
    return CONTRADICTED if notice.kind == g.QUERY else OUTDATED


def _refund(order: Order, notice: Notice) -> tuple[str, Order]:
    if order.state in _WITHOUT_MONEY:
        if notice.kind != g.QUERY or notice.status == g.REFUND_REFUSED:
            return EARLY_REFUND, order
        order = replace(order, gateway_number=notice.gateway_number)
        if notice.is_partial:
            # Some of the money is back, and how much there was nobody has told.
            return IN_DOUBT, replace(order, state=o.DISPUTED)
    if order.state == o.REFUNDED:
        return (KNOWN if notice.status == g.REFUNDED else OUTDATED), order
    before = o.PAID if order.paid_at else o.DISPUTED
    if notice.status == g.REFUNDING:
        after = o.REFUNDING
    elif notice.status == g.REFUNDED and not notice.is_partial:
        after = o.REFUNDED
    else:
        after = before
    # A disputed sum that is given back in part, or not at all, is as disputed as it was.
    return (KNOWN if after == order.state else APPLIED), replace(order, state=after)
