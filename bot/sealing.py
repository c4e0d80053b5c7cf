"""Values that a talk needs for some minutes and that nobody may read where it is stored.

A telephone or identity number proves who asks; until it was used it lies, sealed with `BOT_SECRET`,
in the conversation's events. Whoever reads those without the secret reads nothing.
"""

from __future__ import annotations

import base64
import functools
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from bot.settings import settings

# After so many seconds a sealed value opens no more.
LIFETIME = 15 * 60


def seal(value: str) -> str:
    """The value, encrypted and signed, with the time."""
    return _fernet(settings().secret).encrypt(value.encode()).decode()


def unseal(token: str) -> str | None:
    """The value; None if it was not sealed here, or too long ago."""
    try:
        return _fernet(settings().secret).decrypt(token.encode(), ttl=LIFETIME).decode()
    except InvalidToken:
        return None


@functools.lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    key = hashlib.sha256(f"sealing:{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
