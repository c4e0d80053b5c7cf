"""What tickets and ratings share: texts that can be stored, and a mark of who wrote them."""

from __future__ import annotations

import hashlib
import hmac

from bot.settings import settings


def storable(text: str) -> str:
    """Without what no database takes: NUL, and halves of characters that JSON may carry."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def session_hash(session: str, purpose: str) -> str:
    """Keyed hash of a conversation; another for each purpose, so that they cannot be linked."""
    message = f"{purpose}:{session}".encode("utf-8", "backslashreplace")
    return hmac.new(settings().secret.encode(), message, hashlib.sha256).hexdigest()
