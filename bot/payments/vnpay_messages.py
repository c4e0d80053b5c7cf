"""Messages of VNPAY's payment protocol 2.1.0: written, signed, verified and read; no network.

After VNPAY's public documents (sandbox.vnpayment.vn/apis/docs: "thanh-toan-pay/pay.html" for the
address of the page and the call-back, "truy-van-hoan-tien/querydr&refund.html" for the API),
compared with the open npm package vnpay 2.5.0. What is signed:

- page, call-back and return: all parameters that have a value, sorted by name, URL-encoded as
  forms are (a blank is "+"), HMAC-SHA512 with the merchant's secret;
- the API: values of the fields listed below joined by "|", a missing one being empty. An answer
  to querydr ends with two fields on promotions, an answer to refund does not.

Sums are đồng times 100, moments are of GMT+7 as yyyyMMddHHmmss.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from bot import clock
from bot.payments import gateway as g
from bot.payments.gateway import BadSignature, Malformed, Notice

VERSION = "2.1.0"
HASH, HASH_TYPE = "vnp_SecureHash", "vnp_SecureHashType"

QUERY_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_TransactionDate", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
REFUND_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType",
    "vnp_TxnRef", "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
REFUND_ANSWER_FIELDS = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode",
    "vnp_TxnRef", "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo",
    "vnp_TransactionType", "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip
QUERY_ANSWER_FIELDS = (*REFUND_ANSWER_FIELDS, "vnp_PromotionCode", "vnp_PromotionAmount")

SUCCESS = "00"
# vnp_TransactionType.
FULL_REFUND, PARTIAL_REFUND = "02", "03"
# vnp_ResponseCode of a call-back: the money was taken, the payment looks like fraud.
_SUSPECTED = "07"
# vnp_TransactionStatus of a payment. 04: taken at the bank, not good at the gateway.
_PAYMENT = {
    "00": g.PAID, "01": g.PENDING, "02": g.FAILED, "04": g.IN_DOUBT, "07": g.IN_DOUBT,
}  # fmt: skip
# Of a refund. 05, 06: with the gateway, with the bank; 09: refused.
_REFUND = {
    "00": g.REFUNDED, "01": g.REFUNDING, "02": g.REFUND_REFUSED, "04": g.REFUNDING,
    "05": g.REFUNDING, "06": g.REFUNDING, "07": g.REFUNDING, "09": g.REFUND_REFUSED,
}  # fmt: skip
# These speak of a refund whatever the type is.
_ONLY_REFUNDS = ("05", "06", "09")

# A call-back has about a dozen parameters.
LONGEST_QUERY, MOST_PARAMETERS = 4096, 40
_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_AMOUNT = re.compile(r"[0-9]{1,15}")
_CODE = re.compile(r"[0-9]{2}")


def moment(utc: dt.datetime) -> str:
    """A stored moment as the protocol writes it."""
    return f"{clock.in_vietnam(utc):%Y%m%d%H%M%S}"


def signature(secret: str, text: str) -> str:
    """HMAC-SHA512, 128 hex digits."""
    return hmac.new(
        secret.encode(), text.encode("utf-8", "backslashreplace"), hashlib.sha512
    ).hexdigest()


def signed_query(secret: str, values: Mapping[str, str]) -> str:
    """Parameters as a query string, with their signature at its end."""
    text = _canonical(values)
    return f"{text}&{HASH}={signature(secret, text)}"


def read_signed_query(secret: str, query: str) -> dict[str, str]:
    """The parameters of a query string that the gateway has signed.

    Raises:
        Malformed: it is too long, cannot be read, or names a parameter twice.
        BadSignature: the signature is missing or wrong.
    """
    if len(query) > LONGEST_QUERY:
        raise Malformed("The query string is too long.")
    try:
        pairs = parse_qsl(
            query,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise Malformed("The query string cannot be read.") from None
    values = dict(pairs)
    if len(values) != len(pairs):
        raise Malformed("A parameter is there twice.")
    if not all(name.startswith("vnp_") for name in values):
        raise Malformed("A parameter is none of the protocol's.")
    told = values.pop(HASH, "")
    values.pop(HASH_TYPE, None)
    _compare(signature(secret, _canonical(values)), told)
    return values


def signed_fields(secret: str, values: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """A request to the API with its signature over `fields`."""
    return {**values, HASH: signature(secret, _joined(values, fields))}


def verify_fields(secret: str, values: Mapping[str, str], fields: Sequence[str]) -> None:
    """See that an answer of the API was signed.

    Raises:
        BadSignature: the signature is missing or wrong.
    """
    _compare(signature(secret, _joined(values, fields)), values.get(HASH, ""))


def payment_notice(merchant: str, values: Mapping[str, str]) -> Notice:
    """What a verified call-back says.

    Raises:
        Malformed: it is for another merchant, or a value is none of the protocol's.
    """
    code, status = _code(values, "vnp_ResponseCode"), _code(values, "vnp_TransactionStatus")
    if code == status == SUCCESS:
        known = g.PAID
    elif _PAYMENT.get(status) == g.PENDING:
        known = g.PENDING
    elif SUCCESS in (code, status) or code == _SUSPECTED or _PAYMENT.get(status) == g.IN_DOUBT:
        # Money may have been taken, or one code says that it was and the other does not.
        known = g.IN_DOUBT
    else:
        known = g.FAILED
    return _notice(g.CALLBACK, known, merchant, values, f"{code}/{status}")


def answer_notice(kind: str, merchant: str, values: Mapping[str, str]) -> Notice:
    """What a verified answer of the API with the code 00 says, to a query or a refund.

    Raises:
        Malformed: it is for another merchant, or a value is none of the protocol's.
    """
    status, transaction = _code(values, "vnp_TransactionStatus"), values["vnp_TransactionType"]
    is_refund = transaction in (FULL_REFUND, PARTIAL_REFUND) or status in _ONLY_REFUNDS
    if not is_refund and transaction != "01":
        raise Malformed("The type of the transaction is none of the protocol's.")
    known = _REFUND.get(status, g.REFUNDING) if is_refund else _PAYMENT.get(status, g.IN_DOUBT)
    code = f"{transaction}/{status}"
    return _notice(kind, known, merchant, values, code, partial=transaction == PARTIAL_REFUND)


def reference_of(merchant: str, values: Mapping[str, str]) -> str:
    """The reference in verified parameters.

    Raises:
        Malformed: they are for another merchant, or the reference cannot be one.
    """
    if values.get("vnp_TmnCode") != merchant:
        raise Malformed("The message is for another merchant.")
    return _matched(_REFERENCE, values, "vnp_TxnRef")


def _notice(
    kind: str,
    status: str,
    merchant: str,
    values: Mapping[str, str],
    code: str,
    *,
    partial: bool = False,
) -> Notice:
    amount = int(_matched(_AMOUNT, values, "vnp_Amount"))
    if amount % 100:
        raise Malformed("The sum is not of whole dong.")
    number = _matched(_NUMBER, values, "vnp_TransactionNo", default="0")
    if number == "0" and status == g.PAID:
        raise Malformed("A payment has a number.")
    return Notice(
        kind,
        reference_of(merchant, values),
        status,
        amount // 100,
        "" if number == "0" else number,
        code,
        partial,
        _paid_at(values.get("vnp_PayDate", "")) if status == g.PAID else None,
    )


def _paid_at(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        told = dt.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=clock.VIETNAM)
    except ValueError:
        raise Malformed("The moment of the payment cannot be read.") from None
    return told.astimezone(dt.timezone.utc).replace(tzinfo=None)


def _code(values: Mapping[str, str], name: str) -> str:
    return _matched(_CODE, values, name)


def _matched(form: re.Pattern[str], values: Mapping[str, str], name: str, default: str = "") -> str:
    value = values.get(name, "") or default
    if not form.fullmatch(value):
        raise Malformed(f"{name} is none of the protocol's.")
    return value


def _canonical(values: Mapping[str, str]) -> str:
    return urlencode([(name, values[name]) for name in sorted(values) if values[name]])


def _joined(values: Mapping[str, str], fields: Sequence[str]) -> str:
    return "|".join(values.get(name, "") for name in fields)


def _compare(expected: str, told: str) -> None:
    """In constant time: how much of a guess was right must not be measurable."""
    if not hmac.compare_digest(expected.encode(), told.lower().encode("utf-8", "replace")):
        raise BadSignature("The signature is missing or wrong.")
