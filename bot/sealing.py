"""Values that a talk needs and that nobody may read where it is stored.

A telephone or identity number proves who asks; until it was used it lies, sealed with `BOT_SECRET`,
in the conversation's events. Whoever reads those without the secret reads nothing. Where an answer
goes that a person will give later lies sealed as well, for longer.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from bot.settings import settings

# After so many seconds a sealed value opens no more.
LIFETIME = 15 * 60


def seal(value: str, session: str) -> str:
    """The value, encrypted and signed, with the time; it opens in one conversation only."""
    return _fernet(settings().secret, session).encrypt(value.encode()).decode()


def unseal(token: str, session: str, lifetime: int | None = LIFETIME) -> str | None:
    """The value; None if it was not sealed here for this conversation, or too long ago.

    `lifetime`: seconds after which it opens no more; None: never.
    """
    try:
        return _fernet(settings().secret, session).decrypt(token.encode(), ttl=lifetime).decode()
    except (InvalidToken, ValueError):  # a payload may hold anything, halves of characters, too
        return None


@functools.lru_cache(maxsize=256)
def _fernet(secret: str, session: str) -> Fernet:
    message = f"sealing:{session}".encode("utf-8", "backslashreplace")
    key = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
