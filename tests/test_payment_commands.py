"""Commands about payments: what operators read, and exit statuses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot import clock
from bot.payments import orders
from bot.payments.gateway import PaymentGateway
from bot.payments.order import Order
from bot.settings import Settings, settings
from tests import payment_server as ps
from tests.payment_server import PaymentServer, running_payment_server
from tests.payments.paying import DOSSIER, FEE, pay, switch_on
from tests.test_dossier_commands import run

Captured = pytest.CaptureFixture[str]
TITLES = "reference                 ours        theirs  before    after     difference\n"


@pytest.fixture
def server() -> Iterator[PaymentServer]:
    with running_payment_server() as running:
        running.fault = ps.DROPPED
        yield running


@pytest.fixture
def gateway(
    server: PaymentServer, database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> PaymentGateway:
    return switch_on(monkeypatch, server)


def paid(server: PaymentServer, gateway: PaymentGateway) -> Order:
    order = orders.open_order(DOSSIER, FEE, "session")
    pay(server, gateway, order)
    return order


def test_a_reconciliation_prints_a_table(
    capsys: Captured, server: PaymentServer, gateway: PaymentGateway
) -> None:
    order = paid(server, gateway)
    line = f"{order.reference}          150000        150000  open      paid      -\n"
    told = f"{TITLES}{line}1 orders compared, 0 differences.\n"
    assert run(capsys, "payments", "reconcile") == (0, told, "")
    again = told.replace("open      paid", "paid      paid")
    assert run(capsys, "payments", "reconcile") == (0, again, "")
    # An order of today is none of last week.
    week = (clock.today() - dt.timedelta(days=7)).isoformat()
    empty = f"{TITLES}0 orders compared, 0 differences.\n"
    assert run(capsys, "payments", "reconcile", "--day", week) == (0, empty, "")


def test_differences_make_it_fail(
    capsys: Captured, server: PaymentServer, gateway: PaymentGateway, tmp_path: Path
) -> None:
    order = paid(server, gateway)
    statement = tmp_path / "statement.csv"
    statement.write_text(
        "reference,amount,gateway_number,paid_at\n"
        f"QNG2222222222A,9000,88,{clock.today()} 08:00:00\n",
        encoding="utf-8",
    )
    found = run(capsys, "payments", "reconcile", "--statement", str(statement), "--json")
    status, output, errors = found
    assert (status, errors) == (1, "Error: 2 differences are left.\n")
    yesterday = clock.today() - dt.timedelta(days=1)
    here = {"reference": order.reference, "ours": FEE, "after": "paid"}
    assert json.loads(output) == {
        "days": [yesterday.isoformat(), clock.today().isoformat()],
        "differences": 2,
        "orders": [{**here, "theirs": FEE, "before": "open", "difference": ""}],
        "statement": [
            {
                "reference": "QNG2222222222A",
                "ours": None,
                "theirs": 9000,
                "before": "",
                "after": "",
                "difference": "unknown_here",
            },
            {**here, "theirs": None, "before": "paid", "difference": "missing_there"},
        ],
    }
    _, table, _ = run(capsys, "payments", "reconcile", "--statement", str(statement))
    assert table.splitlines()[2:] == [
        "statement:",
        "QNG2222222222A               -          9000  -         -         unknown_here",
        f"{order.reference}          150000             -  paid      paid      missing_there",
        "1 orders compared, 2 differences.",
    ]


def test_a_gateway_that_is_down_is_told(
    capsys: Captured, server: PaymentServer, gateway: PaymentGateway
) -> None:
    order = paid(server, gateway)
    server.api_fault = ps.API_ERROR
    reason = "The gateway answered with status 500."
    expected = (1, "", f"Error: {reason} Nothing was changed.\n")
    assert run(capsys, "payments", "reconcile") == expected
    assert orders.find(order.reference) == order


def test_a_faulty_statement_changes_nothing(
    capsys: Captured, server: PaymentServer, gateway: PaymentGateway, tmp_path: Path
) -> None:
    order = paid(server, gateway)
    missing = str(tmp_path / "missing.csv")
    status, output, errors = run(capsys, "payments", "reconcile", "--statement", missing)
    assert (status, output) == (1, "")
    assert errors.endswith("missing.csv is not a file.\nNothing was changed.\n")
    assert orders.find(order.reference) == order
    assert server.requests == []


def test_orders_are_listed(capsys: Captured, database_ready: Settings) -> None:
    order = orders.open_order(DOSSIER, FEE, "session")
    made = f"{clock.in_vietnam(order.made_at):%Y-%m-%d %H:%M:%S}"
    day = clock.in_vietnam(order.made_at).date().isoformat()
    line = f"{made}  {order.reference}  open             150000  {DOSSIER}\n"
    assert run(capsys, "payments", "list", "--day", day) == (0, line, "")
    assert run(capsys, "payments", "list", "--day", "2020-01-01") == (0, "", "")


def test_money_is_given_back(
    capsys: Captured, server: PaymentServer, gateway: PaymentGateway
) -> None:
    order = paid(server, gateway)
    ask = ("payments", "refund", order.reference, "--reason", "Trả hai lần")
    expected = f"Error: Order {order.reference} is open: only what is paid is given back.\n"
    assert run(capsys, *ask) == (1, "", expected)
    run(capsys, "payments", "reconcile")
    server.api_fault = ps.API_ERROR
    status, _, errors = run(capsys, *ask)
    assert status == 1
    assert "Whether the request was taken is not known" in errors
    server.api_fault = ps.API_OK
    assert run(capsys, *ask) == (0, f"{order.reference} is refunding.\n", "")
    server.transactions[order.reference].status = "00"
    _, table, _ = run(capsys, "payments", "reconcile")
    assert "refunding refunded" in table
    unknown = run(capsys, "payments", "refund", "QNG5", "--reason", "x")
    assert unknown == (1, "", "Error: There is no order QNG5.\n")


@pytest.mark.parametrize("command", ["reconcile", "refund"])
def test_a_gateway_that_is_off_is_told(
    capsys: Captured, database_ready: Settings, command: str
) -> None:
    more = ("QNG5", "--reason", "x") if command == "refund" else ()
    expected = (1, "", "Error: No payment gateway is set (BOT_PAYMENT_URL and others).\n")
    assert run(capsys, "payments", command, *more) == expected


def test_a_setting_that_is_missing_is_told(
    capsys: Captured,
    server: PaymentServer,
    gateway: PaymentGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BOT_PAYMENT_SECRET")
    settings.cache_clear()
    expected = (1, "", "Error: The payment gateway needs BOT_PAYMENT_SECRET as well.\n")
    assert run(capsys, "payments", "reconcile") == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("payments",),
        ("payments", "reconcile", "--day", "29/11/2026"),
        ("payments", "refund", "QNG5"),
        ("payments", "refund", "QNG5", "--reason", "x", "--amount", "150.000"),
        ("payments", "refund", "QNG5", "--reason", "x", "--amount", "0"),
    ],
)
def test_wrong_arguments_show_how_it_is_used(
    capsys: Captured, database_ready: Settings, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m bot")
