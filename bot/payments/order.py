"""A payment order: what a citizen was given to pay a dossier's fee with, and its state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# Ways to pay that there are orders of.
GATEWAY, QR = "gateway", "qr"

OPEN, PAID, FAILED, EXPIRED = "open", "paid", "failed", "expired"
REFUNDING, REFUNDED, DISPUTED = "refunding", "refunded", "disputed"
STATES = (OPEN, PAID, FAILED, EXPIRED, REFUNDING, REFUNDED, DISPUTED)

# Money has moved, or perhaps has: the same fee must not be asked for again.
SETTLED = (PAID, REFUNDING, DISPUTED)
# The gateway may still tell something new of them.
UNDECIDED = (OPEN, FAILED, EXPIRED, DISPUTED, REFUNDING)


class AlreadyPaid(ValueError):
    """This fee of the dossier has been paid, or the gateway speaks of money that must be seen to.

    `order` is the one that says so.
    """

    def __init__(self, order: Order) -> None:
        """See the class."""
        super().__init__(f"Order {order.reference} is {order.state}.")
        self.order = order


@dataclass(frozen=True)
class Order:
    """An order; `amount` in whole đồng, `way` one of `GATEWAY`, `QR`, `state` one of `STATES`.

    `made_at` has whole seconds: the gateway knows the order by it. `paid_at` is set once a
    verified message told of the right sum. `paid_twice`: more money came than was asked for.
    `gateway_number` is the gateway's own, "" until it has told it. Times are UTC, without a zone.
    """

    reference: str
    way: str
    dossier_code: str
    amount: int
    state: str
    made_at: dt.datetime
    expires_at: dt.datetime
    gateway_number: str = ""
    paid_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    paid_twice: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether money has moved, or perhaps has; see `SETTLED`."""
        return self.state in SETTLED
