"""Answers that take the same time whatever was found out on the way."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# The event loop counts in whole milliseconds and wakes a little late.
COARSE_SECONDS = 0.002


@asynccontextmanager
async def even(step: float) -> AsyncIterator[None]:
    """What is done inside takes `step` seconds or a multiple, also where an error is raised.

    Who has gone away is not waited for: a cancelled task ends at once.
    """
    started = time.monotonic()
    try:
        yield
    except Exception:
        await _wait(started, step)
        raise
    await _wait(started, step)


def answered_at(elapsed: float, step: float) -> float:
    """Seconds from the start at which to answer, `elapsed` seconds having passed.

    It is the next multiple of `step`, at least one; at once if `step` is not positive.
    """
    if step <= 0:
        return elapsed
    return max(1, math.ceil(elapsed / step)) * step


async def _wait(started: float, step: float) -> None:
    moment = started + answered_at(time.monotonic() - started, step)
    while (left := moment - time.monotonic()) > 0:
        # Sleeping to the end would end so many whole milliseconds after the work: their
        # fraction would tell how long that took. The last bit is waited for by the clock.
        await asyncio.sleep(max(0.0, left - COARSE_SECONDS))
