"""The queue in a Chatwoot inbox, for a province that answers its citizens there already.

Each handed-over talk is a conversation of an API inbox: what the citizen writes stands there as
incoming messages; what an agent answers goes to the citizen; a resolved conversation ends the talk,
one set to pending gives it back to the bot. See `bot.channels.chatwoot_mirror`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.channels.chatwoot_client import opened
from bot.channels.chatwoot_mirror import Mirror
from bot.channels.chatwoot_notes import identifier
from bot.channels.chatwoot_pauses import Pauses
from bot.channels.chatwoot_watch import SLOT_SECONDS, Watch
from bot.settings import Settings, settings

ROUND_SECONDS = 2.0

logger = logging.getLogger(__name__)

_RUNG: set[str] = set()
_ERASED: set[str] = set()
_WAKERS: list[Callable[[], None]] = []


def is_used(known: Settings | None = None) -> bool:
    """Whether the settings name a Chatwoot: its address, account, inbox, token, and the secret."""
    known = known or settings()
    is_named = known.chatwoot_account.isdecimal() and known.chatwoot_inbox.isdecimal()
    return bool(known.chatwoot_url and known.chatwoot_token and known.chatwoot_secret) and is_named


def ring(conversation: str) -> None:
    """Something happened in a conversation: look at once; from any thread."""
    _RUNG.add(conversation)
    wake()


def forget(session: str) -> None:
    """Have a citizen's contact deleted there with all that was said, as they wanted it erased.

    Kept in memory only until Chatwoot can be reached.
    """
    _ERASED.add(identifier(session))
    wake()


def wake() -> None:
    """Let the loops of this process look at once; from any thread."""
    for waker in list(_WAKERS):
        waker()


async def run(
    *,
    round_seconds: float = ROUND_SECONDS,
    slot_seconds: float = SLOT_SECONDS,
    pauses: Pauses | None = None,
) -> None:
    """Mirror until cancelled; the arguments are for tests."""
    woken, loop = asyncio.Event(), asyncio.get_running_loop()

    def waker() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(woken.set)

    _WAKERS.append(waker)
    watch = Watch(slot_seconds)
    keeping = asyncio.ensure_future(watch.run())
    try:
        async with opened(settings()) as client:
            mirror = Mirror(client, watch, pauses)
            while True:
                # Cleared first: what happens during the round is seen by the next one.
                woken.clear()
                await _round(mirror)
                try:
                    await asyncio.wait_for(woken.wait(), round_seconds)
                except asyncio.TimeoutError:
                    continue
    finally:
        keeping.cancel()
        _WAKERS.remove(waker)


async def _round(mirror: Mirror) -> None:
    rung, erased = set(_RUNG), set(_ERASED)
    _RUNG.difference_update(rung)
    _ERASED.difference_update(erased)
    mirror.forget(erased)
    try:
        await mirror.round(rung)
    except Exception as error:
        # The next round tries again; kind only: an error's text may repeat what was said.
        logger.error("Talks were not mirrored: %s", type(error).__name__)
        _RUNG.update(rung)
