"""Payments through the gateway over HTTP: its call-back, where it sends browsers, an order's page.

| address | what |
|---|---|
| `GET /payments/callback?…` | the gateway tells what became of an order; answered in JSON |
| `GET /payments/return?…` | a browser comes from the gateway; it is sent on to the order's page |
| `GET /payments/order/{token}` | the page, with the way to the gateway while it can be paid |
| `….?check=1` | the page after asking the gateway what became of the order |

A browser brings nothing that is believed: only a signed call-back, or the gateway's answer to our
own question, changes an order. Not found while the gateway is off. Query strings are not logged.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import logging

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json, redirect

from bot.database import DatabaseUnavailable
from bot.http import payment_page
from bot.http.errors import error_response, wants_page
from bot.http.private_page import keep_private
from bot.payments import gateway as g
from bot.payments import order as o
from bot.payments import order_store, orders, payment_pages
from bot.payments.gateway import (
    BadSignature,
    Malformed,
    PaymentGateway,
    PaymentGatewayUnavailable,
    payment_gateway,
)
from bot.payments.order import Order
from bot.rate_limits import RateLimit

logger = logging.getLogger(__name__)

blueprint = Blueprint("payments")

# Whoever holds an order's address may have the gateway asked this often.
CHECKS_PER_MINUTE = 6
_LONGEST_TOKEN = 80
_checks = RateLimit(CHECKS_PER_MINUTE, burst_seconds=30)


@blueprint.get(payment_pages.CALLBACK)
async def callback(request: Request) -> HTTPResponse:
    """What the gateway tells; the answer says whether it has to tell it again."""
    gateway = payment_gateway()
    if gateway is None:
        return error_response("not_found", 404)
    try:
        notice = gateway.read_callback(request.query_string)
        verdict = (await asyncio.to_thread(orders.apply, notice)).reply
    except BadSignature:
        logger.warning("A call-back with a wrong signature was refused.")
        verdict = g.BAD_SIGNATURE
    except Malformed as error:
        logger.warning("A call-back was refused: %s", error)
        verdict = g.MALFORMED
    except DatabaseUnavailable as error:
        logger.error("A call-back could not be kept: %s", error)
        verdict = g.UNAVAILABLE
    return json(dict(gateway.acknowledge(verdict)), headers={"Cache-Control": "no-store"})


@blueprint.get(payment_pages.RETURN)
async def came_back(request: Request) -> HTTPResponse:
    """Ask the gateway about the order, and show its page: the address itself is not kept."""
    gateway = payment_gateway()
    if gateway is None:
        return error_response("not_found", 404)
    try:
        reference = gateway.read_return(request.query_string)
    except (BadSignature, Malformed):
        return _unknown(request)
    if await asyncio.to_thread(orders.find, reference) is None:
        return _unknown(request)
    return keep_private(redirect(f"{payment_pages.path(reference)}?check=1", status=303))


@blueprint.route(f"{payment_pages.ORDER}/<token:str>", methods=frozenset({"GET", "HEAD"}))
async def page(request: Request, token: str) -> HTTPResponse:
    """The order's page."""
    gateway = payment_gateway()
    if gateway is None:
        return error_response("not_found", 404)
    is_short = len(token) <= _LONGEST_TOKEN
    reference = payment_pages.reference_of(token) if is_short else None
    order = await asyncio.to_thread(orders.find, reference) if reference else None
    if order is None:
        return _unknown(request)
    is_checked, is_reached = request.args.get("check") == "1", True
    if is_checked:
        order, is_reached = await _checked(order, gateway)
    if is_checked or not _can_be_paid(order):
        return keep_private(payment_page.result(order, is_reached=is_reached))
    if await asyncio.to_thread(order_store.settled_fee, order):
        return keep_private(payment_page.paid_elsewhere(order))
    target = gateway.create(order, payment_pages.return_url(), client_address(request))
    return keep_private(payment_page.to_pay(order, target, gateway.host))


async def _checked(order: Order, gateway: PaymentGateway) -> tuple[Order, bool]:
    """The order after asking the gateway about it, and whether it could be asked."""
    if order.state not in o.UNDECIDED or _checks.seconds_to_wait(order.reference):
        return order, True
    try:
        return await orders.refresh(order, gateway), True
    except PaymentGatewayUnavailable as error:
        logger.warning("Payment %s could not be looked up: %s", order.reference, error)
        return order, False


def client_address(request: Request) -> str:
    """The payer's network address, which the gateway wants to know; "" if it is not known.

    A proxy on this machine names its client last; from elsewhere that header may say anything.
    """
    try:
        address = ipaddress.ip_address(request.ip)
        if address.is_loopback:
            named = ",".join(request.headers.getall("x-forwarded-for", []))
            address = ipaddress.ip_address(named.rsplit(",", 1)[-1].strip())
    except ValueError:
        return ""
    return str(address)


def _can_be_paid(order: Order) -> bool:
    return order.state == o.OPEN and order.expires_at > dt.datetime.utcnow()


def _unknown(request: Request) -> HTTPResponse:
    if not wants_page(request):
        return keep_private(error_response("not_found", 404))
    return keep_private(payment_page.unknown())
