"""Work in the background, for each citizen one piece after the other."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable

# Pieces of one citizen that wait at a time.
MOST_WAITING = 50

Work = Callable[[], Awaitable[None]]

logger = logging.getLogger(__name__)


class Turns:
    """Queues by citizen, each with a task while there is something in it."""

    def __init__(self) -> None:
        """Nothing to do."""
        self._waiting: dict[str, deque[Work]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def put(self, citizen: str, work: Work) -> bool:
        """Do it behind what the citizen's queue holds; False if that is too much already."""
        queue = self._waiting.setdefault(citizen, deque())
        if len(queue) >= MOST_WAITING:
            return False
        queue.append(work)
        if citizen not in self._tasks:
            self._tasks[citizen] = asyncio.create_task(self._do(citizen, queue))
        return True

    async def finish(self, seconds: float) -> None:
        """Wait for all that is to be done; what takes longer than that is given up."""
        give_up_at = time.monotonic() + seconds
        # What comes while others are waited for is waited for, too.
        while self._tasks and (left := give_up_at - time.monotonic()) > 0:
            await asyncio.wait(list(self._tasks.values()), timeout=left)
        late = list(self._tasks.values())
        for task in late:
            task.cancel()
        if late:
            logger.error("Messages of %d citizens were given up at the end", len(late))
            await asyncio.wait(late)

    async def _do(self, citizen: str, queue: deque[Work]) -> None:
        try:
            while queue:
                try:
                    await queue.popleft()()
                except Exception as error:
                    # The text may hold what was said.
                    logger.error("A message was not handled: %s", type(error).__name__)
        finally:
            # Nothing was awaited since the queue was found empty: nothing can have been put in.
            del self._tasks[citizen], self._waiting[citizen]
