"""The web page's channel: Socket.IO with session identifiers signed by the server.

Rasa's own Socket.IO channel lets the client choose its session and cannot send the answer
object (it hands `custom` to Socket.IO as keyword arguments), hence this one. All pages of a
session (tabs, windows) are one room. docs/tich-hop.md describes the events.
"""

from __future__ import annotations

import logging
import math
import re
import secrets
import string
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json
from socketio import AsyncServer

from bot import origins, wording
from bot.channels import notices, transcript
from bot.channels.fallback import apology, handle
from bot.channels.incoming import address_of, user_message
from bot.channels.web_output import WebOutput
from bot.channels.web_ratings import rate
from bot.channels.web_sessions import is_signed, new_session, session_of
from bot.dossiers.notices import Notice
from bot.rate_limits import RateLimit
from bot.settings import settings

SOCKET_PATH = "/socket.io"
# Seconds after which a page that has gone without a word is noticed, and notices it itself.
PING_EVERY, PING_PATIENCE = 20, 10
# Bytes: the longest message in its longest spelling, and what stands around it.
BYTES_PER_LETTER, BYTES_AROUND = 12, 4096
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
    hosts = (str(environ.get(key) or "") for key in ("HTTP_HOST", "HTTP_X_FORWARDED_HOST"))
    return origins.is_allowed(origin or "", *hosts)


def _peer(environ: Mapping[str, Any]) -> tuple[str, str]:
    """Address that a connection came from, and what a proxy says of its client."""
    request = environ.get("sanic.request")
    ip = str(getattr(request, "ip", "") or environ.get("REMOTE_ADDR", ""))
    return ip, str(environ.get("HTTP_X_FORWARDED_FOR", ""))


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
        self._per_session = RateLimit(settings().messages_per_minute)
        self._per_address = RateLimit(settings().messages_per_address)
        self.server = AsyncServer(
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

    def output(self, message_id: str = "") -> WebOutput:
        """Where the bot speaks; see `WebOutput`."""

        async def keep(session: str, text: str, identifier: str) -> None:
            try:
                await transcript.add(self._agent, session, text, identifier)
            except Exception:
                # It was said; a page that is opened later lacks it.
                logger.exception("What was said outside a turn cannot be kept")

        return WebOutput(self.server, message_id, keep)

    async def session_request(self, sid: str, data: Any = None) -> dict[str, Any]:
        """A page is opened, or has its line back: who it is, and what it has missed."""
        data = data if isinstance(data, dict) else {}
        if wait := self._wait(sid):
            return refusal("too_many_messages", wait)
        offered, known = data.get("session_id"), data.get("known")
        session_id = str(offered) if is_signed(offered, self._secret) else ""
        confirmed = session_id or new_session(self._secret)
        session = session_of(confirmed)
        for room in set(self.server.rooms(sid)) - {sid, session}:
            await self.server.leave_room(sid, room)
        # Joined before the past is read: what is said meanwhile comes twice, and not never.
        await self.server.enter_room(sid, session)
        await self.server.emit("session_confirm", confirmed, room=sid)
        history = await self._history(session, str(known or "")) if session_id else _history()
        await self.server.emit("session_history", history, room=sid)
        await notices.tell_waiting(self.output(), session)
        return {"status": "ok"}

    async def user_uttered(self, sid: str, data: Any = None) -> dict[str, Any]:
        """A message; answered when its turn is over, and only once however often it comes."""
        data = data if isinstance(data, dict) else {}
        refused = self._refused(sid, data)
        if refused:
            if refused["code"] == "session_unknown":
                await self.server.emit("session_refused", room=sid)
            elif refused["code"] != "message_empty":
                await self.server.emit("message_refused", refused, room=sid)
            return refused
        session, given = session_of(data["session_id"]), str(data.get("message_id"))
        message_id = given if _MESSAGE_ID.fullmatch(given) else _new_message_id()
        output, quiet = self.output(message_id), data.get("quiet") is True
        message = user_message(
            data["message"],
            output,
            session,
            WebChannel.name(),
            address=self._address(sid),
            metadata={transcript.QUIET: True} if quiet else {},
            message_id=message_id,
        )
        said = transcript.Said(
            message_id, transcript.CITIZEN, time.time(), message.text or "", quiet=quiet
        )
        # The citizen's other pages show it, too.
        await self.server.emit("user_said", said.as_dict(), room=session, skip_sid=sid)
        if not await handle(self._on_new_message, message) or not output.has_spoken:
            words = apology()
            await output.send_text_message(session, words["text"])
            await output.send_custom_json(session, words["custom"])
        if output.has_erased:
            await self.server.emit("session_erased", {}, room=session)
        return {"status": "handled"}

    async def rate(self, sid: str, data: Any = None) -> dict[str, Any]:
        """How good an answer was."""
        data = data if isinstance(data, dict) else {}
        session_id = data.get("session_id")
        if not is_signed(session_id, self._secret):
            return refusal("session_unknown")
        if wait := self._wait(sid, session_of(str(session_id))):
            return refusal("too_many_messages", wait)
        code = await rate(self._agent, session_of(session_id), WebChannel.name(), data)
        return refusal(code) if code else {"status": "kept"}

    def _refused(self, sid: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """Why a message is not handed on; None if it is."""
        session_id, text = data.get("session_id"), data.get("message")
        if not is_signed(session_id, self._secret):
            return refusal("session_unknown")
        if not isinstance(text, str) or not text.strip():
            return refusal("message_empty")
        if len(text) > settings().max_message_length:
            return refusal("message_too_long")
        wait = self._wait(sid, session_of(str(session_id)))
        return refusal("too_many_messages", wait) if wait else None

    def _wait(self, sid: str, session: str = "") -> float:
        """Seconds until the session, and the address of the page, may do something again."""
        wait = self._per_session.seconds_to_wait(session) if session else 0
        address = self._address(sid)
        # This machine's own programs have no address: see `address_of`.
        return wait or (self._per_address.seconds_to_wait(address) if address else 0)

    def _address(self, sid: str) -> str:
        """See `address_of`."""
        return address_of(*_peer(self.server.get_environ(sid) or {}))

    async def _history(self, session: str, known: str) -> dict[str, Any]:
        try:
            said, whole = await transcript.since(self._agent, session, known)
        except Exception:
            # The page keeps what it shows; the next message tells whether there is an outage.
            logger.exception("A conversation cannot be read")
            return _history(whole=False)
        return _history(said, whole=whole)


def _history(said: Any = (), *, whole: bool = True) -> dict[str, Any]:
    return {"messages": [one.as_dict() for one in said], "whole": whole}


def _new_message_id() -> str:
    return "".join(secrets.choice(string.ascii_letters) for _ in range(20))


# Of this process; the one that was made last serves.
_PAGES: list[WebPages] = []


async def tell(notice: Notice) -> bool:
    """Send a notice to its citizen's open page; False if there is none in this process.

    Raises: see `bot.channels.notices.tell`.
    """
    if notice.channel != WebChannel.name() or not _PAGES or not _PAGES[-1].is_open(notice.session):
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
