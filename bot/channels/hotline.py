"""The virtual hotline: what a text gateway (SMS, USSD, voice) hands on, answered in plain pages.

`POST /webhooks/hotline/webhook` takes a message or a key; `POST /webhooks/hotline/poll` brings what
was said outside a turn, if the gateway has no address that this is pushed to. Requests are signed:
see `bot.channels.hotline_signature`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import hotline_menu as menu
from bot.channels import hotline_screens, hotline_signature
from bot.channels.fallback import apology, handle
from bot.channels.handover_delivery import spoken
from bot.channels.hotline_deliveries import (
    MessageIdReused,
    Queues,
    TooManyMessages,
    answer_once,
)
from bot.channels.hotline_output import HotlineOutput
from bot.channels.hotline_request import (
    LARGEST_BODY,
    BadRequest,
    Caller,
    Message,
    read_caller,
    read_message,
)
from bot.channels.hotline_screens import Screens
from bot.channels.hotline_signature import GatewayClock
from bot.channels.hotline_talk import SAME_MOMENT, Said, Talk
from bot.channels.incoming import user_message
from bot.http.errors import error_response
from bot.rate_limits import RateLimit
from bot.recent import Recent
from bot.sealing import unseal
from bot.settings import settings
from bot.support import handover_talk, hotline_store
from bot.support.handover import Handover, Line

# Seconds: for the gateway's answer; and for a caller's turn to end before something is pushed. What
# is said in that turn waits for what is being brought, so this is short: the turn brings it.
PUSH_PATIENCE, TURN_PATIENCE = 5, 0.2
# Seconds between tries of a gateway that takes nothing; callers whose failures are remembered.
LONGEST_PAUSE, MOST_REFUSED = 60, 10_000

OnMessage = Callable[[UserMessage], Awaitable[Any]]

logger = logging.getLogger(__name__)
queues = Queues()
# How often in a row a push to a caller has failed, and when it is tried again (monotonic seconds).
_REFUSED: Recent[tuple[int, float]] = Recent(MOST_REFUSED)
# Turns under way: what nobody holds may vanish.
_tasks: set[asyncio.Task[Any]] = set()


def taken_lines(sender: str) -> list[Line]:
    """What waits to be said to a caller outside a turn, now the caller's to be told."""
    waiting = handover_talk.undelivered(sender)
    return handover_talk.take(waiting) if waiting else []


class HotlineChannel(InputChannel):
    """`POST /webhooks/hotline/webhook` with `{"from", "text", "message_id"}`."""

    def __init__(self) -> None:
        """Limits and the gateway's clock are those of this process."""
        self._limit = RateLimit(settings().messages_per_minute)
        self._clock = GatewayClock()

    @classmethod
    def name(cls) -> str:
        """Part of the route and of the tracker's events."""
        return HotlineOutput.name()

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("hotline_channel")

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            signed_at, refused = self._check(request)
            if refused is not None:
                return refused
            try:
                message = read_message(request.body)
                answering = self._answer(message, signed_at, on_new_message)
                return _pages_response(await _to_its_end(answering))
            except BadRequest as problem:
                return error_response(str(problem), HTTPStatus.BAD_REQUEST)
            except MessageIdReused:
                return error_response("message_id_reused", HTTPStatus.CONFLICT)
            except TooManyMessages as refusal:
                refused = error_response("too_many_requests", HTTPStatus.TOO_MANY_REQUESTS)
                refused.headers["Retry-After"] = str(math.ceil(refusal.wait))
                return refused

        @blueprint.post("/poll")
        async def poll(request: Request) -> HTTPResponse:
            _, refused = self._check(request)
            if refused is not None:
                return refused
            try:
                caller = read_caller(request.body)
            except BadRequest as problem:
                return error_response(str(problem), HTTPStatus.BAD_REQUEST)
            return _pages_response(await _to_its_end(_poll(caller)))

        return blueprint

    def _check(self, request: Request) -> tuple[float, HTTPResponse | None]:
        """When a request was signed; or why it is refused."""
        if len(request.body) > LARGEST_BODY:
            return 0, error_response("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        now = time.time()
        secret = settings().hotline_secret
        signed_at = hotline_signature.signed_at(request.headers, request.body, secret, now)
        if signed_at is None:
            return 0, error_response("signature_invalid", HTTPStatus.UNAUTHORIZED)
        self._clock.read(signed_at, now)
        return signed_at, None

    async def _answer(
        self, message: Message, signed_at: float, on_new_message: OnMessage
    ) -> list[str]:
        async def work() -> tuple[list[str], str | None]:
            return await self._turn(message, signed_at, on_new_message)

        async with queues.turn(message.sender):
            return await answer_once(message, self._limit.seconds_to_wait, work)

    async def _turn(
        self, message: Message, signed_at: float, on_new_message: OnMessage
    ) -> tuple[list[str], str | None]:
        """Pages for a message, and the caller's screens then, sealed."""
        sender = message.sender
        screens = await _screens(sender, message.form)
        sent_at = signed_at if message.sent_at is None else message.sent_at

        async def ask(text: str) -> Said:
            return await _ask(message, text, on_new_message)

        async def waiting() -> Iterable[str]:
            return map(spoken, await asyncio.to_thread(taken_lines, sender))

        talk = Talk(screens, ask, waiting, time.time, settings().hotline_pages_at_once)
        pages = await talk.turn(message.text, is_late=self._is_late(screens, sent_at))
        return pages, None if talk.has_erased else hotline_screens.sealed(screens, sender)

    def _is_late(self, screens: Screens, sent_at: float) -> bool:
        """Whether something was sent before its sender can have seen the present screen."""
        shown = screens.screen
        return shown is not None and sent_at < self._clock.there(shown.shown_at) - SAME_MOMENT


async def bring(talk: Handover, lines: Sequence[Line]) -> bool:
    """Push lines of a handed-over talk to its caller; see `handover_delivery.Bring`.

    A gateway that takes nothing is tried again after growing pauses.
    """
    refusals, again_at = _REFUSED.get(talk.session, (0, 0.0))
    if time.monotonic() < again_at:
        return False
    _REFUSED.put(talk.session, (0, 0.0))
    for line in lines:
        buttons = [dict(button) for button in line.buttons]
        key = f"line-{line.id}"
        if not await push(talk.session, talk.reply_to, spoken(line), key, buttons):
            pause = min(2**refusals, LONGEST_PAUSE)
            _REFUSED.put(talk.session, (refusals + 1, time.monotonic() + pause))
            return False
    return True


async def push(
    session: str, reply_to: str, text: str, key: str, buttons: Sequence[dict[str, str]] = ()
) -> bool:
    """Whether the gateway took what is said to a caller outside a turn.

    `session` is the conversation, `reply_to` the caller's number as `user_message` seals it, `key`
    names this text: a second try bears the same. Not to be awaited in the caller's own turn, for
    whose end it would wait.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    url, number = settings().hotline_push_url, unseal(reply_to, session, None)
    if not url or number is None:
        return False
    try:
        async with queues.turn(session, TURN_PATIENCE):
            pages, screen = await _unasked(session, menu.content(text, buttons), "")
            sent = {"to": number, "message_id": key, "messages": pages}
            if not await _is_taken(url, json.dumps(sent, ensure_ascii=False).encode()):
                return False
            await asyncio.to_thread(hotline_store.keep_screen, session, screen)
            return True
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
        logger.error("The hotline's gateway cannot be reached: %s", type(error).__name__)
        return False


async def _is_taken(url: str, body: bytes) -> bool:
    signed = hotline_signature.headers(settings().hotline_secret, time.time(), body)
    headers = {"Content-Type": "application/json", **signed}
    patience = aiohttp.ClientTimeout(total=PUSH_PATIENCE)
    # What is signed for the gateway is sent nowhere else.
    sending = {"data": body, "headers": headers, "allow_redirects": False}
    client = aiohttp.ClientSession(timeout=patience)
    async with client, client.post(url, **sending) as answer:
        is_taken = answer.status // 100 == 2
        if not is_taken:
            logger.error("The hotline's gateway refuses a message: %d", answer.status)
        return is_taken


async def _poll(caller: Caller) -> list[str]:
    """Pages of what waits for a caller, which they have before them then."""
    sender = caller.sender
    lines = await asyncio.to_thread(taken_lines, sender)
    if not lines:
        return []
    try:
        output = HotlineOutput()
        for line in lines:
            await output.send_line(sender, line)
        async with queues.turn(sender):
            shown = menu.content(output.text, output.buttons)
            pages, screen = await _unasked(sender, shown, caller.form)
            await asyncio.to_thread(hotline_store.keep_screen, sender, screen)
        lines = []
        return pages
    finally:
        if lines:
            handover_talk.give_back(lines)


async def _screens(sender: str, form: str) -> Screens:
    screens = await asyncio.to_thread(hotline_screens.load, sender, form, time.time())
    screens.form = screens.form or settings().hotline_form
    return screens


async def _unasked(sender: str, shown: menu.Content, form: str) -> tuple[list[str], str]:
    """Pages of what is said outside a turn, and the caller's screens with it, sealed."""
    screens = await _screens(sender, form)
    most = settings().hotline_pages_at_once
    pages = screens.show(shown, time.time(), most, is_private=True)
    return pages, hotline_screens.sealed(screens, sender)


async def _ask(message: Message, text: str, on_new_message: OnMessage) -> Said:
    """What the bot says to a text; nothing while a person has the talk."""
    output = HotlineOutput()
    told = user_message(
        text,
        output,
        message.sender,
        HotlineChannel.name(),
        message_id=message.mark,
        reply_to=message.number,
    )
    if not await handle(on_new_message, told):
        return Said(apology()["text"])
    buttons = tuple(output.buttons)
    return Said(output.text, buttons, output.is_private, output.has_erased)


async def _to_its_end(work: Awaitable[list[str]]) -> list[str]:
    """Work that goes on if its asker hangs up: the same message, sent again, finds its answer."""
    task = asyncio.ensure_future(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return await asyncio.shield(task)


def _pages_response(pages: list[str]) -> HTTPResponse:
    headers = {"Cache-Control": "no-store"}
    return response.json({"messages": pages}, ensure_ascii=False, headers=headers)
