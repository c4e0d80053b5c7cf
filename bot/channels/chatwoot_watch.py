"""Which process writes to Chatwoot: one at a time, or lines would stand there twice.

Time is cut into slots; who took a slot's lease writes in it. Two leases alternate, so that whoever
writes takes the next slot before their own has ended, and hands over to nobody in between.
"""

from __future__ import annotations

import datetime as dt
import time

from bot import leases

SLOT_SECONDS = 10.0
NAME = "chatwoot"


class Watch:
    """One process's part in it."""

    def __init__(self, slot_seconds: float = SLOT_SECONDS) -> None:
        """`slot_seconds`: how long another process waits at most if this one vanishes."""
        self._length = slot_seconds
        self._last = -1

    def is_ours(self, now: float | None = None) -> bool:
        """Whether this process writes now; `now` in Unix seconds, for tests.

        Raises:
            bot.database.DatabaseUnavailable: the database is down.
        """
        now = time.time() if now is None else now
        slot = int(now // self._length)
        if self._last < slot and not self._take(slot, now):
            return False
        if self._last == slot and now % self._length >= self._length / 2:
            self._take(slot + 1, now)
        return True

    def _take(self, slot: int, now: float) -> bool:
        moment = dt.datetime.fromtimestamp(now, dt.timezone.utc).replace(tzinfo=None)
        left = dt.timedelta(seconds=(slot + 1) * self._length - now)
        if not leases.take(f"{NAME}-{slot % 2}", left, moment):
            return False
        self._last = slot
        return True
