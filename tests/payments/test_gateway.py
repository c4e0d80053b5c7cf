"""The gateway's protocol, against a server that was written from its documents alone."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import logging
import traceback
import urllib.parse
from collections.abc import Iterator

import pytest

from bot.payments import gateway as g
from bot.payments import payment_pages
from bot.payments.gateway import (
    BadSignature,
    Malformed,
    Notice,
    PaymentGateway,
    PaymentGatewayUnavailable,
    RefundNotAccepted,
    UnusableAnswer,
    gateway_from_settings,
    payment_gateway,
)
from bot.payments.order import Order
from bot.payments.qr_reference import draw
from bot.payments.vnpay import VnpayGateway
from bot.settings import Settings, SettingsError, read_settings
from tests import payment_server as ps
from tests.payment_server import PaymentServer, running_payment_server, signed
from tests.payments.paying import DOSSIER, FEE, fetch, pay, switch_on

RETURN = "https://bot.example/payments/return"


@pytest.fixture
def server() -> Iterator[PaymentServer]:
    with running_payment_server() as running:
        yield running


@pytest.fixture
def gateway(
    server: PaymentServer, fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> PaymentGateway:
    return switch_on(monkeypatch, server)


def order(**changes: object) -> Order:
    made = dt.datetime.utcnow().replace(microsecond=0)
    until = made + dt.timedelta(minutes=15)
    found = Order(draw(), "gateway", DOSSIER, FEE, "open", made, until)
    return dataclasses.replace(found, **changes)


def ask(gateway: PaymentGateway, wanted: Order) -> Notice:
    return asyncio.run(gateway.query(wanted))


# The address of the page


def test_the_address_is_what_the_documents_say(gateway: PaymentGateway) -> None:
    made, until = map(dt.datetime.fromisoformat, ("2021-08-01 08:33:33", "2021-08-01 18:00:00"))
    found = order(reference="QNG5", amount=18_060, made_at=made, expires_at=until)
    address, _, query = gateway.create(found, RETURN, "203.0.113.9").partition("?")
    assert address.endswith(ps.PAY_PATH)
    text, _, hashed = query.rpartition("&vnp_SecureHash=")
    assert text == (
        "vnp_Amount=1806000&vnp_Command=pay&vnp_CreateDate=20210801153333&vnp_CurrCode=VND"
        "&vnp_ExpireDate=20210802010000&vnp_IpAddr=203.0.113.9&vnp_Locale=vn&vnp_OrderInfo=QNG5"
        "&vnp_OrderType=other&vnp_ReturnUrl=https%3A%2F%2Fbot.example%2Fpayments%2Freturn"
        "&vnp_TmnCode=QNGTEST1&vnp_TxnRef=QNG5&vnp_Version=2.1.0"
    )
    assert hashed == ps.sha512(text)


def test_nothing_of_the_dossier_is_handed_over(gateway: PaymentGateway) -> None:
    assert DOSSIER not in urllib.parse.unquote(gateway.create(order(), RETURN, ""))


def test_the_server_takes_our_address_and_refuses_a_changed_one(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    found = order()
    url = gateway.create(found, RETURN, "")
    assert fetch(url)[0] == 200
    changed = url.replace(f"vnp_Amount={FEE}00", "vnp_Amount=100")
    assert [fetch(bad)[0] for bad in (changed, url[:-1], f"{url}&vnp_BankCode=NCB")] == [400] * 3
    late = order(expires_at=found.made_at - dt.timedelta(minutes=1))
    assert fetch(gateway.create(late, RETURN, ""))[0] == 400
    assert server.refusals[0] == "wrong signature"
    assert server.refusals[-1] == "expires before it begins"


# Call-backs and returns


def callback(**changes: str) -> dict[str, str]:
    return {
        "vnp_Amount": f"{FEE}00",
        "vnp_BankCode": "NCB",
        "vnp_CardType": "ATM",
        "vnp_OrderInfo": "Nop phi QNG",
        "vnp_PayDate": "20261130101500",
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": ps.MERCHANT,
        "vnp_TransactionNo": "14000001",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": "QNG5",
        **changes,
    }


def test_a_signed_call_back_is_read(gateway: PaymentGateway) -> None:
    assert gateway.read_callback(signed(callback())) == Notice(
        g.CALLBACK,
        "QNG5",
        g.PAID,
        FEE,
        "14000001",
        "00/00",
        paid_at=dt.datetime.fromisoformat("2026-11-30 03:15:00"),
    )
    assert gateway.read_return(signed(callback())) == "QNG5"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("24", "02", g.FAILED), ("51", "02", g.FAILED), ("11", "02", g.FAILED),
        ("00", "01", g.PENDING), ("07", "07", g.IN_DOUBT), ("07", "00", g.IN_DOUBT),
        ("99", "04", g.IN_DOUBT), ("00", "02", g.IN_DOUBT), ("24", "00", g.IN_DOUBT),
        ("99", "88", g.FAILED),
    ],
)  # fmt: skip
def test_codes_are_understood(
    gateway: PaymentGateway, code: str, status: str, expected: str
) -> None:
    values = callback(vnp_ResponseCode=code, vnp_TransactionStatus=status)
    found = gateway.read_callback(signed(values))
    assert (found.status, found.code, found.paid_at) == (expected, f"{code}/{status}", None)


def test_a_cancelled_try_has_no_number(gateway: PaymentGateway) -> None:
    values = callback(
        vnp_ResponseCode="24", vnp_TransactionStatus="02", vnp_TransactionNo="0", vnp_PayDate=""
    )
    assert gateway.read_callback(signed(values)).gateway_number == ""


GOOD = signed(callback())
FORGED = {
    "another secret": signed(callback(), ps.OTHER_SECRET),
    "no signature": ps.encoded(callback()),
    "empty signature": f"{ps.encoded(callback())}&vnp_SecureHash=",
    "one more parameter": f"{GOOD}&vnp_BankTranNo=1",
    "another sum": GOOD.replace("vnp_Amount=1", "vnp_Amount=2"),
    "cut": GOOD[:-1],
    "letters that are none": GOOD[:-1] + "%C4%91",
    "MD5 instead": f"{GOOD[:-128]}{'0' * 32}&vnp_SecureHashType=MD5",
}


@pytest.mark.parametrize("query", FORGED.values(), ids=FORGED)
def test_what_the_gateway_has_not_signed_is_refused(gateway: PaymentGateway, query: str) -> None:
    with pytest.raises(BadSignature):
        gateway.read_callback(query)
    with pytest.raises(BadSignature):
        gateway.read_return(query)


BROKEN = {
    "a parameter twice": f"{GOOD}&vnp_Amount=100",
    "the signature twice": f"{GOOD}&vnp_SecureHash={GOOD[-128:]}",
    "a foreign parameter": f"{GOOD}&utm_source=x",
    "no query": "",
    "no pairs": "vnp_Amount",
    "no UTF-8": "vnp_Amount=%FF",
    "too long": f"{GOOD}&vnp_More={'x' * 4096}",
    "too many": "&".join(f"vnp_{n}={n}" for n in range(60)),
    "another merchant": signed(callback(vnp_TmnCode="OTHER001")),
    "no merchant": signed(callback(vnp_TmnCode="")),
    "no reference": signed(callback(vnp_TxnRef="")),
    "a strange reference": signed(callback(vnp_TxnRef="QNG'; --")),
    "a NUL": signed(callback(vnp_TxnRef="QNG\x00")),
    "a long reference": signed(callback(vnp_TxnRef="Q" * 101)),
    "no sum": signed(callback(vnp_Amount="")),
    "a negative sum": signed(callback(vnp_Amount="-15000000")),
    "a broken sum": signed(callback(vnp_Amount="15000000.0")),
    "a part of a dong": signed(callback(vnp_Amount="15000050")),
    "Arabic digits": signed(callback(vnp_Amount="١٥٠٠٠٠٠٠")),
    "no code": signed(callback(vnp_ResponseCode="")),
    "no status": signed(callback(vnp_TransactionStatus="")),
    "paid without a number": signed(callback(vnp_TransactionNo="0")),
    "a broken day": signed(callback(vnp_PayDate="20261330101500")),
}


@pytest.mark.parametrize("query", BROKEN.values(), ids=BROKEN)
def test_what_is_none_of_the_protocols_is_refused(gateway: PaymentGateway, query: str) -> None:
    with pytest.raises(Malformed):
        gateway.read_callback(query)


def test_a_signature_in_capitals_is_as_good(gateway: PaymentGateway) -> None:
    text, hashed = GOOD[:-128], GOOD[-128:]
    assert gateway.read_callback(f"{text}{hashed.upper()}") == gateway.read_callback(GOOD)
    with_kind = f"{GOOD}&vnp_SecureHashType=HMACSHA512"
    assert gateway.read_callback(with_kind) == gateway.read_callback(GOOD)


# Questions


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("success", g.PAID), ("cancel", g.FAILED), ("insufficient", g.FAILED),
        ("suspected", g.IN_DOUBT), ("reversed", g.IN_DOUBT),
    ],
)  # fmt: skip
def test_the_gateway_is_asked_what_became_of_an_order(
    server: PaymentServer, gateway: PaymentGateway, outcome: str, expected: str
) -> None:
    server.fault = ps.DROPPED
    found = order()
    assert ask(gateway, found) == Notice(g.QUERY, found.reference, g.NOT_FOUND, code="91")
    fetch(gateway.create(found, RETURN, ""))
    assert ask(gateway, found).status == g.PENDING
    pay(server, gateway, found, outcome)
    known = server.transactions[found.reference]
    told = ask(gateway, found)
    assert (told.kind, told.status, told.amount) == (g.QUERY, expected, FEE)
    assert (told.gateway_number, told.code) == (known.number, f"01/{known.status}")
    assert (told.paid_at is not None) == (expected == g.PAID)


def test_another_order_of_the_same_second_is_not_it(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    server.fault = ps.DROPPED
    found = order()
    pay(server, gateway, found)
    elsewhere = dataclasses.replace(found, made_at=found.made_at - dt.timedelta(seconds=1))
    assert ask(gateway, elsewhere).status == g.NOT_FOUND


@pytest.mark.parametrize("fault", ps.API_FAULTS)
def test_an_answer_that_cannot_be_believed_is_none(
    server: PaymentServer,
    gateway: PaymentGateway,
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fault = ps.DROPPED
    found = order()
    pay(server, gateway, found)
    server.api_fault = fault
    assert isinstance(gateway, VnpayGateway)
    quick = dataclasses.replace(gateway, timeout=0.3)
    with pytest.raises(PaymentGatewayUnavailable) as caught:
        ask(quick, found)
    is_down = fault in (ps.API_DOWN, ps.API_SLOW, ps.API_ERROR, ps.API_REDIRECT)
    assert isinstance(caught.value, UnusableAnswer) != is_down
    told = "".join(traceback.format_exception(caught.value))
    assert ps.SECRET not in f"{told} {caplog.text} {gateway!r}"
    for known in (found.reference, DOSSIER, server.url):
        assert known not in str(caught.value)


def test_nobody_listens(server: PaymentServer, gateway: PaymentGateway) -> None:
    server.stop()
    with pytest.raises(PaymentGatewayUnavailable, match=r"does not answer \(ClientConnectorError"):
        ask(gateway, order())


# Refunds


def test_a_refund_goes_on_step_by_step(server: PaymentServer, gateway: PaymentGateway) -> None:
    server.fault = ps.DROPPED
    found = order()
    pay(server, gateway, found)
    known = server.transactions[found.reference]
    paid = dataclasses.replace(found, gateway_number=known.number)
    taken = asyncio.run(gateway.request_refund(paid, "Trả hai lần, gọi 0912345678", FEE))
    expected = Notice(g.REFUND, found.reference, g.REFUNDING, FEE, known.number, "02/05")
    assert taken == expected
    assert server.requests[-1]["vnp_OrderInfo"] == "tra hai lan goi"
    for status, told in (("06", g.REFUNDING), ("00", g.REFUNDED), ("09", g.REFUND_REFUSED)):
        known.status = status
        assert ask(gateway, paid) == dataclasses.replace(
            expected, kind=g.QUERY, status=told, code=f"02/{status}"
        )


def test_a_part_is_given_back(server: PaymentServer, gateway: PaymentGateway) -> None:
    server.fault = ps.DROPPED
    found = order()
    pay(server, gateway, found)
    taken = asyncio.run(gateway.request_refund(found, "", 50_000))
    assert (taken.status, taken.amount, taken.is_partial) == (g.REFUNDING, 50_000, True)
    assert server.requests[-1]["vnp_TransactionType"] == "03"


def test_what_was_not_paid_is_not_given_back(
    server: PaymentServer, gateway: PaymentGateway
) -> None:
    server.fault = ps.DROPPED
    found = order()

    def refused() -> str:
        with pytest.raises(RefundNotAccepted) as caught:
            asyncio.run(gateway.request_refund(found, "x", FEE))
        return caught.value.code

    assert refused() == "91"
    pay(server, gateway, found, "cancel")
    assert refused() == "95"
    other = order()
    pay(server, gateway, other)
    asyncio.run(gateway.request_refund(other, "x", FEE))
    found = other
    assert refused() == "94"


@pytest.mark.parametrize("amount", [0, -1, FEE + 1, 1.0, True])
def test_no_refund_of_more_than_was_paid(gateway: PaymentGateway, amount: int) -> None:
    with pytest.raises(ValueError, match="A refund is of 1 to"):
        asyncio.run(gateway.request_refund(order(), "x", amount))


# Settings

ALL = {
    "BOT_PAYMENT_URL": "https://pay.example/vpcpay.html",
    "BOT_PAYMENT_API_URL": "https://pay.example/api",
    "BOT_PAYMENT_MERCHANT": "QNG00001",
    "BOT_PAYMENT_SECRET": "a secret",
}


def from_environment(folder: Settings, **values: str) -> PaymentGateway | None:
    own = {"BOT_VAR_DIR": str(folder.var_dir), "BOT_SECRET": "x", "BOT_HOTLINE_SECRET": "y"}
    return gateway_from_settings(read_settings({**own, **values}))


def test_the_gateway_is_off_by_default(fresh_settings: Settings) -> None:
    assert payment_gateway() is None


def test_all_settings_make_a_gateway_that_keeps_its_secret(fresh_settings: Settings) -> None:
    found = from_environment(fresh_settings, **ALL)
    assert found is not None
    assert found.host == "pay.example"
    assert "a secret" not in repr(found)


@pytest.mark.parametrize("name", ALL)
def test_a_setting_that_is_missing_is_told(fresh_settings: Settings, name: str) -> None:
    others = {key: value for key, value in ALL.items() if key != name}
    with pytest.raises(SettingsError, match=f"^The payment gateway needs {name} as well.$"):
        from_environment(fresh_settings, **others)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("BOT_PAYMENT_MERCHANT", "QNG 1", "1 to 16 letters and digits"),
        ("BOT_PAYMENT_URL", "http://pay.example/x", "must begin with https"),
        ("BOT_PAYMENT_API_URL", "http://pay.example/x", "must begin with https"),
        ("BOT_PAYMENT_API_URL", "http://127.0.0.1.example/x", "must begin with https"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(
    fresh_settings: Settings, name: str, value: str, reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        from_environment(fresh_settings, **{**ALL, name: value})


# Addresses of our own page


def test_only_addresses_that_were_made_here_name_an_order(fresh_settings: Settings) -> None:
    found = order()
    path = payment_pages.path(found.reference)
    token = path.rpartition("/")[2]
    assert payment_pages.url(found) == f"http://127.0.0.1:5005{path}"
    assert payment_pages.reference_of(token) == found.reference
    other = payment_pages.path(draw()).rpartition("-")[2]
    for bad in ("", found.reference, token[:-1], f"{found.reference}-{other}", token + "0"):
        assert payment_pages.reference_of(bad) is None
