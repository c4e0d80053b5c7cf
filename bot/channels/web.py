"""The web page's channel: Socket.IO with session identifiers signed by the server.

Rasa's own Socket.IO channel lets the client choose its session and cannot send the answer
object (it hands `custom` to Socket.IO as keyword arguments), hence this one. All pages of a
session (tabs, windows) are one room. docs/tich-hop.md describes the events.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import secrets
import string
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import origins, wording
from bot.channels import notices, transcript
from bot.channels.fallback import apology, handle
from bot.channels.incoming import address_of, address_of_request, user_message
from bot.channels.web_guard import GuardedServer
from bot.channels.web_limits import WebLimits
from bot.channels.web_output import WebOutput
from bot.channels.web_ratings import rate
from bot.channels.web_sessions import is_signed, new_session, session_of
from bot.database import DatabaseUnavailable
from bot.dossiers.notices import Notice
from bot.recent import Recent
from bot.settings import settings
from bot.support import handover_talk
from bot.support.handover import Handover, Line

SOCKET_PATH = "/socket.io"
# Seconds after which a page that has gone without a word is noticed, and notices it itself.
PING_EVERY, PING_PATIENCE = 20, 10
# Bytes: the longest message in its longest spelling, and what stands around it.
BYTES_PER_LETTER, BYTES_AROUND = 12, 4096
# Identifiers of erased sessions that are remembered.
MOST_ERASED = 10_000
# Letters only: digits could be taken for a citizen's number and masked.
_MESSAGE_ID = re.compile(r"[A-Za-z]{8,40}")

OnMessage = Callable[[UserMessage], Awaitable[Any]]

logger = logging.getLogger(__name__)


def refusal(code: str, wait: float = 0) -> dict[str, Any]:
    """What a page is told of something that is not done; `wait`: seconds until it may be."""
    seconds = math.ceil(wait)
    text = wording.text("web", f"utter_web_{code}").format(seconds=seconds)
    return {"status": "refused", "code": code, "text": text, "retry_after": seconds}


def _is_allowed(origin: str | None, environ: Mapping[str, Any]) -> bool:
    return origins.is_allowed(origin or "", environ["sanic.request"].headers.get("host", ""))


class _SocketPages(SocketBlueprint):
    """Rasa's blueprint, which also remembers the app that it serves."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        self.ctx.app = app
        super().register(app, options)


class WebPages:
    """The pages that are connected to this process, and what they ask for."""

    def __init__(self, on_new_message: OnMessage) -> None:
        """`on_new_message` hands a message to Rasa."""
        self._on_new_message = on_new_message
        self._secret = settings().secret
        self._limits = WebLimits()
        # Sessions that were erased here.
        self._erased: Recent[bool] = Recent(MOST_ERASED)
        self.server = GuardedServer(
            async_mode="sanic",
            cors_allowed_origins=_is_allowed,
            max_http_buffer_size=settings().max_message_length * BYTES_PER_LETTER + BYTES_AROUND,
            ping_interval=PING_EVERY,
            ping_timeout=PING_PATIENCE,
        )
        for handler in (self.session_request, self.user_uttered, self.rate):
            self.server.on(handler.__name__, handler)
        self.blueprint = _SocketPages(self.server, SOCKET_PATH, "web_channel", __name__)

    @property
    def _agent(self) -> Agent:
        return self.blueprint.ctx.app.ctx.agent

    def is_open(self, session: str) -> bool:
        """Whether a page of the session is connected."""
        return session in self.server.manager.rooms.get("/", {})

    def output(self, message_id: str = "", **of_page: Any) -> WebOutput:
        """Where the bot speaks; see `WebOutput`."""

        async def keep(session: str, text: str, identifier: str) -> None:
            try:
                await transcript.add(self._agent, session, text, identifier)
            except Exception:
                # It was said; a page that is opened later lacks it.
                logger.exception("What was said outside a turn cannot be kept")

        return WebOutput(self.server, message_id, keep, **of_page)

    async def session_request(self, sid: str, data: Any = None) -> dict[str, Any]:
        """A page is opened, or has its line back: who it is, and what it has missed."""
        data = data if isinstance(data, dict) else {}
        address = self._address(sid)
        if wait := self._limits.seconds_to_wait(address):
            return refusal("too_many_messages", wait)
        offered, known = data.get("session_id"), data.get("known")
        session_id = str(offered) if self._is_known(offered) else ""
        if not session_id and (wait := self._limits.seconds_to_wait_for_session(address)):
            return refusal("too_many_messages", wait)
        confirmed = session_id or new_session(self._secret)
        session = session_of(confirmed)
        for room in set(self.server.rooms(sid)) - {sid, session}:
            await self.server.leave_room(sid, room)
        # Joined before the past is read: what is said meanwhile comes twice, and not never.
        await self.server.enter_room(sid, session)
        await self.server.emit("session_confirm", confirmed, room=sid)
        # Looked for first: what is said meanwhile is brought afterwards.
        lines = await asyncio.to_thread(_waiting_lines, session) if session_id else []
        history = await self._history(session, str(known or "")) if session_id else _history()
        await self.server.emit("session_history", history, room=sid)
        if lines and history["messages"]:
            await asyncio.to_thread(handover_talk.take, lines)
        await notices.tell_waiting(self.output(), session)
        return {"status": "ok"}

    async def user_uttered(self, sid: str, data: Any = None) -> dict[str, Any]:
        """A message; answered when its turn is over, and only once however often it comes."""
        data = data if isinstance(data, dict) else {}
        address = self._address(sid)
        refused = self._refused(address, data)
        if refused:
            if refused["code"] == "session_unknown":
                await self.server.emit("session_refused", room=sid)
            elif refused["code"] != "message_empty":
                await self.server.emit("message_refused", refused, room=sid)
            return refused
        session, given = session_of(data["session_id"]), str(data.get("message_id"))
        message_id = given if _MESSAGE_ID.fullmatch(given) else _new_message_id()
        quiet = data.get("quiet") is True
        output = self.output(message_id, page=sid, quiet=quiet)
        message = user_message(
            data["message"],
            output,
            session,
            WebChannel.name(),
            address=address,
            metadata={transcript.QUIET: True} if quiet else {},
            message_id=message_id,
        )
        handled = await handle(self._on_new_message, message)
        if session in self._erased:
            return refusal("session_unknown")
        if not handled or not output.has_spoken:
            words = apology()
            await output.send_text_message(session, words["text"])
            await output.send_custom_json(session, words["custom"])
        if output.has_erased:
            await self._forget(session)
        return {"status": "handled"}

    async def _forget(self, session: str) -> None:
        """Tell the pages of an erased session, which then have none; its identifier ends."""
        self._erased.put(session, True)
        await self.server.emit("session_erased", {}, room=session)
        await self.server.close_room(session)

    def _is_known(self, session_id: Any) -> bool:
        """Whether a session identifier is of this server and was not erased."""
        return is_signed(session_id, self._secret) and session_of(session_id) not in self._erased

    async def rate(self, sid: str, data: Any = None) -> dict[str, Any]:
        """How good an answer was."""
        data = data if isinstance(data, dict) else {}
        session_id = data.get("session_id")
        known = self._is_known(session_id)
        name = session_of(session_id) if known else ""
        if wait := self._limits.seconds_to_wait(self._address(sid), name):
            return refusal("too_many_messages", wait)
        if not known:
            return refusal("session_unknown")
        code = await rate(self._agent, name, WebChannel.name(), data)
        return refusal(code) if code else {"status": "kept"}

    def _refused(self, address: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """Why a message is not handed on; None if it is."""
        session_id, text = data.get("session_id"), data.get("message")
        known = self._is_known(session_id)
        name = session_of(str(session_id)) if known else ""
        if wait := self._limits.seconds_to_wait(address, name):
            return refusal("too_many_messages", wait)
        if not known:
            return refusal("session_unknown")
        if not isinstance(text, str) or not text.strip():
            return refusal("message_empty")
        if len(text) > settings().max_message_length:
            return refusal("message_too_long")
        return None

    def _address(self, sid: str) -> str:
        """See `address_of_request`; a page that has just gone is nobody's in particular."""
        # Of the request as it came: its environment takes "X_Forwarded_For" for the proxy's own.
        request = (self.server.get_environ(sid) or {}).get("sanic.request")
        return address_of_request(request) if request else address_of("")

    async def _history(self, session: str, known: str) -> dict[str, Any]:
        try:
            said, whole = await transcript.since(self._agent, session, known)
        except Exception:
            # The page keeps what it shows; the next message tells whether there is an outage.
            logger.exception("A conversation cannot be read")
            return _history(whole=False)
        return _history(said, whole=whole)


def _waiting_lines(session: str) -> list[Line]:
    """What stands in a conversation's history that its citizen has not been brought."""
    try:
        return handover_talk.undelivered(session)
    except DatabaseUnavailable as error:
        logger.error("Lines of a talk cannot be looked for: %s", type(error).__name__)
        return []


def _history(said: Any = (), *, whole: bool = True) -> dict[str, Any]:
    return {"messages": [one.as_dict() for one in said], "whole": whole}


def _new_message_id() -> str:
    return "".join(secrets.choice(string.ascii_letters) for _ in range(20))


# Of this process; the one that was made last serves.
_PAGES: list[WebPages] = []


def is_open(session: str) -> bool:
    """Whether a page of the session is connected to this process."""
    return bool(_PAGES) and _PAGES[-1].is_open(session)


async def bring(talk: Handover, lines: Sequence[Line]) -> bool:
    """Send lines of a handed-over talk to its citizen's open pages; False if there are none here.

    Pages that are opened later read them in the conversation.
    """
    if not is_open(talk.session):
        return False
    output = _PAGES[-1].output()
    for line in lines:
        await output.send_line(talk.session, line)
    return True


async def tell(notice: Notice) -> bool:
    """Send a notice to its citizen's open page; False if there is none in this process.

    Raises: see `bot.channels.notices.tell`.
    """
    if notice.channel != WebChannel.name() or not is_open(notice.session):
        return False
    return await notices.tell(notice, _PAGES[-1].output())


class WebChannel(InputChannel):
    """Events in: `session_request`, `user_uttered`, `rate`. Out: `session_confirm`,
    `session_history`, `bot_uttered`, `user_said`, `session_erased`, `session_refused`,
    `message_refused`.
    """

    @classmethod
    def name(cls) -> str:
        """Part of the route and of the tracker's events."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Needs no credentials; the secret comes from the settings."""
        return cls()

    def url_prefix(self) -> str:
        """Socket.IO has a path of its own."""
        return self.name()

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The channel's routes and event handlers."""
        pages = WebPages(on_new_message)
        _PAGES.append(pages)

        @pages.blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        return pages.blueprint
