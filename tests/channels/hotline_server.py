"""The hotline's routes before a bot that says what a test wants, and a gateway that signs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from bot.channels.hotline import HotlineChannel
from bot.http.errors import handle_errors

NUMBER = "0912345678"
WEBHOOK, POLL = "/webhooks/hotline/webhook", "/webhooks/hotline/poll"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """By the contract, not by the bot's code."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return "sha256=" + digest.hexdigest()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def pages(self) -> list[str]:
        assert self.status == 200, self.body
        assert list(self.body) == ["messages"]
        return self.body["messages"]

    @property
    def code(self) -> str:
        return self.body["error"]["code"]


class Gateway:
    """A text gateway of one caller."""

    def __init__(self, address: tuple[str, int], secret: str, number: str = NUMBER) -> None:
        self.address, self.secret, self.number = address, secret, number

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        try:
            connection.request("POST", path, body, headers)
            found = connection.getresponse()
            return Answer(found.status, dict(found.getheaders()), json.loads(found.read()))
        finally:
            connection.close()

    def ask(self, path: str, fields: dict[str, Any], at: float | None = None) -> Answer:
        """A signed request; `at`: when it was signed."""
        body = json.dumps(fields).encode()
        timestamp = str(int(time.time() if at is None else at))
        signed = signature(self.secret, timestamp, body)
        return self.send(path, body, {"X-Timestamp": timestamp, "X-Signature": signed})

    def say(self, text: str, message_id: str = "", at: float | None = None, **more: Any) -> Answer:
        """A message; by itself each has an identifier of its own."""
        fields = {"from": self.number, "text": text, "message_id": message_id or uuid.uuid4().hex}
        return self.ask(WEBHOOK, {**fields, **more}, at)

    def poll(self, **more: Any) -> Answer:
        return self.ask(POLL, {"from": self.number, **more})


class Bot:
    """Says what it is told to; `said` are all turns: text, sender, message and metadata."""

    def __init__(self) -> None:
        self.turns: list[UserMessage] = []
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.default: list[dict[str, Any]] = [{"text": "Dạ."}]
        self.before: Callable[[UserMessage], Any] | None = None

    @property
    def heard(self) -> list[str]:
        return [str(turn.text) for turn in self.turns]

    async def answer(self, message: UserMessage) -> None:
        self.turns.append(message)
        if self.before is not None:
            await self.before(message)
        for reply in self.replies.get(str(message.text), self.default):
            assert message.output_channel is not None
            await message.output_channel.send_response(message.sender_id, dict(reply))


class Server:
    """The routes of one process, on a free port by a thread."""

    def __init__(self, bot: Bot) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = self._socket.getsockname()
        self._thread.start()
        self.run(self._serve(bot))

    async def _serve(self, bot: Bot) -> None:
        app = Sanic(f"hotline_{uuid.uuid4().hex}", configure_logging=False)
        handle_errors(app)
        blueprint = HotlineChannel().blueprint(bot.answer)
        app.blueprint(blueprint, url_prefix="/webhooks/hotline")
        server = await app.create_server(sock=self._socket, return_asyncio_server=True)
        assert server is not None
        await server.startup()

    def run(self, work: Any) -> Any:
        """What a coroutine brings, run where the routes are."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._socket.close()
