"""Call-backs, the way back from the gateway and an order's page, over HTTP on both sides."""

from __future__ import annotations

import asyncio
import datetime as dt
import html
import json
import logging
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from bot import clock, database
from bot.http import limits, payments
from bot.payments import order as o
from bot.payments import orders, payment_pages, reconciliation
from bot.payments.gateway import PaymentGateway, payment_gateway
from bot.payments.order import Order
from bot.settings import Settings, settings
from bot.wording import text
from tests import payment_server as ps
from tests.http.serving import BROWSER, EVIL, PROGRAM, Answer, Outline, Server
from tests.payment_server import PaymentServer, running_payment_server, signed
from tests.payments.paying import DOSSIER, FEE, ago, fetch, pay, switch_on

LAST_LINE = "Cán bộ không bao giờ yêu cầu chuyển tiền trong cuộc trò chuyện này."


@pytest.fixture
def desk() -> Iterator[PaymentServer]:
    """The gateway."""
    with running_payment_server() as running:
        yield running


@pytest.fixture
def gateway(
    server: Server,
    desk: PaymentServer,
    database_ready: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> PaymentGateway:
    monkeypatch.setenv("BOT_PUBLIC_URL", server.origin)
    monkeypatch.setattr(payments, "_checks", payments.RateLimit(600))
    desk.callback_url = f"{server.origin}{payment_pages.CALLBACK}"
    return switch_on(monkeypatch, desk)


def opened(**changes: object) -> Order:
    return orders.open_order(DOSSIER, FEE, "session", **changes)


def state(order: Order) -> str:
    found = orders.find(order.reference)
    assert found is not None
    return found.state


def come_back(server: Server, url: str) -> Answer:
    """A browser is sent back by the gateway, and on to the order's page."""
    status, _, location = fetch(url)
    assert status == 303
    assert "vnp_" not in location
    return server.get(location)


def said(answer: Answer) -> list[str]:
    """Paragraphs of the page that say what became of the order."""
    part = re.search(r'<section aria-labelledby="state".*?</section>', answer.text, re.DOTALL)
    assert part, answer.text
    return [html.unescape(found) for found in re.findall(r"<p>([^<]+)</p>", part[0])]


def page_text(name: str) -> str:
    """What the page says, up to where a moment is filled in."""
    return text("payment_page", f"utter_payment_page_{name}").partition("{")[0]


def reconcile(gateway: PaymentGateway, **changes: object) -> list[tuple[str, str]]:
    """State afterwards and difference of each row."""
    days = [clock.today() - dt.timedelta(days=1), clock.today()]
    report = asyncio.run(reconciliation.reconcile(gateway, days, **changes))
    return [(row.after, row.difference) for row in report.rows]


# The table of faults


class Expected(NamedTuple):
    """What comes of a fault: answers to call-backs, the order's state after them, its state and
    page after the payer's browser came back, and what a reconciliation then says."""

    replies: list[str]
    called: str
    returned: str
    page: tuple[str, ...]
    reconciled: list[tuple[str, str]]


FINE = [(o.PAID, "")]
TEN = ps.MOST_TRIES
TABLE = {
    ps.NONE: Expected(["00"], o.PAID, o.PAID, ("paid",), FINE),
    ps.DUPLICATE: Expected(["00", "02", "02"], o.PAID, o.PAID, ("paid",), FINE),
    ps.OUT_OF_ORDER: Expected(["00", "02"], o.PAID, o.PAID, ("paid",), FINE),
    ps.TWO_PAYMENTS: Expected(
        ["00", "00"], o.PAID, o.PAID, ("paid", "twice"), [(o.PAID, "paid_twice")]
    ),
    ps.WRONG_AMOUNT: Expected(
        ["04"] * TEN, o.DISPUTED, o.DISPUTED, ("disputed",), [(o.DISPUTED, "wrong_amount")]
    ),
    ps.WRONG_SIGNATURE: Expected(["97"] * TEN, o.OPEN, o.PAID, ("paid",), FINE),
    ps.NO_HASH: Expected(["97"] * TEN, o.OPEN, o.PAID, ("paid",), FINE),
    ps.TAMPERED: Expected(["97"] * TEN, o.OPEN, o.PAID, ("paid",), FINE),
    ps.WRONG_MERCHANT: Expected(["99"] * TEN, o.OPEN, o.PAID, ("paid",), FINE),
    ps.GARBAGE: Expected(["99"] * 3 * TEN, o.OPEN, o.PAID, ("paid",), FINE),
    ps.UNKNOWN_REFERENCE: Expected(
        ["01"] * TEN, o.OPEN, o.PAID, ("paid",), [*FINE, ("", "unknown_here")]
    ),
    ps.DROPPED: Expected([], o.OPEN, o.PAID, ("paid",), FINE),
    # The browser is back before the call-back.
    ps.LATE: Expected(["02"], o.OPEN, o.PAID, ("paid",), FINE),
    ps.AFTER_RETURN: Expected(["02"], o.OPEN, o.PAID, ("paid",), FINE),
    ps.SLOW: Expected(["02"], o.OPEN, o.PAID, ("paid",), FINE),
}


def test_the_table_has_all_faults() -> None:
    assert set(TABLE) == set(ps.FAULTS)


@pytest.mark.parametrize("fault", TABLE)
def test_what_comes_of_each_fault(
    server: Server, desk: PaymentServer, gateway: PaymentGateway, fault: str
) -> None:
    desk.fault, expected = fault, TABLE[fault]
    order = opened()
    back = pay(desk, gateway, order)
    called = state(order)
    shown = come_back(server, back)
    returned = state(order)
    desk.deliver_later()
    desk.settle()
    replies = [str(reply.get("RspCode")) for reply in desk.replies]
    assert Expected(replies, called, returned, expected.page, reconcile(gateway)) == expected
    texts = said(shown)
    assert len(texts) == len(expected.page)
    for told, name in zip(texts, expected.page, strict=True):
        assert told.startswith(page_text(name))
    # A second reconciliation finds what the first one left.
    assert reconcile(gateway) == expected.reconciled


@pytest.mark.parametrize("fault", TABLE)
def test_who_closes_the_browser_is_seen_to_by_the_reconciliation(
    desk: PaymentServer, gateway: PaymentGateway, fault: str
) -> None:
    desk.fault, expected = fault, TABLE[fault]
    order = opened()
    pay(desk, gateway, order)
    desk.settle()
    assert reconcile(gateway) == expected.reconciled
    assert state(order) == expected.returned


@pytest.mark.parametrize(
    ("outcome", "expected", "difference"),
    [
        ("cancel", o.FAILED, ""), ("insufficient", o.FAILED, ""),
        ("suspected", o.DISPUTED, "in_doubt"), ("reversed", o.DISPUTED, "in_doubt"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("fault", [ps.NONE, ps.DROPPED])
def test_what_comes_of_a_payment_that_is_not_good(
    server: Server,
    desk: PaymentServer,
    gateway: PaymentGateway,
    fault: str,
    outcome: str,
    expected: str,
    difference: str,
) -> None:
    desk.fault = fault
    order = opened()
    shown = come_back(server, pay(desk, gateway, order, outcome))
    assert [reply["RspCode"] for reply in desk.replies] == (["00"] if fault == ps.NONE else [])
    assert state(order) == expected
    assert said(shown) == [page_text(expected)]
    assert reconcile(gateway) == [(expected, difference)]


def test_a_payment_that_ends_after_its_order_expired_is_taken(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    fetch(gateway.create(order, payment_pages.return_url(), ""))  # begun in time
    hour = dt.datetime.utcnow() + dt.timedelta(hours=1)
    assert reconcile(gateway, now=hour) == [(o.EXPIRED, "")]
    assert said(server.get(payment_pages.path(order.reference))) == [page_text("expired")]
    fetch(f"{desk.url}/pay/{order.reference}/success")
    assert [reply["RspCode"] for reply in desk.replies] == ["00"]
    assert state(order) == o.PAID
    assert reconcile(gateway) == FINE


def test_a_refund_in_the_gateways_own_pages_is_found(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    pay(desk, gateway, order)
    known = desk.transactions[order.reference]
    known.kind, known.status, known.refunded = "02", "05", known.amount
    assert reconcile(gateway) == [(o.REFUNDING, "")]
    shown = server.get(f"{payment_pages.path(order.reference)}?check=1")
    assert said(shown) == [page_text("refunding")]
    known.status = "00"
    assert reconcile(gateway) == [(o.REFUNDED, "")]
    assert said(server.get(payment_pages.path(order.reference))) == [page_text("refunded")]


# The call-back


def test_a_call_back_is_answered_as_the_protocol_wants(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    pay(desk, gateway, order)
    answer = server.get(f"{payment_pages.CALLBACK}?{desk.sent[0]}", PROGRAM)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert json.loads(answer.text) == {"RspCode": "02", "Message": "Order already confirmed"}


def test_a_call_back_that_cannot_be_kept_is_wanted_again(
    desk: PaymentServer, gateway: PaymentGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = opened()
    with monkeypatch.context() as patch:
        patch.setattr(database, "begin", _down)
        pay(desk, gateway, order)
    assert desk.replies == [{"RspCode": "99", "Message": "Unknown error"}] * TEN
    assert state(order) == o.OPEN
    desk.call_back(desk.sent[0])
    assert desk.replies[-1]["RspCode"] == "00"
    assert state(order) == o.PAID


def _down(**_: object) -> None:
    raise database.DatabaseUnavailable("OperationalError: gone")


def test_no_call_back_is_lost_to_the_limit_of_an_address(
    gateway: PaymentGateway, desk: PaymentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_REQUESTS_PER_ADDRESS", "2")
    settings.cache_clear()
    narrow = Server()
    narrow.start()
    try:
        query = signed({"vnp_TmnCode": "x"}, ps.OTHER_SECRET)
        proxied = {"X_Forwarded_For": "203.0.113.7"}
        paths = [f"{payment_pages.CALLBACK}?{query}"] * 6
        assert [narrow.ask(path, **proxied).status for path in paths] == [200] * 6
        order = payment_pages.path(opened().reference)
        asked = [narrow.ask(order, **proxied).status for _ in range(3)]
        assert asked == [200, 200, 429]
        assert payment_pages.CALLBACK in limits.UNLIMITED
    finally:
        narrow.stop()


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD"])
def test_a_call_back_comes_by_get(server: Server, gateway: PaymentGateway, method: str) -> None:
    assert server.ask(payment_pages.CALLBACK, method).status == 405


def test_nothing_of_a_message_is_logged(
    server: Server,
    desk: PaymentServer,
    gateway: PaymentGateway,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    order = opened()
    desk.fault = ps.WRONG_SIGNATURE
    back = pay(desk, gateway, order)
    come_back(server, back)
    fetch(f"{server.origin}{payment_pages.RETURN}?{desk.sent[0]}")
    assert "A call-back with a wrong signature was refused." in caplog.text
    hashes = re.findall(r"vnp_SecureHash=(\w+)", f"{back} {desk.sent[0]}")
    assert len(hashes) == 2
    for secret in (*hashes, ps.SECRET, DOSSIER, "vnp_TxnRef"):
        assert secret not in caplog.text


# The way back


@pytest.mark.parametrize("fault", [ps.NONE, ps.DROPPED])
def test_the_browser_alone_pays_nothing(
    server: Server, desk: PaymentServer, gateway: PaymentGateway, fault: str
) -> None:
    """Who comes back with a good signature, while the gateway cannot be asked."""
    desk.fault = ps.DROPPED
    order = opened()
    back = pay(desk, gateway, order)
    desk.api_fault = ps.API_ERROR
    shown = come_back(server, back)
    assert state(order) == o.OPEN
    assert said(shown) == [page_text("open"), page_text("unreachable")]
    assert payment_pages.path(order.reference) in Outline(shown.text).links()
    desk.api_fault = ps.API_OK
    again = server.get(f"{payment_pages.path(order.reference)}?check=1")
    assert said(again)[0].startswith(page_text("paid"))


@pytest.mark.parametrize(
    "query", ["", "vnp_TxnRef=QNG5", f"vnp_TxnRef={EVIL}".replace(" ", "%20"), "x" * 5000]
)
def test_a_made_up_way_back_leads_nowhere(
    server: Server, desk: PaymentServer, gateway: PaymentGateway, query: str
) -> None:
    answer = server.get(f"{payment_pages.RETURN}?{query}")
    assert answer.status == 404
    Outline(answer.text).assert_harmless()
    assert page_text("unknown") in Outline(answer.text).text
    assert desk.requests == []


def test_a_signed_way_back_of_an_unknown_order_leads_nowhere(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    desk.fault = ps.DROPPED
    order = opened()
    back = pay(desk, gateway, order)
    with database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM payment_orders")
    assert fetch(back)[0] == 404
    assert desk.requests == []


# The page


def test_the_page_leads_to_the_gateway(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    answer = server.ask(
        payment_pages.path(order.reference), Accept=BROWSER, X_Forwarded_For="203.0.113.9"
    )
    assert answer.status == 200
    page = Outline(answer.text)
    page.assert_harmless()
    rows = re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", answer.text)
    assert rows == [
        ("Số tiền", "150.000 đồng"),
        ("Mã lần trả", order.reference),
        ("Hồ sơ", "Mã kết thúc bằng 0017"),
    ]
    until = clock.in_vietnam(order.expires_at)
    assert f"Trả trước {until:%H:%M} ngày {until:%d/%m/%Y}." in page.text
    assert "tên miền phải đúng là 127.0.0.1." in page.text
    target = gateway.create(order, payment_pages.return_url(), "203.0.113.9")
    assert [link for link in page.links() if link.startswith(desk.url)] == [target]
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert main.rstrip().endswith(f"<p>{LAST_LINE}</p>\n</section>")
    assert DOSSIER not in answer.text
    assert 1 <= int(answer.headers["refresh"]) <= 15 * 60 + 1
    # Asking for the page asks nobody.
    assert desk.requests == []


def test_the_page_is_private(server: Server, gateway: PaymentGateway) -> None:
    path = payment_pages.path(opened().reference)
    for each in (path, f"{path}?check=1", f"{payment_pages.ORDER}/nothing"):
        headers = server.get(each).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-robots-tag"] == "noindex"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("token", ["nothing", "QNG2222222222A-" + "0" * 32, "x" * 500, "%00"])
def test_an_address_that_was_not_made_here_shows_nothing(
    server: Server, gateway: PaymentGateway, token: str
) -> None:
    answer = server.get(f"{payment_pages.ORDER}/{token}")
    assert answer.status == 404
    assert LAST_LINE in answer.text
    assert server.get(f"{payment_pages.ORDER}/{token}", PROGRAM).status == 404


def test_an_order_that_is_over_cannot_be_paid(server: Server, gateway: PaymentGateway) -> None:
    order = opened(now=ago(minutes=20))
    answer = server.get(payment_pages.path(order.reference))
    assert said(answer) == [page_text("over")]
    assert not [link for link in Outline(answer.text).links() if "vnp_" in link]


def test_a_fee_that_was_paid_in_another_conversation_is_not_paid_again(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    mine, others = opened(), orders.open_order(DOSSIER, FEE, "another")
    pay(desk, gateway, others)
    answer = server.get(payment_pages.path(mine.reference))
    assert answer.status == 409
    assert said(answer) == [page_text("paid_elsewhere")]
    assert not [link for link in Outline(answer.text).links() if "vnp_" in link]


def test_a_paid_order_shows_the_gateways_number(
    server: Server, desk: PaymentServer, gateway: PaymentGateway
) -> None:
    order = opened()
    pay(desk, gateway, order)
    answer = server.get(payment_pages.path(order.reference))
    number = desk.transactions[order.reference].number
    assert f"<dt>Mã của cổng thanh toán</dt><dd>{number}</dd>" in answer.text
    assert not [link for link in Outline(answer.text).links() if "check" in link]


def test_a_page_does_not_ask_the_gateway_without_end(
    server: Server,
    desk: PaymentServer,
    gateway: PaymentGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(payments, "_checks", payments.RateLimit(6, burst_seconds=30))
    path = f"{payment_pages.path(opened().reference)}?check=1"
    assert [server.get(path).status for _ in range(8)] == [200] * 8
    assert len(desk.requests) == 3


@pytest.mark.parametrize(
    "path", [payment_pages.CALLBACK, payment_pages.RETURN, f"{payment_pages.ORDER}/x"]
)
def test_nothing_is_there_while_the_gateway_is_off(
    server: Server, database_ready: Settings, path: str
) -> None:
    assert payment_gateway() is None
    answer = server.get(f"{path}?{signed({'vnp_TxnRef': 'QNG5'})}", PROGRAM)
    assert answer.status == 404
    assert json.loads(answer.text)["error"]["code"] == "not_found"
