"""Orders compared with the gateway and with its settlement file; questions about a dossier."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot import clock
from bot.imports import ImportRefused
from bot.payments import order as o
from bot.payments import order_store, orders, reconciliation
from bot.payments.gateway import PaymentGateway, PaymentGatewayUnavailable, RefundNotAccepted
from bot.payments.order import Order
from bot.payments.reconciliation import Report, Row
from bot.payments.statement import Line, read_statement
from bot.settings import Settings
from tests import payment_server as ps
from tests.payment_server import PaymentServer, running_payment_server
from tests.payments.paying import DOSSIER, FEE, OTHER_DOSSIER, ago, pay, switch_on

HEADER = "reference,amount,gateway_number,paid_at\n"


@pytest.fixture
def server() -> Iterator[PaymentServer]:
    """A gateway that does not call back: what is not asked for is not known."""
    with running_payment_server() as running:
        running.fault = ps.DROPPED
        yield running


@pytest.fixture
def gateway(
    server: PaymentServer, database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> PaymentGateway:
    return switch_on(monkeypatch, server)


def opened(dossier: str = DOSSIER, amount: int = FEE, minutes_ago: float = 0) -> Order:
    return orders.open_order(dossier, amount, "session", ago(minutes=minutes_ago))


def run(
    gateway: PaymentGateway,
    statement: Sequence[Line] | None = None,
    days: Sequence[dt.date] = (),
    now: dt.datetime | None = None,
) -> Report:
    days = days or [clock.today() - dt.timedelta(days=1), clock.today()]
    return asyncio.run(reconciliation.reconcile(gateway, days, statement, now))


def state(order: Order) -> str:
    found = orders.find(order.reference)
    assert found is not None
    return found.state


def test_every_order_of_the_days_is_brought_up_to_date(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    paid, failed, begun, never = (
        opened("one", minutes_ago=4),
        opened("two", minutes_ago=3),
        opened("three", minutes_ago=2),
        opened("four", minutes_ago=1),
    )
    pay(server, gateway, paid)
    pay(server, gateway, failed, "cancel")
    server.open_page(gateway.create(begun, "https://bot.example/x", "").partition("?")[2])
    rows = [
        Row(paid.reference, FEE, FEE, o.OPEN, o.PAID, ""),
        Row(failed.reference, FEE, FEE, o.OPEN, o.FAILED, ""),
        Row(begun.reference, FEE, FEE, o.OPEN, o.OPEN, ""),
        Row(never.reference, FEE, None, o.OPEN, o.OPEN, ""),
    ]
    assert run(gateway) == Report(rows)
    hour = dt.datetime.utcnow() + dt.timedelta(hours=1)
    after = [(row.before, row.after) for row in run(gateway, now=hour).rows]
    expired = (o.OPEN, o.EXPIRED)
    assert after == [(o.PAID, o.PAID), (o.FAILED, o.FAILED), expired, expired]


def test_orders_of_other_days_are_left_alone(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    opened(minutes_ago=3 * 24 * 60)
    assert run(gateway) == Report([])
    assert server.requests == []


def test_a_day_is_one_of_vietnam(gateway: PaymentGateway) -> None:
    first, last = (
        orders.open_order(code, FEE, "session", dt.datetime.fromisoformat(moment))
        for code, moment in (("a", "2026-11-28T17:00:00"), ("b", "2026-11-29T16:59:59"))
    )
    orders.open_order("c", FEE, "session", dt.datetime.fromisoformat("2026-11-28T16:59:59"))
    orders.open_order("d", FEE, "session", dt.datetime.fromisoformat("2026-11-29T17:00:00"))
    report = run(gateway, days=[dt.date(2026, 11, 29)])
    assert [row.reference for row in report.rows] == [first.reference, last.reference]


def test_a_gateway_that_is_down_changes_nothing(
    server: PaymentServer, gateway: PaymentGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes down after the first of two answers."""
    one, two = opened("one", minutes_ago=2), opened("two", minutes_ago=1)
    pay(server, gateway, one)
    pay(server, gateway, two)
    answer = server.answer

    def once(body: object) -> dict[str, object]:
        server.api_fault = ps.API_ERROR
        return answer(body)

    monkeypatch.setattr(server, "answer", once)
    with pytest.raises(PaymentGatewayUnavailable, match=r"status 500"):
        run(gateway)
    assert (state(one), state(two)) == (o.OPEN, o.OPEN)


def test_one_answer_that_is_none_does_not_stop_the_others(
    server: PaymentServer, gateway: PaymentGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = opened("one", minutes_ago=2), opened("two", minutes_ago=1)
    pay(server, gateway, one)
    pay(server, gateway, two)
    answer = server.answer

    def forge_the_first(body: dict[str, str]) -> dict[str, object]:
        is_first = body["vnp_TxnRef"] == one.reference
        server.api_fault = ps.API_FORGED if is_first else ps.API_OK
        return answer(body)

    monkeypatch.setattr(server, "answer", forge_the_first)
    report = run(gateway)
    assert report == Report(
        [
            Row(one.reference, FEE, None, o.OPEN, o.OPEN, "no_answer"),
            Row(two.reference, FEE, FEE, o.OPEN, o.PAID, ""),
        ]
    )
    assert report.differences == 1


def test_what_we_hold_paid_and_the_gateway_does_not_is_a_difference(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    pay(server, gateway, order)
    run(gateway)
    server.transactions[order.reference].status = "02"
    assert run(gateway).rows == [
        Row(order.reference, FEE, FEE, o.PAID, o.PAID, "not_paid_there"),
    ]
    server.transactions.clear()
    assert [row.difference for row in run(gateway).rows] == ["not_paid_there"]


def test_a_second_payment_is_a_difference_until_it_is_given_back(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    one = opened()
    two = orders.open_order(DOSSIER, FEE, "another", ago(minutes=0))
    pay(server, gateway, one)
    pay(server, gateway, two)
    differences = sorted(row.difference for row in run(gateway).rows)
    assert differences == ["", "paid_twice"]
    twice = next(each for each in orders.state_of_dossier(DOSSIER) if each.paid_twice)
    told = asyncio.run(orders.refund(twice.reference, gateway, "Trả hai lần"))
    assert told.state == o.REFUNDING
    server.transactions[twice.reference].status = "00"
    report = run(gateway)
    assert sorted(row.after for row in report.rows) == [o.PAID, o.REFUNDED]
    assert report.differences == 0


# The settlement file


def line(order: Order, **changes: object) -> Line:
    values = {"amount": order.amount, "gateway_number": "1", "paid_on": clock.today(), **changes}
    return Line(order.reference, **values)


def test_a_statement_that_agrees_leaves_nothing(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    pay(server, gateway, order)
    number = server.transactions[order.reference].number
    assert run(gateway, [line(order, gateway_number=number)]).statement == []


def test_a_statement_shows_what_differs(server: PaymentServer, gateway: PaymentGateway) -> None:
    good, other_sum, unpaid, missing, twice = (
        opened(code, minutes_ago=number) for number, code in enumerate("edcba")
    )
    for order in (good, other_sum, missing, twice):
        pay(server, gateway, order)
    pay(server, gateway, unpaid, "cancel")
    number = {code: each.number for code, each in server.transactions.items()}
    lines = [
        line(good, gateway_number=number[good.reference]),
        line(other_sum, gateway_number=number[other_sum.reference], amount=FEE - 1),
        line(unpaid),
        line(twice, gateway_number=number[twice.reference]),
        line(twice, gateway_number="77"),
        Line("QNG2222222222A", 9_000, "88", clock.today()),
    ]
    report = run(gateway, lines)
    assert report.statement == [
        Row(other_sum.reference, FEE, FEE - 1, o.PAID, o.PAID, "wrong_amount"),
        Row(unpaid.reference, FEE, FEE, o.FAILED, o.FAILED, "not_paid_here"),
        Row(twice.reference, FEE, FEE, o.PAID, o.PAID, "paid_twice"),
        Row("QNG2222222222A", None, 9_000, "", "", "unknown_here"),
        Row(missing.reference, FEE, None, o.PAID, o.PAID, "missing_there"),
    ]
    # A file is not signed: it pays nothing.
    assert state(unpaid) == o.FAILED
    assert report.differences == 5


def test_a_payment_after_midnight_belongs_to_its_own_day(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    """The order is of the day before; a statement of that day need not have it."""
    yesterday = clock.today() - dt.timedelta(days=1)
    midnight, _ = reconciliation.span_of(clock.today())
    order = orders.open_order(DOSSIER, FEE, "session", midnight - dt.timedelta(minutes=1))
    server.clock_offset = midnight - dt.datetime.utcnow()
    pay(server, gateway, order)
    run(gateway)
    assert run(gateway, [], [yesterday]).statement == []
    told = [row.difference for row in run(gateway, [], [clock.today()]).statement]
    assert told == ["missing_there"]


def test_a_statement_is_read(tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    text = f"{HEADER}QNG5,150000,14000001,2026-11-29 23:59:59\n"
    path.write_text(text, encoding="utf-8")
    day = dt.date(2026, 11, 29)
    assert read_statement(path, [day]) == [Line("QNG5", 150_000, "14000001", day)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",150000,1,2026-11-29 10:00:00", "line 2: reference cannot be read"),
        ("QNG5,0,1,2026-11-29 10:00:00", "line 2: amount cannot be read"),
        ("QNG5,-5,1,2026-11-29 10:00:00", "line 2: amount cannot be read"),
        ("QNG5,150.000,1,2026-11-29 10:00:00", "line 2: amount cannot be read"),
        ("QNG5,1e5,,29/11/2026", "line 2: amount, gateway_number, paid_at cannot be read"),
        ("QNG5,150000,1,2026-11-28 10:00:00", "line 2: paid on 2026-11-28, which is not compared"),
        ("QNG5,150000", "the number of columns differs"),
    ],
)
def test_a_faulty_statement_is_refused_whole(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "statement.csv"
    good = "QNG5,150000,14000001,2026-11-29 10:00:00"
    path.write_text(f"{HEADER}{row}\n{good}\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match=reason):
        read_statement(path, [dt.date(2026, 11, 29)])


def test_a_statement_needs_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    path.write_text("reference,amount\nQNG5,1\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match="lacks the columns gateway_number, paid_at"):
        read_statement(path, [clock.today()])


# A citizen's question about a dossier


def test_a_question_asks_the_gateway_about_what_is_undecided(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    first = opened(amount=1000, minutes_ago=3)
    second = opened(amount=2000, minutes_ago=2)
    pay(server, gateway, first)
    pay(server, gateway, second, "cancel")
    told = asyncio.run(orders.refreshed(DOSSIER, gateway))
    assert [(e.reference, e.state) for e in told] == [
        (second.reference, o.FAILED),
        (first.reference, o.PAID),
    ]
    assert len(server.requests) == 2
    # What is paid is known; what failed may still be paid.
    asyncio.run(orders.refreshed(DOSSIER, gateway))
    assert len(server.requests) == 3
    assert asyncio.run(orders.refreshed(OTHER_DOSSIER, gateway)) == []
    assert len(server.requests) == 3


def test_a_question_asks_about_the_latest_three(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    for number in range(5):
        opened(amount=1000 + number, minutes_ago=number)
    asyncio.run(orders.refreshed(DOSSIER, gateway))
    asked = [body["vnp_TxnRef"] for body in server.requests]
    assert asked == [each.reference for each in orders.state_of_dossier(DOSSIER)[:3]]


def test_without_a_gateway_a_question_is_answered_from_what_is_known(
    server: PaymentServer, gateway: PaymentGateway, caplog: pytest.LogCaptureFixture
) -> None:
    order = opened()
    pay(server, gateway, order)
    assert asyncio.run(orders.refreshed(DOSSIER, None)) == [order]
    server.api_fault = ps.API_ERROR
    assert asyncio.run(orders.refreshed(DOSSIER, gateway)) == [order]
    expected = "Payments could not be looked up: The gateway answered with status 500."
    assert expected in caplog.messages


# Refunds


def test_only_what_is_paid_is_given_back(server: PaymentServer, gateway: PaymentGateway) -> None:
    order = opened()
    with pytest.raises(orders.OrderUnknown):
        asyncio.run(orders.refund("QNG2222222222A", gateway, "x"))
    with pytest.raises(ValueError, match="is open: only what is paid"):
        asyncio.run(orders.refund(order.reference, gateway, "x"))
    pay(server, gateway, order)
    run(gateway)
    with pytest.raises(ValueError, match="A refund is of 1 to"):
        asyncio.run(orders.refund(order.reference, gateway, "x", FEE + 1))
    server.transactions[order.reference].status = "02"
    with pytest.raises(RefundNotAccepted):
        asyncio.run(orders.refund(order.reference, gateway, "x"))
    assert state(order) == o.PAID


def test_an_early_refund_meets_its_payment(server: PaymentServer, gateway: PaymentGateway) -> None:
    """Made in the gateway's own pages, and told of before any call-back came."""
    order = opened()
    back = pay(server, gateway, order)
    known = server.transactions[order.reference]
    known.kind, known.status, known.refunded = "02", "00", known.amount
    assert [row.after for row in run(gateway).rows] == [o.REFUNDED]
    late = gateway.read_callback(back.partition("?")[2])
    assert orders.apply(late).name == "known"
    assert state(order) == o.REFUNDED
    found = order_store.listed(ago(hours=1), ago(hours=-1), [o.REFUNDED])
    assert [each.reference for each in found] == [order.reference]
