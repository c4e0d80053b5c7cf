"""Work that the server does by itself: polls of dossiers, and the end of what is kept too long.

Several workers may run this: leases see to it that each piece of work is done by one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import itertools
import logging
import traceback
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable

from sanic import Sanic

from bot import leases, retention
from bot.dossiers import notices
from bot.dossiers.gateway import gateway
from bot.dossiers.poll import poll
from bot.settings import settings

POLL, RETENTION = "poll", "retention"
PURGED_EVERY = dt.timedelta(days=1)

Work = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


def add(app: Sanic, tell: notices.Tell, purge_own: Work | None = None) -> None:
    """Let the app poll every `BOT_POLL_MINUTES` and purge once a day while it serves.

    `tell` sends a notice to its citizen; it returns False if they are not connected here: then
    the notice waits for them. `purge_own` is called once a day by each worker for what it alone
    keeps, such as conversations in memory.
    """

    async def start(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.schedule = asyncio.ensure_future(keep_time(tell, purge_own))

    async def stop(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.schedule.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await app.ctx.schedule

    app.register_listener(start, "after_server_start")
    app.register_listener(stop, "before_server_stop")


async def keep_time(tell: notices.Tell, purge_own: Work | None = None) -> None:
    """Do what is due, wait, and so on until cancelled; for the arguments see `add`."""
    minutes = settings().poll_minutes
    rounds_a_day = max(1, PURGED_EVERY // dt.timedelta(minutes=minutes))
    for number in itertools.count():
        await do_what_is_due(tell)
        if purge_own is not None and number % rounds_a_day == 0:
            await _try("purge of this worker", purge_own)
        await asyncio.sleep(minutes * 60)


async def do_what_is_due(tell: notices.Tell, now: dt.datetime | None = None) -> None:
    """Poll and purge if it is time and no other worker does; failures are logged only.

    `now` is the time, UTC; for tests.
    """
    await _try(POLL, lambda: _poll(tell, now))
    await _try(RETENTION, lambda: _purge(now))


async def _poll(tell: notices.Tell, now: dt.datetime | None) -> None:
    # A little shorter than the interval: clocks that are set must not make a round fall out.
    lease = dt.timedelta(minutes=settings().poll_minutes) * 0.9
    if await asyncio.to_thread(leases.take, POLL, lease, now):
        await poll(gateway(), tell, now)
    else:
        # What another worker has found may be for a citizen who is connected to this one.
        await notices.deliver(tell, now)


async def _purge(now: dt.datetime | None) -> None:
    if await asyncio.to_thread(leases.take, RETENTION, PURGED_EVERY, now):
        await asyncio.to_thread(retention.purge, now)


async def _try(name: str, work: Work) -> None:
    try:
        await work()
    except Exception as error:
        # Kind and place only: an error's text may repeat what it stumbled over.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename}:{place.lineno}"
        _log.error("The %s failed: %s at %s", name, type(error).__name__, where)
