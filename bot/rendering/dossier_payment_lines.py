"""What is known of the payment of a dossier, as lines of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot import clock
from bot.dossiers.model import Dossier
from bot.payments import money
from bot.payments.orders import Order
from bot.rendering import procedure_lines as rendering
from bot.wording import text

TOPIC = "dossier_payments"
# The latest tries to pay are told; who paid more often asks a person.
MOST_ORDERS = 3


def say(name: str, **values: object) -> str:
    """The line `utter_payment_line_<name>` of `domain/dossier_payments.yml`, filled in."""
    return text(TOPIC, f"utter_payment_line_{name}").format(**values)


def sums(amount: int) -> dict[str, str]:
    """A sum of đồng for a response: in figures, and in words without the unit's name."""
    return {"amount": rendering.amount(amount), "words": money.in_words(amount)}


def state_lines(dossier: Dossier, orders: Sequence[Order], *, has_gateway: bool) -> list[str]:
    """What the procedures system tells, then what became of each try to pay, the latest first."""
    lines = [_due(dossier)]
    lines += [_order(order) for order in orders[:MOST_ORDERS]]
    if has_gateway and not orders:
        lines.append(say("none"))
    if any(order.paid_twice for order in orders):
        lines.append(say("twice"))
    return lines


def _due(dossier: Dossier) -> str:
    if dossier.fee_unpaid is None:
        return say("unknown")
    if dossier.fee_unpaid == 0:
        return say("nothing_due")
    return say("due", **sums(dossier.fee_unpaid))


def _order(order: Order) -> str:
    is_qr = order.way == "qr"
    when = order.paid_at or order.made_at
    name = "qr" if is_qr else order.state
    amount = rendering.amount(order.amount)
    return say(name, reference=order.reference, amount=amount, time=moment(when))


def moment(when: dt.datetime) -> str:
    """A stored moment (UTC) as people in Vietnam write it: 09:05 ngày 30/11/2026."""
    return text(TOPIC, "utter_payment_moment").format(
        time=f"{clock.in_vietnam(when):%H:%M}", date=rendering.date(clock.in_vietnam(when).date())
    )
