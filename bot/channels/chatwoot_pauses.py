"""Pauses that grow while something keeps failing."""

from __future__ import annotations

import time
from collections.abc import Callable

SHORTEST, LONGEST = 2.0, 60.0


class Pauses:
    """A pause for each key."""

    def __init__(
        self,
        shortest: float = SHORTEST,
        longest: float = LONGEST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Seconds of the first and of the longest pause."""
        self._shortest, self._longest, self._clock = shortest, longest, clock
        self._known: dict[int, tuple[float, float]] = {}

    def begin(self, key: int) -> None:
        """It has failed, again perhaps: wait twice as long as before."""
        _, length = self._known.get(key, (0.0, 0.0))
        length = min(self._longest, length * 2 or self._shortest)
        self._known[key] = (self._clock() + length, length)

    def left(self, key: int) -> float:
        """Seconds until it may be tried again."""
        until, _ = self._known.get(key, (0.0, 0.0))
        return max(0.0, until - self._clock())

    def is_on(self, key: int) -> bool:
        """Whether it has failed and not worked since."""
        return key in self._known

    def end(self, key: int) -> None:
        """It has worked."""
        self._known.pop(key, None)
