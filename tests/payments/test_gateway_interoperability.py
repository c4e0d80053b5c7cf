"""Our side of the gateway's protocol, and that of the tests' server, against the package vnpay.

| what                                              | held to            |
|---------------------------------------------------|--------------------|
| the address of the page                           | letter for letter  |
| our signature on it                               | verified by it     |
| a call-back that it signs, accents and blanks too | read by ours       |
| a call-back of the tests' server                  | verified by it     |
| querydr and refund that it asks                   | answered, verified |

It verifies no answer to a refund (its condition for it can never hold): those are ours alone.
"""

from __future__ import annotations

import datetime as dt
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from bot import clock
from bot.payments import gateway as g
from bot.payments.order import Order
from bot.payments.qr_reference import LETTERS
from bot.payments.vnpay import VnpayGateway
from tests import payment_server as ps
from tests.payment_server import PaymentServer, running_payment_server
from tests.payments.node_packages import Ask, running

HERE = Path(__file__).parent / "node_gateway"
RETURN = "https://bot.example/payments/return"

references = some.text(LETTERS, min_size=11, max_size=11).map("QNG{}".format)
sums = some.integers(1, 9_999_999_999)
moments = some.datetimes(
    dt.datetime.fromisoformat("2026-01-01"), dt.datetime.fromisoformat("2030-12-31")
).map(lambda moment: moment.replace(microsecond=0))
# What a bank may write: signs that are encoded, accents, blanks.
texts = some.text("aZ09 +&=%-_.'()!?/đếẠ", max_size=40).map(str.strip)


@pytest.fixture(scope="module")
def server() -> Iterator[PaymentServer]:
    with running_payment_server() as running:
        running.fault = ps.DROPPED
        yield running


@pytest.fixture(scope="module")
def gateway(server: PaymentServer) -> VnpayGateway:
    urls = server.settings
    return VnpayGateway(
        urls["BOT_PAYMENT_URL"], urls["BOT_PAYMENT_API_URL"], ps.MERCHANT, ps.SECRET, 10
    )


@pytest.fixture(scope="module")
def node(server: PaymentServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`node(question)`: the answer of the package, run by Node.js."""
    with running(HERE, tmp_path_factory.mktemp("node")) as ask:
        hosts = {"vnpayHost": server.url, "queryDrAndRefundHost": server.url}
        known = {"tmnCode": ps.MERCHANT, "secureSecret": ps.SECRET, "testMode": False, **hosts}
        assert ask({"configure": known}) == "configured"
        yield ask


def order(reference: str, amount: int, made_at: dt.datetime) -> Order:
    until = made_at + dt.timedelta(minutes=15)
    return Order(reference, "gateway", "H48.22-260906-0017", amount, "open", made_at, until)


def written(moment: dt.datetime) -> int:
    return int(f"{clock.in_vietnam(moment):%Y%m%d%H%M%S}")


def test_the_address_of_the_page_is_the_same_letter_for_letter(
    node: Ask, gateway: VnpayGateway
) -> None:
    @given(references, sums, moments)
    @examples(max_examples=200, deadline=None)
    def check(reference: str, amount: int, made_at: dt.datetime) -> None:
        found = order(reference, amount, made_at)
        values = {
            "vnp_Amount": amount,
            "vnp_CreateDate": written(made_at),
            "vnp_ExpireDate": written(found.expires_at),
            "vnp_IpAddr": "203.0.113.9",
            "vnp_Locale": "vn",
            "vnp_OrderInfo": reference,
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": RETURN,
            "vnp_TxnRef": reference,
        }
        ours = gateway.create(found, RETURN, "203.0.113.9")
        assert ours == node({"build": values})
        values = dict(urllib.parse.parse_qsl(ours.partition("?")[2]))
        told = node({"read": values})
        assert (told["isVerified"], told["amount"]) == (True, amount)
        last = values["vnp_SecureHash"][-1]
        values["vnp_SecureHash"] = values["vnp_SecureHash"][:-1] + ("0" if last != "0" else "1")
        assert node({"read": values})["isVerified"] is False

    check()


def test_a_call_back_that_it_signs_is_read(node: Ask, gateway: VnpayGateway) -> None:
    @given(references, sums, some.integers(1, 10**15 - 1), texts, texts)
    @examples(max_examples=200, deadline=None)
    def check(reference: str, amount: int, number: int, info: str, bank: str) -> None:
        query = node(
            {
                "sign": {
                    "vnp_Amount": str(amount * 100),
                    "vnp_BankCode": bank,
                    "vnp_OrderInfo": info,
                    "vnp_ResponseCode": "00",
                    "vnp_TmnCode": ps.MERCHANT,
                    "vnp_TransactionNo": str(number),
                    "vnp_TransactionStatus": "00",
                    "vnp_TxnRef": reference,
                }
            }
        )
        found = gateway.read_callback(query)
        assert (found.reference, found.amount) == (reference, amount)
        assert (found.status, found.gateway_number) == (g.PAID, str(number))

    check()


def opened(server: PaymentServer, gateway: VnpayGateway, reference: str) -> Order:
    found = order(reference, 150_000, dt.datetime.utcnow().replace(microsecond=0))
    status, _ = server.open_page(gateway.create(found, RETURN, "").partition("?")[2])
    assert status == 200, server.refusals
    return found


def test_the_servers_call_backs_are_what_it_takes(
    node: Ask, server: PaymentServer, gateway: VnpayGateway
) -> None:
    found = opened(server, gateway, "QNG22222222222")
    query = server.pay(found.reference, "success").partition("?")[2]
    values = dict(urllib.parse.parse_qsl(query))
    expected = {"isVerified": True, "isSuccess": True, "amount": 150_000}
    assert node({"read": values}) == expected
    changed = {**values, "vnp_Amount": "100"}
    assert node({"read": changed})["isVerified"] is False


def test_the_servers_api_answers_its_questions(
    node: Ask, server: PaymentServer, gateway: VnpayGateway
) -> None:
    found = opened(server, gateway, "QNG33333333333")
    server.pay(found.reference, "success")
    question = {
        "vnp_TxnRef": found.reference,
        "vnp_OrderInfo": found.reference,
        "vnp_TransactionDate": written(found.made_at),
        "vnp_CreateDate": written(dt.datetime.utcnow()),
        "vnp_IpAddr": "127.0.0.1",
    }
    # The package sends the dates as numbers: they are signed as they are written.
    told = node({"ask": {**question, "vnp_RequestId": "1"}})
    assert (told["isVerified"], told["isSuccess"]) == (True, True)
    known = server.transactions[found.reference]
    assert (told["vnp_TransactionStatus"], told["vnp_TransactionNo"]) == ("00", known.number)
    server.api_fault = ps.API_FORGED
    assert node({"ask": {**question, "vnp_RequestId": "2"}})["isVerified"] is False
    server.api_fault = ps.API_OK
    refund = {
        **question,
        "vnp_RequestId": "3",
        "vnp_Amount": 150_000,
        "vnp_CreateBy": "somebody",
        "vnp_TransactionType": "02",
        "vnp_TransactionNo": known.number,
    }
    answer = node({"refund": refund})
    assert (answer["isSuccess"], answer["vnp_TransactionStatus"]) == (True, "05")
    assert node({"refund": {**refund, "vnp_RequestId": "4"}})["vnp_ResponseCode"] == "94"
