"""Signatures of what the hotline's gateway sends, and of what it is sent."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections import deque
from collections.abc import Mapping

TIMESTAMP, SIGNATURE = "X-Timestamp", "X-Signature"
# Seconds that a signature may be off, either way.
TOLERANCE = 300
_PREFIX = "sha256="
_SECONDS = re.compile(r"[0-9]{1,11}")
# Requests of which the gateway's clock is read; fewer are not believed that it is slow.
_MOST_READINGS, _FEWEST_READINGS = 100, 5


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body that is sent at a time (Unix seconds)."""
    signed = timestamp.encode() + b"." + body
    return _PREFIX + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers(secret: str, now: float, body: bytes) -> dict[str, str]:
    """Both headers of a request that we send."""
    timestamp = str(int(now))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secret, timestamp, body)}


def signed_at(given: Mapping[str, str], body: bytes, secret: str, now: float) -> int | None:
    """When a request was signed; None if it is unsigned, wrongly signed, or not of now."""
    timestamp, signature = given.get(TIMESTAMP, ""), given.get(SIGNATURE, "")
    if not _SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > TOLERANCE:
        return None
    expected = sign(secret, timestamp, body).encode()
    offered = signature.encode("utf-8", "replace")
    return int(timestamp) if hmac.compare_digest(expected, offered) else None


class GatewayClock:
    """How far the gateway's clock is behind ours.

    Without this, whoever presses a key soon would be late by a slow clock, every time. A request
    that took long to come looks like one of a slow clock: the quickest of the last ones counts.
    """

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._readings: deque[float] = deque(maxlen=_MOST_READINGS)

    def read(self, timestamp: float, now: float) -> None:
        """Take in when a request was signed there, and came here."""
        self._readings.append(timestamp - now)

    def there(self, now: float) -> float:
        """What that clock shows; never later than ours, as a fast one makes no key late."""
        if len(self._readings) < _FEWEST_READINGS:
            return now
        # Of whole seconds: up to one is no delay.
        return now + min(math.floor(max(self._readings)) + 1, 0)
