"""Orders: opened once, changed by verified notices only, on both databases."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database
from bot.payments import gateway as g
from bot.payments import order as o
from bot.payments import order_store, orders, retention, states
from bot.payments.gateway import Notice
from bot.payments.order import AlreadyPaid, Order
from bot.payments.orders import Verdict
from bot.payments.tables import messages
from bot.payments.tables import orders as table
from tests.databases import at_the_same_time
from tests.payments.paying import DOSSIER, FEE, OTHER_DOSSIER

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("either_database")

NOON = dt.datetime.fromisoformat("2026-11-30T05:00:00.123456")
SECOND = NOON.replace(microsecond=0)
LATER = NOON + dt.timedelta(minutes=5)
OVER = SECOND + dt.timedelta(minutes=30)  # 15 to pay, 15 for what was begun


def opened(**changes: Any) -> Order:
    values: dict[str, Any] = {
        "dossier_code": DOSSIER,
        "amount": FEE,
        "session": "one",
        "now": NOON,
    }
    return orders.open_order(**{**values, **changes})


def notice(order: Order, status: str = g.PAID, **changes: Any) -> Notice:
    kept = Notice(g.CALLBACK, order.reference, status, order.amount, "14000001", "00/00")
    return dataclasses.replace(kept, **changes)


def apply(found: Notice, now: dt.datetime = LATER) -> str:
    return orders.apply(found, now).name


def state(order: Order) -> str:
    found = orders.find(order.reference)
    assert found is not None
    return found.state


def kept() -> list[tuple[str, str, str]]:
    """Kind, status and verdict of each message that was kept."""
    with database.connect() as connection:
        rows = connection.execute(sa.select(messages).order_by(messages.c.id))
        return [(row.kind, row.status, row.verdict) for row in rows]


def twenty(work: Callable[[], Verdict]) -> list[Verdict]:
    """What twenty threads bring: more than the database lets in at once."""
    start = threading.Barrier(20)

    def run(_: int) -> Verdict:
        start.wait(timeout=30)
        return work()

    with ThreadPoolExecutor(20) as threads:
        return list(threads.map(run, range(20)))


# Opening


def test_an_order_is_opened_and_told_again() -> None:
    order = opened()
    assert order == Order(
        order.reference,
        "gateway",
        DOSSIER,
        FEE,
        "open",
        SECOND,
        SECOND + dt.timedelta(minutes=15),
        changed_at=SECOND,
    )
    assert opened(now=NOON + dt.timedelta(minutes=14)) == order
    assert orders.find(order.reference) == order
    assert orders.state_of_dossier(DOSSIER) == [order]
    assert orders.state_of_dossier(OTHER_DOSSIER) == []


def test_another_fee_conversation_or_time_has_an_order_of_its_own() -> None:
    first = opened()
    late = NOON + dt.timedelta(minutes=15)
    others = [
        opened(amount=FEE + 1),
        opened(dossier_code=OTHER_DOSSIER),
        opened(session="two"),
        opened(now=late),
    ]
    assert len({first.reference, *(each.reference for each in others)}) == 5


def test_orders_of_a_dossier_are_told_the_latest_first() -> None:
    minute = dt.timedelta(minutes=1)
    made = [opened(amount=FEE + n, now=NOON + minute * turn) for n, turn in enumerate((0, 2, 1))]
    moment = NOON + minute * 2
    qr = {"reference": "QNG5", "way": o.QR, "made_at": moment, "expires_at": moment}
    more = {"dossier_code": DOSSIER, "amount": FEE, "state": o.OPEN, "changed_at": moment}
    with database.begin() as connection:
        connection.execute(sa.insert(table).values(**qr, **more, session_hash=""))
    told = [order.reference for order in orders.state_of_dossier(DOSSIER)]
    assert told == [made[1].reference, "QNG5", made[2].reference, made[0].reference]


def test_messages_at_the_same_time_open_one_order() -> None:
    assert len({order.reference for order in at_the_same_time(opened)}) == 1


@pytest.mark.parametrize("amount", [0, -1, 10**10])
def test_a_sum_that_cannot_be_paid_is_refused(amount: int) -> None:
    with pytest.raises(ValueError, match="A payment is of 1 to"):
        opened(amount=amount)
    assert orders.state_of_dossier(DOSSIER) == []


@pytest.mark.parametrize("amount", [150_000.0, "150000", True, None])
def test_a_sum_is_an_integer(amount: Any) -> None:
    with pytest.raises(TypeError):
        opened(amount=amount)


@pytest.mark.parametrize("code", ["", "x" * 65])
def test_an_order_is_for_a_dossier(code: str) -> None:
    with pytest.raises(ValueError, match="needs the code"):
        opened(dossier_code=code)


def test_no_conversation_stands_in_the_table() -> None:
    opened(session="a-session-of-somebody")
    with database.connect() as connection:
        row = connection.execute(sa.select(table)).one()
    assert "a-session" not in str(row)
    assert len(row.session_hash) == 64


@pytest.mark.parametrize(
    ("status", "changes"),
    [(g.PAID, {}), (g.PAID, {"amount": FEE - 1}), (g.IN_DOUBT, {})],
    ids=["paid", "another sum", "in doubt"],
)
def test_a_fee_that_was_paid_or_perhaps_was_is_not_asked_for_again(
    status: str, changes: dict[str, Any]
) -> None:
    order = opened()
    apply(notice(order, status, **changes))
    for session in ("one", "two"):
        with pytest.raises(AlreadyPaid) as caught:
            opened(session=session, now=LATER)
        assert caught.value.order.reference == order.reference
    assert opened(amount=FEE + 1, now=LATER).amount == FEE + 1
    assert opened(dossier_code=OTHER_DOSSIER, now=LATER).state == o.OPEN


@pytest.mark.parametrize("status", [g.FAILED, g.REFUNDED])
def test_a_fee_that_failed_or_was_given_back_may_be_paid(status: str) -> None:
    order = opened()
    if status == g.REFUNDED:
        apply(notice(order))
    apply(notice(order, status, kind=g.QUERY))
    assert opened(now=LATER).reference != order.reference


# Notices


def test_a_paid_order_is_told_whole() -> None:
    order = opened()
    paid_at = NOON + dt.timedelta(minutes=4)
    verdict = orders.apply(notice(order, paid_at=paid_at), LATER)
    expected = dataclasses.replace(
        order, state=o.PAID, gateway_number="14000001", paid_at=paid_at, changed_at=LATER
    )
    assert verdict == Verdict(states.APPLIED, expected)
    assert orders.find(order.reference) == expected
    assert expected.is_settled
    assert kept() == [(g.CALLBACK, g.PAID, states.APPLIED)]


def test_the_same_call_back_again_does_nothing() -> None:
    order = opened()
    first = orders.apply(notice(order), LATER)
    for _ in range(3):
        again = orders.apply(notice(order), LATER + dt.timedelta(hours=1))
        assert again == Verdict(states.APPLIED, first.order, is_repeated=True)
    assert len(kept()) == 1


def test_of_twenty_at_the_same_time_one_is_applied() -> None:
    order = opened()
    verdicts = twenty(lambda: orders.apply(notice(order), LATER))
    assert [v.name for v in verdicts] == [states.APPLIED] * 20
    assert sorted(v.is_repeated for v in verdicts) == [False, *[True] * 19]
    assert kept() == [(g.CALLBACK, g.PAID, states.APPLIED)]


def test_of_twenty_answers_at_the_same_time_one_changes_the_order() -> None:
    order = opened()
    found = notice(order, kind=g.QUERY)
    verdicts = twenty(lambda: orders.apply(found, LATER))
    assert sorted(v.name for v in verdicts) == [states.APPLIED, *[states.KNOWN] * 19]
    assert len(kept()) == 1


def test_two_orders_of_a_fee_that_are_paid_at_the_same_time_are_paid_twice() -> None:
    notices = iter([notice(opened()), notice(opened(session="two"), gateway_number="14000002")])
    verdicts = at_the_same_time(lambda: orders.apply(next(notices), LATER), 2)
    assert sorted(v.name for v in verdicts) == [states.APPLIED, states.PAID_TWICE]
    told = orders.state_of_dossier(DOSSIER)
    assert [order.state for order in told] == [o.PAID, o.PAID]
    assert sorted(order.paid_twice for order in told) == [False, True]


def test_a_call_back_for_an_unknown_order_is_kept() -> None:
    stranger = Notice(g.CALLBACK, "QNG2222222222A", g.PAID, FEE, "14000001", "00/00")
    unknown = Verdict(states.UNKNOWN_ORDER)
    assert orders.apply(stranger, LATER) == unknown
    assert orders.apply(stranger, LATER) == dataclasses.replace(unknown, is_repeated=True)
    assert kept() == [(g.CALLBACK, g.PAID, states.UNKNOWN_ORDER)]
    span = (LATER, LATER + dt.timedelta(seconds=1))
    assert [each.reference for each in order_store.unknown_payments(*span)] == ["QNG2222222222A"]


def test_the_order_of_a_qr_code_is_none_of_the_gateways() -> None:
    order = opened()
    with database.begin() as connection:
        connection.execute(sa.update(table).values(way=o.QR))
    assert orders.find(order.reference) is None
    assert apply(notice(order)) == states.UNKNOWN_ORDER
    assert [each.way for each in orders.state_of_dossier(DOSSIER)] == [o.QR]


Q, C = g.QUERY, g.CALLBACK
# What comes, one after the other: kind, status, changes, the verdict and the state afterwards.
Step = tuple[str, str, dict[str, Any], str, str]
OTHER_SUM, OTHER_NUMBER = {"amount": FEE - 1000}, {"gateway_number": "14000099"}
PART = {"amount": 50_000, "is_partial": True}
STORIES: dict[str, list[Step]] = {
    "failed, then paid": [
        (C, g.FAILED, {}, states.APPLIED, o.FAILED),
        (C, g.FAILED, {"code": "51/02"}, states.KNOWN, o.FAILED),
        (C, g.PAID, {}, states.APPLIED, o.PAID),
    ],
    "paid, then an old failure": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (C, g.FAILED, {}, states.OUTDATED, o.PAID),
        (C, g.IN_DOUBT, {}, states.OUTDATED, o.PAID),
        (C, g.PENDING, {}, states.OUTDATED, o.PAID),
    ],
    "paid, and the gateway says otherwise": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (Q, g.FAILED, {}, states.CONTRADICTED, o.PAID),
        (Q, g.NOT_FOUND, {"amount": None}, states.CONTRADICTED, o.PAID),
        (Q, g.PAID, {}, states.KNOWN, o.PAID),
    ],
    "another sum": [
        (C, g.PAID, OTHER_SUM, states.WRONG_AMOUNT, o.DISPUTED),
        (C, g.FAILED, {}, states.OUTDATED, o.DISPUTED),
        (Q, g.PAID, OTHER_SUM, states.WRONG_AMOUNT, o.DISPUTED),
        (Q, g.PAID, {}, states.APPLIED, o.PAID),
    ],
    "another sum, and then the right one": [
        (C, g.PAID, OTHER_SUM, states.WRONG_AMOUNT, o.DISPUTED),
        (C, g.PAID, OTHER_NUMBER, states.PAID_TWICE, o.PAID),
    ],
    "another sum that failed": [
        (C, g.FAILED, OTHER_SUM, states.WRONG_AMOUNT, o.OPEN),
    ],
    "another sum of what is paid": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (C, g.PAID, OTHER_SUM, states.WRONG_AMOUNT, o.PAID),
    ],
    "in doubt, then settled": [
        (C, g.IN_DOUBT, {}, states.IN_DOUBT, o.DISPUTED),
        (Q, g.IN_DOUBT, {}, states.IN_DOUBT, o.DISPUTED),
        (Q, g.PAID, {}, states.APPLIED, o.PAID),
    ],
    "in doubt, then failed": [
        (C, g.IN_DOUBT, {}, states.IN_DOUBT, o.DISPUTED),
        (Q, g.FAILED, {}, states.APPLIED, o.FAILED),
    ],
    "paid twice": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (C, g.PAID, OTHER_NUMBER, states.PAID_TWICE, o.PAID),
    ],
    "given back": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (g.REFUND, g.REFUNDING, {}, states.APPLIED, o.REFUNDING),
        (Q, g.REFUNDING, {}, states.KNOWN, o.REFUNDING),
        (Q, g.REFUNDED, {}, states.APPLIED, o.REFUNDED),
        (Q, g.REFUNDED, {"code": "x"}, states.KNOWN, o.REFUNDED),
        (Q, g.REFUNDING, {"code": "y"}, states.OUTDATED, o.REFUNDED),
        (C, g.PAID, {"code": "z"}, states.KNOWN, o.REFUNDED),
        (C, g.FAILED, {}, states.OUTDATED, o.REFUNDED),
    ],
    "not given back": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (g.REFUND, g.REFUNDING, {}, states.APPLIED, o.REFUNDING),
        (Q, g.REFUND_REFUSED, {}, states.APPLIED, o.PAID),
        (Q, g.REFUND_REFUSED, {"code": "x"}, states.KNOWN, o.PAID),
    ],
    "a part given back": [
        (C, g.PAID, {}, states.APPLIED, o.PAID),
        (g.REFUND, g.REFUNDING, PART, states.APPLIED, o.REFUNDING),
        (Q, g.REFUNDED, PART, states.APPLIED, o.PAID),
    ],
    "a part of a disputed sum": [
        (C, g.PAID, OTHER_SUM, states.WRONG_AMOUNT, o.DISPUTED),
        (g.REFUND, g.REFUNDING, PART, states.APPLIED, o.REFUNDING),
        (Q, g.REFUNDED, PART, states.APPLIED, o.DISPUTED),
    ],
    "given back before it was paid": [
        (C, g.REFUNDING, {}, states.EARLY_REFUND, o.OPEN),
        (C, g.REFUNDED, {}, states.EARLY_REFUND, o.OPEN),
        (C, g.PAID, {}, states.APPLIED, o.REFUNDED),
    ],
    "a refund that is only told when asked": [
        (Q, g.REFUNDED, {}, states.APPLIED, o.REFUNDED),
        (C, g.PAID, {}, states.KNOWN, o.REFUNDED),
    ],
    "a part given back that is only told when asked": [
        (Q, g.REFUNDED, PART, states.IN_DOUBT, o.DISPUTED),
    ],
    "a refused refund of what nobody paid": [
        (Q, g.REFUND_REFUSED, {}, states.EARLY_REFUND, o.OPEN),
    ],
    "nothing yet": [
        (Q, g.NOT_FOUND, {"amount": None}, states.KNOWN, o.OPEN),
        (Q, g.PENDING, {}, states.KNOWN, o.OPEN),
        (C, g.PENDING, {}, states.KNOWN, o.OPEN),
    ],
}


@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES)
def test_notices_change_an_order_step_by_step(steps: list[Step]) -> None:
    order = opened()
    told = []
    for kind, status, changes, _, _ in steps:
        verdict = apply(notice(order, status, **{"kind": kind, **changes}))
        told.append((kind, status, changes, verdict, state(order)))
    assert told == steps


def test_who_paid_twice_is_flagged_for_a_refund() -> None:
    for story in ("paid twice", "another sum, and then the right one"):
        order = opened(dossier_code=story)
        for kind, status, changes, _, _ in STORIES[story]:
            apply(notice(order, status, **{"kind": kind, **changes}))
        found = orders.find(order.reference)
        assert found is not None
        assert found.paid_twice, story


def test_an_order_expires_when_the_gateway_says_that_nothing_came() -> None:
    order = opened()
    nothing = notice(order, g.NOT_FOUND, kind=Q, amount=None, gateway_number="")
    before = OVER - dt.timedelta(seconds=1)
    assert (apply(nothing, before), state(order)) == (states.KNOWN, o.OPEN)
    # A call-back may be old.
    assert (apply(notice(order, g.PENDING), OVER), state(order)) == (states.KNOWN, o.OPEN)
    assert (apply(nothing, OVER), state(order)) == (states.APPLIED, o.EXPIRED)
    assert (apply(nothing, OVER), state(order)) == (states.KNOWN, o.EXPIRED)
    assert (apply(notice(order, g.FAILED), OVER), state(order)) == (states.KNOWN, o.EXPIRED)
    # Nothing came, and that is nothing to keep.
    assert {status for _, status, _ in kept()} == {g.PENDING, g.FAILED}
    week = OVER + dt.timedelta(days=7)
    assert (apply(notice(order), week), state(order)) == (states.APPLIED, o.PAID)


def test_whatever_the_order_of_coming_paid_is_paid() -> None:
    """All orders of the same five call-backs end alike, and paid never becomes unpaid."""
    rows = [(g.FAILED, "1"), (g.PENDING, "2"), (g.IN_DOUBT, "3"), (g.PAID, "4"), (g.FAILED, "5")]
    turns = list(itertools.permutations(rows))
    random.Random(9).shuffle(turns)
    for number, turn in enumerate(turns[:30]):
        order = opened(dossier_code=f"H48-{number}")
        seen = []
        for status, code in turn:
            apply(notice(order, status, code=code))
            seen.append(state(order))
        assert seen[-1] == o.PAID
        first = seen.index(o.PAID)
        assert set(seen[first:]) == {o.PAID}, turn


# Keeping


def test_orders_go_after_their_time_and_not_before() -> None:
    old = opened()
    apply(notice(old), LATER)
    new = opened(amount=FEE + 1, now=LATER + dt.timedelta(days=1))
    limit = LATER + dt.timedelta(seconds=1)
    counts = {"payment_orders": 1, "payment_messages": 1}
    assert retention.purge(limit, dry_run=True) == counts
    assert len(orders.state_of_dossier(DOSSIER)) == 2
    assert retention.purge(limit) == counts
    assert retention.purge(limit) == {"payment_orders": 0, "payment_messages": 0}
    assert orders.state_of_dossier(DOSSIER) == [new]
    assert kept() == []


def test_who_wants_to_be_forgotten_is_unlinked_from_orders() -> None:
    mine, others = opened(), opened(session="two")
    assert retention.erase("one") == {"payment_orders_kept": 1}
    assert retention.erase("one") == {"payment_orders_kept": 0}
    with database.connect() as connection:
        rows = connection.execute(sa.select(table.c.reference, table.c.session_hash)).all()
    linked = {reference: bool(mark) for reference, mark in rows}
    assert linked == {mine.reference: False, others.reference: True}
    # The money is accounted for as before.
    assert apply(notice(mine)) == states.APPLIED


def test_a_database_that_is_down_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    order = opened()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.payments.messages.keep", _fail)
        with pytest.raises(RuntimeError, match="in the middle"):
            apply(notice(order))
    assert (state(order), kept()) == (o.OPEN, [])
    assert apply(notice(order)) == states.APPLIED


def _fail(*_: object) -> None:
    raise RuntimeError("in the middle")
