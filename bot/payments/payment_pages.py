"""Addresses of an order's page: who has one sees its sum and state, and nothing of the payer."""

from __future__ import annotations

import hmac
import re

from bot.payments.marks import keyed_hash
from bot.payments.order import Order
from bot.payments.qr_reference import is_reference
from bot.settings import settings

CALLBACK, RETURN, ORDER = "/payments/callback", "/payments/return", "/payments/order"
# 128 bits: nobody makes one by trying.
_SIGNATURE_LENGTH = 32
_TOKEN = re.compile(r"([0-9A-Z]{1,32})-([0-9a-f]{32})")


def path(reference: str) -> str:
    """The page's path below `BOT_PUBLIC_URL`."""
    return f"{ORDER}/{reference}-{_signature(reference)}"


def url(order: Order) -> str:
    """The page's address, for the citizen who has proven to own the dossier."""
    return f"{settings().public_url}{path(order.reference)}"


def return_url() -> str:
    """Where the gateway sends the citizen's browser when they are done."""
    return f"{settings().public_url}{RETURN}"


def reference_of(token: str) -> str | None:
    """The reference of the last part of a page's path; None if it was not made here."""
    found = _TOKEN.fullmatch(token)
    if not found or not hmac.compare_digest(found[2], _signature(found[1])):
        return None
    return found[1] if is_reference(found[1]) else None


def _signature(reference: str) -> str:
    return keyed_hash("order-page", reference)[:_SIGNATURE_LENGTH]
