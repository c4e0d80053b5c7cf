"""What tests of payments share: the bot set to a local gateway, and a payer's browser."""

from __future__ import annotations

import datetime as dt
import http.client
import urllib.parse

import pytest

from bot.payments import payment_pages
from bot.payments.gateway import PaymentGateway, payment_gateway
from bot.payments.order import Order
from bot.settings import settings
from tests.payment_server import PaymentServer

DOSSIER, OTHER_DOSSIER, FEE = "H48.22-260906-0017", "H48.22-260906-0018", 150_000


def switch_on(patch: pytest.MonkeyPatch, server: PaymentServer) -> PaymentGateway:
    """Set the bot to the server."""
    for name, value in server.settings.items():
        patch.setenv(name, value)
    settings.cache_clear()
    gateway = payment_gateway()
    assert gateway is not None
    return gateway


def fetch(url: str) -> tuple[int, str, str]:
    """Status, body and where the answer leads, which is not gone to."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=15)
    connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
    answer = connection.getresponse()
    found = (answer.status, answer.read().decode(), answer.getheader("Location") or "")
    connection.close()
    return found


def pay(
    server: PaymentServer, gateway: PaymentGateway, order: Order, outcome: str = "success"
) -> str:
    """Pay an order as a payer does; where the browser is sent afterwards."""
    url = gateway.create(order, payment_pages.return_url(), "203.0.113.9")
    status, page, _ = fetch(url)
    assert status == 200, server.refusals
    assert f"<h1>{order.amount} VND</h1>" in page
    status, _, back = fetch(f"{server.url}/pay/{order.reference}/{outcome}")
    assert status == 302
    return back


def ago(**span: float) -> dt.datetime:
    """A moment that long ago, UTC."""
    return dt.datetime.utcnow() - dt.timedelta(**span)
