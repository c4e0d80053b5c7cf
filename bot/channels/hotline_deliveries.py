"""Each message of the hotline is answered once, however often it is delivered, one at a time."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.channels.hotline_request import Message
from bot.sealing import seal, unseal
from bot.support import hotline_store
from bot.support.hotline_store import UNDER_WAY_FOR, Delivery

# Seconds after which is looked again whether another server has answered.
LOOK_EVERY = 0.2

# Answers a message: pages, and the caller's screens to be kept, sealed (None: nothing).
Work = Callable[[], Awaitable[tuple[list[str], "str | None"]]]


class MessageIdReused(ValueError):
    """Another message came under this identifier."""


class TooManyMessages(RuntimeError):
    """The caller has sent as many messages as they may; `wait`: seconds until the next."""

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = wait


class Queues:
    """One queue for each caller, in order of arrival, forgotten when nobody stands in it."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    def __len__(self) -> int:
        """How many queues there are."""
        return len(self._locks)

    @asynccontextmanager
    async def turn(self, sender: str, patience: float | None = None) -> AsyncIterator[None]:
        """The caller's turn, when it has come.

        Raises:
            asyncio.TimeoutError: it has not come within `patience` seconds.
        """
        lock = self._locks.setdefault(sender, asyncio.Lock())
        self._users[sender] = self._users.get(sender, 0) + 1
        try:
            await asyncio.wait_for(lock.acquire(), patience)
            try:
                yield
            finally:
                lock.release()
        finally:
            self._users[sender] -= 1
            if not self._users[sender]:
                del self._users[sender], self._locks[sender]


async def answer_once(
    message: Message, seconds_to_wait: Callable[[str], float], work: Work
) -> list[str]:
    """Pages for a message, the same for each delivery of it. Called in its caller's turn.

    `seconds_to_wait`: see `bot.rate_limits.RateLimit`; a message that came before is not counted.

    Raises:
        MessageIdReused: another message came under this identifier.
        TooManyMessages: the caller has to wait.
        bot.database.DatabaseUnavailable: the database is down.
    """
    sender, mark, text_hash = message.sender, message.mark, message.text_hash
    known = await asyncio.to_thread(hotline_store.find, sender, mark)
    if known is None and (wait := seconds_to_wait(sender)):
        raise TooManyMessages(wait)
    while True:
        if known is None or _is_given_up(known):
            known = await asyncio.to_thread(hotline_store.claim, sender, mark, text_hash)
            if known is None:
                return await _answer(sender, mark, work)
        if known.body_hash != text_hash:
            raise MessageIdReused
        if known.pages:
            pages: list[str] = json.loads(unseal(known.pages, sender, None) or "[]")
            return pages
        await asyncio.sleep(LOOK_EVERY)
        known = await asyncio.to_thread(hotline_store.find, sender, mark)


async def _answer(sender: str, mark: str, work: Work) -> list[str]:
    try:
        pages, screen = await work()
        kept = seal(json.dumps(pages), sender)
        await asyncio.to_thread(hotline_store.finish, sender, mark, kept, screen)
    except BaseException:
        await asyncio.to_thread(hotline_store.release, sender, mark)
        raise
    return pages


def _is_given_up(known: Delivery) -> bool:
    return not known.pages and known.made_at <= dt.datetime.utcnow() - UNDER_WAY_FOR
