"""The payment gateway over VNPAY's protocol 2.1.0; see `bot.payments.vnpay_messages`.

The national portal's payment platform (PayGov) connects gateways of this shape; one with another
protocol is put in as another class beside this one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import json
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot import personal_data
from bot import text as vn
from bot.payments import gateway as g
from bot.payments import states
from bot.payments import vnpay_messages as m
from bot.payments.gateway import (
    BadSignature,
    Malformed,
    Notice,
    PaymentGatewayUnavailable,
    RefundNotAccepted,
    UnusableAnswer,
)
from bot.payments.order import Order
from bot.settings import Settings, SettingsError

# Ours is not told apart from others' on the gateway's side: it compares nothing with it.
_OWN_ADDRESS = "127.0.0.1"
LARGEST_ANSWER = 16 * 1024
_LONGEST_REASON = 200
_MERCHANT = re.compile(r"[A-Za-z0-9]{1,16}")
# Answers of the API to what does not reach a transaction.
_NO_SUCH_TRANSACTION = "91"
# Reasons not to take a request for a refund: no such payment, asked already, not paid.
_REFUND_REFUSALS = ("91", "94", "95")

_CONFIRMED = {"RspCode": "00", "Message": "Confirm Success"}
_CONFIRMED_BEFORE = {"RspCode": "02", "Message": "Order already confirmed"}
# Anything but 00 and 02 makes the gateway ask again, later.
_REPLIES: dict[str, Mapping[str, str]] = {
    states.APPLIED: _CONFIRMED,
    states.IN_DOUBT: _CONFIRMED,
    states.PAID_TWICE: _CONFIRMED,
    states.EARLY_REFUND: _CONFIRMED,
    states.KNOWN: _CONFIRMED_BEFORE,
    states.OUTDATED: _CONFIRMED_BEFORE,
    states.UNKNOWN_ORDER: {"RspCode": "01", "Message": "Order not found"},
    states.WRONG_AMOUNT: {"RspCode": "04", "Message": "Invalid amount"},
    g.BAD_SIGNATURE: {"RspCode": "97", "Message": "Invalid signature"},
    g.MALFORMED: {"RspCode": "99", "Message": "Unknown error"},
    g.UNAVAILABLE: {"RspCode": "99", "Message": "Unknown error"},
}


@dataclass(frozen=True)
class VnpayGateway:
    """See `bot.payments.gateway.PaymentGateway`.

    `pay_url` is the page that citizens pay on, `api_url` answers questions, `timeout` is in
    seconds and for a whole request.
    """

    pay_url: str
    api_url: str
    merchant: str
    secret: str = field(repr=False)
    timeout: float

    @classmethod
    def from_settings(cls, settings: Settings) -> VnpayGateway:
        """The gateway of the settings, all of which are there.

        Raises:
            SettingsError: the merchant's name cannot be one, or an address is not private.
        """
        if not _MERCHANT.fullmatch(settings.payment_merchant):
            raise SettingsError("BOT_PAYMENT_MERCHANT has 1 to 16 letters and digits.")
        for name, url in (
            ("BOT_PAYMENT_URL", settings.payment_url),
            ("BOT_PAYMENT_API_URL", settings.payment_api_url),
        ):
            if not url.startswith("https://") and not _is_this_machine(url):
                raise SettingsError(f"{name} must begin with https://.")
        return cls(
            settings.payment_url,
            settings.payment_api_url,
            settings.payment_merchant,
            settings.payment_secret,
            settings.payment_timeout,
        )

    @property
    def host(self) -> str:
        """Name of the computer whose pages citizens pay on."""
        return urlsplit(self.pay_url).hostname or ""

    def create(self, order: Order, return_url: str, client_address: str) -> str:
        """The signed address of the page where an order is paid, until it expires."""
        values = {
            "vnp_Version": m.VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self.merchant,
            "vnp_Amount": str(order.amount * 100),
            "vnp_CreateDate": m.moment(order.made_at),
            "vnp_ExpireDate": m.moment(order.expires_at),
            "vnp_CurrCode": "VND",
            "vnp_IpAddr": client_address or _OWN_ADDRESS,
            "vnp_Locale": "vn",
            # Stands on the payer's statement, and says nothing of the dossier.
            "vnp_OrderInfo": order.reference,
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": return_url,
            "vnp_TxnRef": order.reference,
        }
        return f"{self.pay_url}?{m.signed_query(self.secret, values)}"

    def read_callback(self, query: str) -> Notice:
        """The notice that came as the query string of a call-back."""
        return m.payment_notice(self.merchant, m.read_signed_query(self.secret, query))

    def read_return(self, query: str) -> str:
        """The reference of the order that a browser comes back from."""
        return m.reference_of(self.merchant, m.read_signed_query(self.secret, query))

    def acknowledge(self, verdict: str) -> Mapping[str, str]:
        """What a call-back is answered with."""
        return _REPLIES[verdict]

    async def query(self, order: Order) -> Notice:
        """What the gateway says of an order now."""
        values = self._request("querydr", order)
        answer = await self._ask(values, m.QUERY_FIELDS, m.QUERY_ANSWER_FIELDS)
        if answer.get("vnp_ResponseCode") == _NO_SUCH_TRANSACTION:
            return Notice(g.QUERY, order.reference, g.NOT_FOUND, code=_NO_SUCH_TRANSACTION)
        return self._notice(g.QUERY, answer)

    async def request_refund(self, order: Order, reason: str, amount: int) -> Notice:
        """Ask to give back `amount` đồng of what was paid."""
        if type(amount) is not int or not 1 <= amount <= order.amount:
            raise ValueError(f"A refund is of 1 to {order.amount} dong.")
        is_full = amount == order.amount
        values = {
            **self._request("refund", order),
            "vnp_TransactionType": m.FULL_REFUND if is_full else m.PARTIAL_REFUND,
            "vnp_Amount": str(amount * 100),
            "vnp_TransactionNo": order.gateway_number,
            "vnp_CreateBy": "bot",
            "vnp_OrderInfo": _plain(reason) or order.reference,
        }
        answer = await self._ask(values, m.REFUND_FIELDS, m.REFUND_ANSWER_FIELDS)
        code = answer.get("vnp_ResponseCode", "")
        if code in _REFUND_REFUSALS:
            raise RefundNotAccepted(code)
        return self._notice(g.REFUND, answer)

    def _request(self, command: str, order: Order) -> dict[str, str]:
        return {
            # New for each request: the gateway refuses one that comes twice.
            "vnp_RequestId": secrets.token_hex(16),
            "vnp_Version": m.VERSION,
            "vnp_Command": command,
            "vnp_TmnCode": self.merchant,
            "vnp_TxnRef": order.reference,
            "vnp_OrderInfo": order.reference,
            "vnp_TransactionDate": m.moment(order.made_at),
            "vnp_CreateDate": m.moment(dt.datetime.utcnow()),
            "vnp_IpAddr": _OWN_ADDRESS,
        }

    async def _ask(
        self, values: Mapping[str, str], signed: Sequence[str], expected: Sequence[str]
    ) -> dict[str, str]:
        """A verified answer to a request, about the same order and of the same kind."""
        body = await self._post(m.signed_fields(self.secret, values, signed))
        answer = _fields(body)
        try:
            m.verify_fields(self.secret, answer, expected)
            reference = m.reference_of(self.merchant, answer)
        except (BadSignature, Malformed) as error:
            code = _shown(answer.get("vnp_ResponseCode", ""))
            raise UnusableAnswer(f"The answer (code {code}) is unusable: {error}") from None
        if reference != values["vnp_TxnRef"]:
            raise UnusableAnswer("The answer is about another order.")
        if answer.get("vnp_Command") != values["vnp_Command"]:
            raise UnusableAnswer("The answer is to another command.")
        return answer

    def _notice(self, kind: str, answer: dict[str, str]) -> Notice:
        if answer.get("vnp_ResponseCode") != m.SUCCESS:
            code = _shown(answer.get("vnp_ResponseCode", ""))
            raise UnusableAnswer(f"The gateway refuses the request (code {code}).")
        try:
            return m.answer_notice(kind, self.merchant, answer)
        except Malformed as error:
            raise UnusableAnswer(f"The answer is unusable: {error}") from None

    async def _post(self, values: Mapping[str, str]) -> bytes:
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self.timeout, ceil_threshold=math.inf),
                    # A small answer may unfold to a huge one.
                    headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                    cookie_jar=aiohttp.DummyCookieJar(),
                ) as session,
                session.post(
                    # A redirect would hand a signed request on to somebody else.
                    self.api_url,
                    json=dict(values),
                    allow_redirects=False,
                ) as response,
            ):
                if response.status != 200:
                    reason = f"The gateway answered with status {response.status}."
                    raise PaymentGatewayUnavailable(reason)
                return await _read(response.content)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            # Without the cause: its text may hold the address.
            reason = f"The gateway does not answer ({type(error).__name__})."
        raise PaymentGatewayUnavailable(reason)


async def _read(content: aiohttp.StreamReader) -> bytes:
    body = b""
    async for piece in content.iter_chunked(LARGEST_ANSWER + 1):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise UnusableAnswer("The answer is too large.")
    return body


class _Pairs(list[tuple[str, Any]]):
    """A JSON object; a JSON list is a plain list."""


def _fields(body: bytes) -> dict[str, str]:
    """Fields of a JSON object as the text that was signed; each stands there once."""
    try:
        pairs = json.loads(body, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise UnusableAnswer("The answer is broken JSON.") from None
    if not isinstance(pairs, _Pairs):
        raise UnusableAnswer("The answer is no JSON object.")
    values = {name: "" if value is None else value for name, value in pairs}
    if len(values) != len(pairs) or not all(type(v) in (str, int) for v in values.values()):
        raise UnusableAnswer("The answer is none of the protocol's.")
    return {name: str(value) for name, value in values.items()}


def _shown(code: str) -> str:
    """A code for a message: what is no code is not repeated."""
    return code if re.fullmatch(r"[0-9]{2}", code) else "?"


def _plain(reason: str) -> str:
    """Letters without accents, digits and blanks; no personal data leaves the house."""
    folded = re.sub(r"[^a-z0-9]+", " ", vn.fold(personal_data.mask(reason)).lower())
    return folded.strip()[:_LONGEST_REASON]


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
