"""Zalo's Official Account: events by webhook, answers by Zalo's API.

Zalo wants its answer within two seconds and disables a webhook that keeps it waiting: a message
is handled in the background. Off unless the account's settings are complete.
"""

from __future__ import annotations

import functools
import logging
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import wording
from bot.channels import transcript
from bot.channels.fallback import apology, handle
from bot.channels.incoming import user_message
from bot.channels.zalo_client import ZaloClient, client_for, is_on
from bot.channels.zalo_events import (
    ATTACHMENTS,
    FOLLOW,
    SIGNATURE_HEADER,
    Event,
    document_of,
    event_of,
    is_signed,
)
from bot.channels.zalo_output import ZaloOutput
from bot.channels.zalo_push import push as push
from bot.channels.zalo_turns import Turns
from bot.http.errors import error_response
from bot.rate_limits import RateLimit
from bot.recent import Recent
from bot.settings import settings

GREETING = "/greet"
# Bytes; Zalo's events are a few hundred.
LARGEST_EVENT = 64 * 1024
# Seconds that messages have to be answered when the server stops.
LAST_SECONDS = 10
# Events, and citizens, that are remembered, so that none is handled twice.
MOST_REMEMBERED = 20_000

OnMessage = Callable[[UserMessage], Awaitable[Any]]

logger = logging.getLogger(__name__)


class ZaloTalks:
    """Answers events, those of one citizen in their order and each of them once."""

    def __init__(self, on_new_message: OnMessage, client: ZaloClient) -> None:
        """`on_new_message` hands a message to Rasa."""
        self._on_new_message = on_new_message
        self._client = client
        self._limit = RateLimit(settings().messages_per_minute)
        self._seen: Recent[bool] = Recent(MOST_REMEMBERED)
        # Citizens who have been told that they write too fast, until they do not.
        self._hurried: Recent[bool] = Recent(MOST_REMEMBERED)
        self._turns = Turns()

    def take(self, event: Event, agent: Agent | None) -> None:
        """Answer an event in the background; nothing if it was taken before."""
        if event.key in self._seen:
            return
        self._seen.put(event.key, True)
        wait = self._limit.seconds_to_wait(event.session)
        if wait and self._hurried.get(event.session, False):
            return
        self._hurried.put(event.session, wait > 0)
        work = self._slow_down(event, wait) if wait else self._answer(event, agent)
        if not self._turns.put(event.session, work):
            logger.error("A message from Zalo was dropped: too many of one citizen wait")

    async def finish(self) -> None:
        """Answer what has been taken."""
        await self._turns.finish(LAST_SECONDS)
        await self._client.close()

    def _slow_down(self, event: Event, wait: float) -> Callable[[], Awaitable[None]]:
        text = wording.text("zalo", "utter_zalo_too_many_messages")
        output = ZaloOutput(self._client, event.user_id)
        return functools.partial(output.say, text.format(seconds=math.ceil(wait)))

    def _answer(self, event: Event, agent: Agent | None) -> Callable[[], Awaitable[None]]:
        async def answer() -> None:
            output = ZaloOutput(self._client, event.user_id, functools.partial(_keep, agent))
            if event.name in ATTACHMENTS:
                await output.say(wording.text("zalo", "utter_zalo_only_text"))
            if len(event.text) > settings().max_message_length:
                await output.say(wording.text("zalo", "utter_zalo_message_too_long"))
            elif event.name == FOLLOW:
                await self._hand_on(event, GREETING, output, agent)
            elif event.text:
                await self._hand_on(event, event.text, output, agent)

        return answer

    async def _hand_on(
        self, event: Event, text: str, output: ZaloOutput, agent: Agent | None
    ) -> None:
        # The processor would say its replies again; of Zalo's repetitions nobody waits for them.
        if await _is_known(event, agent):
            return
        message = user_message(
            text,
            output,
            event.session,
            ZaloChannel.name(),
            # All come from Zalo's addresses: limits of an address are those of a citizen.
            address=event.mark,
            metadata={transcript.QUIET: True} if event.name == FOLLOW else {},
            message_id=event.key,
            reply_to=event.user_id,
        )
        # What was said of an attachment is no answer to the words beside it.
        output.has_spoken = False
        handled = await handle(self._on_new_message, message)
        if not handled or not output.has_spoken:
            await output.say(apology()["text"])


async def _is_known(event: Event, agent: Agent | None) -> bool:
    """Whether the conversation has the event: it was handled before this process began."""
    if agent is None:
        return False
    try:
        _, without_it = await transcript.since(agent, event.session, event.key)
    except Exception as error:
        # Handling it will tell the citizen of the outage.
        logger.error("A conversation cannot be read: %s", type(error).__name__)
        return False
    return not without_it


async def _keep(agent: Agent | None, session: str, text: str) -> None:
    if agent is None:
        return
    try:
        await transcript.add(agent, session, text, f"unasked-{uuid.uuid4().hex}")
    except Exception as error:
        # It was said; who reads the conversation later lacks it.
        logger.error("What was said outside a turn cannot be kept: %s", type(error).__name__)


class ZaloChannel(InputChannel):
    """`POST /webhooks/zalo/webhook`, as Zalo calls it."""

    @classmethod
    def name(cls) -> str:
        """Part of the route and of the tracker's events."""
        return "zalo"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Needs no credentials; they come from the settings."""
        return cls()

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The channel's routes; none while it is off."""
        blueprint = Blueprint("zalo_channel")
        if not is_on(settings()):
            return blueprint
        talks = ZaloTalks(on_new_message, client_for(settings()))

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if len(request.body) > LARGEST_EVENT:
                return error_response("too_large", 413)
            document = document_of(request.body)
            signature = request.headers.get(SIGNATURE_HEADER, "")
            if not is_signed(signature, request.body, document, time.time()):
                return error_response("signature_invalid", 401)
            event = event_of(document)
            if event is not None:
                talks.take(event, getattr(request.app.ctx, "agent", None))
            # Whatever else Zalo tells is none of ours; another status would have it told again.
            return json({"status": "ok"})

        @blueprint.listener("before_server_stop")
        async def finish(*_: Sanic | Any) -> None:
            await talks.finish()

        return blueprint
