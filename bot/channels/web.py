"""The web page's channel: Socket.IO with session identifiers signed by the server.

Rasa's own Socket.IO channel lets the client choose its session and cannot send the answer
object (it hands `custom` to Socket.IO as keyword arguments), hence this one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json
from socketio import AsyncServer

from bot.channels import notices
from bot.channels.fallback import apology, handle
from bot.channels.incoming import address_of, user_message
from bot.dossiers.notices import Notice
from bot.settings import settings

SOCKET_PATH = "/socket.io"
MESSAGE_EVENT = "bot_uttered"


def sign(identifier: str, secret: str) -> str:
    """A session identifier with its signature."""
    message = f"session:{identifier}".encode("utf-8", "replace")
    mark = hmac.new(secret.encode(), message, hashlib.sha256)
    return f"{identifier}.{mark.hexdigest()[:32]}"


def is_signed(session_id: Any, secret: str) -> bool:
    """Whether a session identifier was made by this server."""
    if not isinstance(session_id, str) or session_id.count(".") != 1:
        return False
    offered, made = session_id, sign(session_of(session_id), secret)
    return hmac.compare_digest(*(each.encode("utf-8", "replace") for each in (offered, made)))


def session_of(session_id: str) -> str:
    """The session's name without its signature: whoever reads it in a store cannot use it."""
    return session_id.partition(".")[0]


def _peer(environ: Mapping[str, Any]) -> tuple[str, str]:
    """Address that a connection came from, and what a proxy says of its client."""
    request = environ.get("sanic.request")
    ip = str(getattr(request, "ip", "") or environ.get("REMOTE_ADDR", ""))
    return ip, str(environ.get("HTTP_X_FORWARDED_FOR", ""))


class WebOutput(OutputChannel):
    """Sends each message as one `bot_uttered` event to the session's room."""

    def __init__(self, server: AsyncServer) -> None:
        """`server`: the Socket.IO server that the session is connected to."""
        self._server = server
        self.has_spoken = False

    @classmethod
    def name(cls) -> str:
        """Name for channel-specific responses."""
        return "web"

    async def _emit(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.has_spoken = True
        await self._server.emit(MESSAGE_EVENT, message, room=recipient_id)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """A text, whole."""
        await self._emit(recipient_id, {"text": text})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """A text with the buttons below it."""
        shown = [{"title": b["title"], "payload": b["payload"]} for b in buttons]
        await self._emit(recipient_id, {"text": text, "buttons": shown})

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """The answer object."""
        await self._emit(recipient_id, {"custom": json_message})


# Of this process; the one that was made last serves.
_SERVERS: list[AsyncServer] = []


async def tell(notice: Notice) -> bool:
    """Send a notice to its citizen's open page; False if there is none in this process.

    Raises: see `bot.channels.notices.tell`.
    """
    if notice.channel != WebChannel.name() or not _SERVERS:
        return False
    server = _SERVERS[-1]
    if notice.session not in server.manager.rooms.get("/", {}):
        return False
    return await notices.tell(notice, WebOutput(server))


class WebChannel(InputChannel):
    """Events `session_request`, `user_uttered` in; `session_confirm`, `bot_uttered` out."""

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

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes and event handlers."""
        server = AsyncServer(async_mode="sanic", cors_allowed_origins=[])
        _SERVERS.append(server)
        blueprint = SocketBlueprint(server, SOCKET_PATH, "web_channel", __name__)
        secret = settings().secret

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @server.on("session_request")
        async def session_request(sid: str, data: Any = None) -> None:
            offered = data.get("session_id") if isinstance(data, dict) else None
            known = is_signed(offered, secret)
            session_id = str(offered) if known else sign(secrets.token_hex(16), secret)
            session = session_of(session_id)
            await server.enter_room(sid, session)
            await server.emit("session_confirm", session_id, room=sid)
            await notices.tell_waiting(WebOutput(server), session)

        @server.on("user_uttered")
        async def user_uttered(sid: str, data: Any = None) -> None:
            data = data if isinstance(data, dict) else {}
            session_id, text = data.get("session_id"), data.get("message")
            if not is_signed(session_id, secret):
                await server.emit("session_refused", room=sid)
                return
            if not isinstance(text, str) or not text.strip():
                return
            if len(text) > settings().max_message_length:
                await server.emit("message_refused", "message_too_long", room=sid)
                return
            output = WebOutput(server)
            environ = server.get_environ(sid) or {}
            address = address_of(*_peer(environ))
            session = session_of(session_id)
            message = user_message(text, output, session, self.name(), address=address)
            if not await handle(on_new_message, message) or not output.has_spoken:
                words = apology()
                await output.send_text_message(session, words["text"])
                await output.send_custom_json(session, words["custom"])

        return blueprint
