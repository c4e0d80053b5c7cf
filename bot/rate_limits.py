"""How often somebody may do something: so many times a minute, some of them at once.

The generic cell rate algorithm: of each key only the time is kept at which all it has done would
be paid for. Counts are of this process. Well-kept libraries (limits) want newer packages than
Rasa 3.6 allows.
"""

from __future__ import annotations

import time

from bot.recent import Recent

# Keys that are kept; a key that is forgotten early starts anew.
MOST_KEYS = 100_000


class RateLimit:
    """So many times a minute for each key."""

    def __init__(self, per_minute: int, burst_seconds: float = 60) -> None:
        """`per_minute`: how often, at least 1; what `burst_seconds` allow may come at once."""
        self._interval = 60 / per_minute
        self._burst = max(burst_seconds, self._interval)
        self._paid_at: Recent[float] = Recent(MOST_KEYS)

    def seconds_to_wait(self, key: str, now: float | None = None) -> float:
        """0 if it may be done now, which counts; else after how many seconds, which does not.

        `now` is a monotonic time in seconds; for tests.
        """
        now = time.monotonic() if now is None else now
        paid_at = max(self._paid_at.get(key, now), now)
        wait = paid_at + self._interval - self._burst - now
        # A rounding error must not cost the last of the burst.
        if wait > 1e-6:
            return wait
        self._paid_at.put(key, paid_at + self._interval)
        return 0.0
