"""What the commands about payments do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot import clock
from bot.commands import CommandError, db_upgrade

if TYPE_CHECKING:
    from bot.payments.gateway import PaymentGateway
    from bot.payments.reconciliation import Report, Row

_COLUMNS = ("reference", "ours", "theirs", "before", "after", "difference")


def payments_reconcile(arguments: argparse.Namespace) -> None:
    """Compare orders with the gateway, and with its settlement file; by default of two days."""
    from bot.payments.gateway import PaymentGatewayUnavailable
    from bot.payments.reconciliation import reconcile
    from bot.payments.statement import read_statement

    gateway = _gateway()
    today = clock.today()
    days = [arguments.day] if arguments.day else [today - dt.timedelta(days=1), today]
    statement = read_statement(arguments.statement, days) if arguments.statement else None
    db_upgrade(arguments)
    try:
        report = asyncio.run(reconcile(gateway, days, statement))
    except PaymentGatewayUnavailable as error:
        raise CommandError(f"{error} Nothing was changed.") from error
    if arguments.json:
        print(json.dumps(_as_json(report, days), indent=1))
    else:
        _print_table(report)
    if report.differences:
        raise CommandError(f"{report.differences} differences are left.")


def payments_list(arguments: argparse.Namespace) -> None:
    """List the gateway's orders of a day in Vietnam (by default today), the oldest first."""
    from bot.payments import order_store
    from bot.payments.reconciliation import span_of

    db_upgrade(arguments)
    for order in order_store.listed(*span_of(arguments.day or clock.today())):
        made_at = f"{clock.in_vietnam(order.made_at):%Y-%m-%d %H:%M:%S}"
        twice = " paid twice" if order.paid_twice else ""
        print(
            f"{made_at}  {order.reference}  {order.state:9} {order.amount:13}  "
            f"{order.dossier_code}  {order.gateway_number}{twice}".rstrip()
        )


def payments_refund(arguments: argparse.Namespace) -> None:
    """Ask the gateway to give an order's money back."""
    from bot.payments import orders
    from bot.payments.gateway import PaymentGatewayUnavailable, RefundNotAccepted

    gateway = _gateway()
    db_upgrade(arguments)
    asking = orders.refund(arguments.reference, gateway, arguments.reason, arguments.amount)
    try:
        order = asyncio.run(asking)
    except PaymentGatewayUnavailable as error:
        raise CommandError(
            f"{error} Whether the request was taken is not known: reconcile before asking again."
        ) from error
    except (orders.OrderUnknown, RefundNotAccepted, ValueError) as error:
        raise CommandError(str(error)) from error
    print(f"{order.reference} is {order.state}.")


def _gateway() -> PaymentGateway:
    from bot.payments.gateway import payment_gateway

    found = payment_gateway()
    if found is None:
        raise CommandError("No payment gateway is set (BOT_PAYMENT_URL and others).")
    return found


def _as_json(report: Report, days: Sequence[dt.date]) -> dict[str, object]:
    return {
        "days": [day.isoformat() for day in days],
        "differences": report.differences,
        "orders": [dataclasses.asdict(row) for row in report.rows],
        "statement": [dataclasses.asdict(row) for row in report.statement],
    }


def _print_table(report: Report) -> None:
    """Orders, then what the statement differs about."""
    print(_line(_COLUMNS))
    for row in report.rows:
        print(_line(_cells(row)))
    if report.statement:
        print("statement:")
    for row in report.statement:
        print(_line(_cells(row)))
    print(f"{len(report.rows)} orders compared, {report.differences} differences.")


def _cells(row: Row) -> tuple[str, ...]:
    values = (getattr(row, name) for name in _COLUMNS)
    return tuple("-" if value in (None, "") else str(value) for value in values)


def _line(cells: Sequence[str]) -> str:
    reference, ours, theirs, before, after, difference = cells
    return f"{reference:16} {ours:>13} {theirs:>13}  {before:9} {after:9} {difference}"
