"""Brings what is said in handed-over talks to their citizens, and looks after the queue.

A loop of each server process: once a second, and at once when somebody has said something. A line
is taken by one process before it is sent, and given back if it could not be. A channel without a
line to its citizens (REST) brings it with its next reply (`tell_waiting`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
import weakref
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Mapping, Sequence

from rasa.core.channels.channel import OutputChannel

from bot import wording
from bot.channels.conversation_output import ConversationOutput
from bot.database import DatabaseUnavailable
from bot.support import handover as h
from bot.support import handover_talk
from bot.support.handover import Handover, Line

# Brings lines of a talk to its citizen; False if there is no way to them just now.
Bring = Callable[[Handover, Sequence[Line]], Awaitable[bool]]
# Whether there is a way to a talk's citizen just now.
Reaches = Callable[[Handover], bool]
# Looks after the queue; see `bot.channels.queue_care`.
Care = Callable[[], Awaitable[None]]

ROUND_SECONDS = 1.0
CARE_SECONDS = 2.0

logger = logging.getLogger(__name__)

_WAKERS: list[Callable[[], None]] = []
# Of conversations to which something is being brought: what is said later must not overtake it.
_TURNS: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()


def wake() -> None:
    """Let the loops of this process look at once; from any thread."""
    for waker in list(_WAKERS):
        waker()


def is_anybody_reached(_: Handover) -> bool:
    """What is taken for a talk whose channel does not say whether it has a way to its citizen."""
    return True


async def run(
    bring: Mapping[str, Bring], care: Care, reaches: Reaches = is_anybody_reached
) -> None:
    """Deliver and look after the queue until cancelled; `bring` by channels' names."""
    woken = asyncio.Event()
    waker = _waker(asyncio.get_running_loop(), woken)
    _WAKERS.append(waker)
    cared_at = 0.0
    caring: asyncio.Future[None] | None = None
    try:
        while True:
            # Cleared first: what is said during the round is seen by the next one.
            woken.clear()
            if time.monotonic() - cared_at >= CARE_SECONDS and (caring is None or caring.done()):
                # Beside the delivery: nobody's answer waits for a long queue.
                caring = asyncio.ensure_future(_try("queue", care))
                cared_at = time.monotonic()
            await _try("delivery", lambda: deliver(bring, reaches))
            try:
                await asyncio.wait_for(woken.wait(), ROUND_SECONDS)
            except asyncio.TimeoutError:
                continue
    finally:
        _WAKERS.remove(waker)
        if caring is not None:
            caring.cancel()


def _waker(loop: AbstractEventLoop, event: asyncio.Event) -> Callable[[], None]:
    def waker() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(event.set)

    return waker


async def deliver(bring: Mapping[str, Bring], reaches: Reaches = is_anybody_reached) -> int:
    """Offer each talk's waiting lines to its channel, in order; how many lines were brought.

    Those whose citizens are not reached just now are left alone: taking and giving back are writes.
    """
    brought = 0
    for talk, _ in await asyncio.to_thread(handover_talk.waiting_talks):
        send = bring.get(talk.channel)
        if send is not None and reaches(talk):
            brought += await _bring(send, talk)
    return brought


async def _bring(send: Bring, talk: Handover) -> int:
    async with _turn_of(talk.session):
        return await _bring_now(send, talk)


async def _bring_now(send: Bring, talk: Handover) -> int:
    # Looked for again: others may have been at it.
    lines = await asyncio.to_thread(handover_talk.undelivered, talk.session)
    since = dt.datetime.utcnow() - handover_talk.OFFERED_FOR
    own = [line for line in lines if line.handover_id == talk.id and line.at >= since]
    taken = await asyncio.to_thread(handover_talk.take, own) if own else []
    if not taken:
        return 0
    done = False
    try:
        done = await send(talk, taken)
    except Exception as error:
        # One citizen's fault is not the others'. The text may hold what was to be told.
        logger.error("Lines of channel %s were not brought: %s", talk.channel, type(error).__name__)
    finally:
        # Also when the server stops meanwhile.
        if not done:
            handover_talk.give_back(taken)
    return len(taken) if done else 0


def _turn_of(session: str) -> asyncio.Lock:
    return _TURNS.setdefault(session, asyncio.Lock())


async def tell_waiting(output: OutputChannel, session: str, channel: str | None = None) -> None:
    """Send what a conversation has not got yet behind a reply; what fails waits for later.

    `channel`: only what was said in talks of this one; None: of all.
    """
    async with _turn_of(session):
        await _tell_waiting(output, session, channel)


async def _tell_waiting(output: OutputChannel, session: str, channel: str | None) -> None:
    taken: list[Line] = []
    try:
        lines = await asyncio.to_thread(handover_talk.undelivered, session, channel)
        taken = await asyncio.to_thread(handover_talk.take, lines) if lines else []
        while taken:
            await send_line(output, session, taken[0])
            del taken[0]
    except DatabaseUnavailable as error:
        logger.error("Lines of a talk cannot be looked for: %s", type(error).__name__)
    finally:
        # Also when the citizen has gone meanwhile, or the server stops.
        if taken:
            handover_talk.give_back(taken)


async def send_line(output: OutputChannel, session: str, line: Line) -> None:
    """One line by an output channel; an operator's name stands before their words."""
    if isinstance(output, ConversationOutput):
        await output.send_line(session, line)
    elif line.buttons:
        await output.send_text_with_buttons(session, spoken(line), [dict(b) for b in line.buttons])
    else:
        await output.send_text_message(session, spoken(line))


def spoken(line: Line) -> str:
    """A line as a channel shows it that has only text."""
    if line.author != h.OPERATOR:
        return line.text
    words = wording.text("handover", "utter_handover_line")
    return words.format(name=line.name, text=line.text)


async def _try(name: str, work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except Exception as error:
        # The next round tries again; kind only: an error's text may repeat what was said.
        logger.error("The %s of handed-over talks failed: %s", name, type(error).__name__)
