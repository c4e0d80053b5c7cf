"""The payment gateway (cổng thanh toán) as the bot sees it, whatever protocol it speaks.

A gateway is trusted for what it has signed and for nothing else: `read_callback` and `query`
return only what was verified. Off unless all of `BOT_PAYMENT_URL`, `BOT_PAYMENT_API_URL`,
`BOT_PAYMENT_MERCHANT` and `BOT_PAYMENT_SECRET` are set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.payments.order import Order
from bot.settings import Settings, SettingsError, settings

# How a notice came.
CALLBACK, QUERY, REFUND = "callback", "query", "refund"

# What a notice says of the payment: the gateway has the money; the try has failed; it goes on;
# money may have moved although the payment is not good; the gateway knows of no try.
PAID, FAILED, PENDING, IN_DOUBT, NOT_FOUND = "paid", "failed", "pending", "in_doubt", "not_found"
# And of giving it back.
REFUNDING, REFUNDED, REFUND_REFUSED = "refunding", "refunded", "refund_refused"
REFUND_STATUSES = (REFUNDING, REFUNDED, REFUND_REFUSED)

# What a gateway is told when its call-back could not even be read.
BAD_SIGNATURE, MALFORMED, UNAVAILABLE = "bad_signature", "malformed", "unavailable"


class BadSignature(ValueError):
    """A message was not signed by the gateway; nothing of it may be believed."""


class Malformed(ValueError):
    """A message is none of the protocol's, or was meant for somebody else."""


class PaymentGatewayUnavailable(RuntimeError):
    """The gateway does not answer. The text holds nothing of request, answer or secret."""


class UnusableAnswer(PaymentGatewayUnavailable):
    """The gateway answers, but not so that this answer could be believed or understood."""


class RefundNotAccepted(ValueError):
    """The gateway has refused to take a request for a refund; `code` is its reason."""

    def __init__(self, code: str) -> None:
        """See the class."""
        super().__init__(f"The gateway does not accept the refund (code {code}).")
        self.code = code


@dataclass(frozen=True)
class Notice:
    """A verified statement of the gateway.

    `status` is one of those above, `amount` in whole đồng, `code` what the gateway itself calls
    it. `is_partial`: a refund of a part. `paid_at` is UTC, without a zone.
    """

    kind: str
    reference: str
    status: str
    amount: int | None = None
    gateway_number: str = ""
    code: str = ""
    is_partial: bool = False
    paid_at: dt.datetime | None = None


class PaymentGateway(Protocol):
    """Takes payments for orders and tells what became of them."""

    @property
    def host(self) -> str:
        """Name of the computer whose pages citizens pay on, for them to compare."""

    def create(self, order: Order, return_url: str, client_address: str) -> str:
        """The signed address of the page where an order is paid, until it expires.

        Args:
            order: which; nothing of its dossier is handed over.
            return_url: where the citizen's browser is sent afterwards.
            client_address: network address of the citizen.
        """

    def read_callback(self, query: str) -> Notice:
        """The notice that came as the query string of a call-back.

        Raises:
            BadSignature, Malformed: nothing of it may be used.
        """

    def read_return(self, query: str) -> str:
        """The reference of the order that a browser comes back from; says nothing of its state.

        Raises:
            BadSignature, Malformed: nothing of it may be used.
        """

    def acknowledge(self, verdict: str) -> Mapping[str, str]:
        """What a call-back is answered with, as JSON.

        Args:
            verdict: of `bot.payments.states`, or `BAD_SIGNATURE`, `MALFORMED`, `UNAVAILABLE`.
        """

    async def query(self, order: Order) -> Notice:
        """What the gateway says of an order now, refunds included.

        Raises:
            PaymentGatewayUnavailable: no answer, or one that cannot be believed.
        """

    async def request_refund(self, order: Order, reason: str, amount: int) -> Notice:
        """Ask to give back `amount` đồng, at most what was paid; `query` tells how it goes on.

        Never repeated by itself: after a failure it is unknown whether the request was taken.

        Raises:
            ValueError: the amount is not from 1 to that of the order.
            RefundNotAccepted: the gateway does not take the request.
            PaymentGatewayUnavailable: no answer, or one that cannot be believed.
        """


def gateway_from_settings(values: Settings) -> PaymentGateway | None:
    """The gateway that the settings name, or None: then nothing is paid through one.

    Raises:
        bot.settings.SettingsError: only some of the settings are there, or one cannot be used.
    """
    wanted = {
        "BOT_PAYMENT_URL": values.payment_url,
        "BOT_PAYMENT_API_URL": values.payment_api_url,
        "BOT_PAYMENT_MERCHANT": values.payment_merchant,
        "BOT_PAYMENT_SECRET": values.payment_secret,
    }
    if not any(wanted.values()):
        return None
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise SettingsError(f"The payment gateway needs {', '.join(missing)} as well.")
    from bot.payments.vnpay import VnpayGateway

    return VnpayGateway.from_settings(values)


def payment_gateway() -> PaymentGateway | None:
    """The gateway of this process's settings, or None.

    Raises:
        bot.settings.SettingsError: as `gateway_from_settings`.
    """
    return gateway_from_settings(settings())
