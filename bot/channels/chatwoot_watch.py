"""Which process writes to Chatwoot: one at a time, or lines would stand there twice.

Time is cut into slots; who took a slot's lease writes in it. Two leases alternate, so that whoever
writes takes the next slot before their own has ended, and nobody comes in between.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
import time

from bot import leases

SLOT_SECONDS = 10.0
NAME = "chatwoot"
# How often in a slot the next one is thought of.
_LOOKS = 10

logger = logging.getLogger(__name__)


class Watch:
    """One process's part in it."""

    def __init__(self, slot_seconds: float = SLOT_SECONDS) -> None:
        """`slot_seconds`: how long another process waits at most if this one vanishes."""
        self._length = slot_seconds
        self._last, self._term = -1, 0
        self._lock = threading.Lock()

    def term(self, now: float | None = None) -> int:
        """0 if another process writes now; else a number that stays while nobody else has written.

        `now` in Unix seconds, for tests.
        """
        now = time.time() if now is None else now
        return self._term if self._last >= int(now // self._length) else 0

    def keep(self, now: float | None = None) -> None:
        """Take this slot if it is free, and the next one early if this one is ours.

        Raises:
            bot.database.DatabaseUnavailable: the database is down.
        """
        now = time.time() if now is None else now
        slot = int(now // self._length)
        with self._lock:
            if self._last < slot:
                self._take(slot, now)
            elif self._last == slot and now % self._length >= self._length / 4:
                self._take(slot + 1, now)

    async def run(self) -> None:
        """Keep it until cancelled, however long other work takes."""
        while True:
            try:
                await asyncio.to_thread(self.keep)
            except Exception as error:
                logger.error("Who writes to Chatwoot is not known: %s", type(error).__name__)
            await asyncio.sleep(self._length / _LOOKS)

    def _take(self, slot: int, now: float) -> None:
        moment = dt.datetime.fromtimestamp(now, dt.timezone.utc).replace(tzinfo=None)
        left = dt.timedelta(seconds=(slot + 1) * self._length - now)
        if leases.take(f"{NAME}-{slot % 2}", left, moment):
            self._term += slot != self._last + 1
            self._last = slot
