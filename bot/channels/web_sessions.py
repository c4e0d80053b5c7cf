"""Session identifiers of the web channel: made and signed by the server, never chosen."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any


def new_session(secret: str) -> str:
    """A session identifier that nobody can guess, with its signature."""
    return sign(secrets.token_hex(16), secret)


def sign(identifier: str, secret: str) -> str:
    """A session identifier with its signature."""
    message = f"session:{identifier}".encode("utf-8", "replace")
    mark = hmac.new(secret.encode(), message, hashlib.sha256)
    return f"{identifier}.{mark.hexdigest()[:32]}"


def is_signed(session_id: Any, secret: str) -> bool:
    """Whether a session identifier was made by this server."""
    if not isinstance(session_id, str) or session_id.count(".") != 1:
        return False
    offered, made = session_id, sign(session_of(session_id), secret)
    return hmac.compare_digest(*(each.encode("utf-8", "replace") for each in (offered, made)))


def session_of(session_id: str) -> str:
    """The session's name without its signature: whoever reads it in a store cannot use it."""
    return session_id.partition(".")[0]
