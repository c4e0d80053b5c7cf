"""Marks of payments: whose an order is, and that a page's address comes from here."""

from __future__ import annotations

import hashlib
import hmac

from bot.settings import settings


def keyed_hash(purpose: str, text: str) -> str:
    """64 hex digits, keyed with `BOT_SECRET`; equal texts of another purpose do not look alike."""
    message = f"payment:{purpose}:{text}".encode("utf-8", "backslashreplace")
    return hmac.new(settings().secret.encode(), message, hashlib.sha256).hexdigest()


def session_hash(session: str) -> str:
    """Of a conversation: what `payment_orders` knows of who asked."""
    return keyed_hash("session", session)
