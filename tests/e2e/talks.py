"""Talks with a running bot over each of its channels, with the same way to say something."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import socketio

from bot.settings import PROJECT_ROOT
from tests.running_bot import Reply, RunningBot, free_port

SECONDS = 30


class RestTalk:
    """One conversation over REST; a message may bring metadata."""

    channel = "rest"

    def __init__(self, bot: RunningBot, sender: str) -> None:
        self.bot, self.sender = bot, sender

    def say(self, message: str, metadata: dict[str, Any] | None = None) -> Reply:
        """One message and all that the bot says to it."""
        body = {"sender": self.sender, "message": message, "metadata": metadata}
        status, messages = self.bot.request("/webhooks/rest/webhook", json.dumps(body).encode())
        assert status == 200, messages
        return Reply(messages)


class WebTalk:
    """One conversation of the web page, in a session that the server signs."""

    channel = "web"

    def __init__(self, bot: RunningBot) -> None:
        self._heard: list[dict[str, Any]] = []
        self._confirmed = threading.Event()
        self._session = ""
        self._client = socketio.Client(reconnection=False)
        self._client.on("bot_uttered", self._heard.append)
        self._client.on("session_confirm", self._confirm)
        self._client.connect(bot.url, transports=["websocket"])
        self._client.emit("session_request", {})
        assert self._confirmed.wait(SECONDS)

    def _confirm(self, session: str) -> None:
        self._session = session
        self._confirmed.set()

    @property
    def sender(self) -> str:
        """Name of the conversation: the session without its signature."""
        return self._session.partition(".")[0]

    def say(self, message: str) -> Reply:
        """One message and all that the bot says until the server has handled it."""
        self._heard.clear()
        data = {"session_id": self._session, "message": message}
        self._client.call("user_uttered", data, timeout=SECONDS)
        return Reply(list(self._heard))

    def close(self) -> None:
        """Leave the page."""
        self._client.disconnect()


@contextlib.contextmanager
def web_talk(bot: RunningBot) -> Iterator[WebTalk]:
    """A page that is left at the end."""
    talk = WebTalk(bot)
    try:
        yield talk
    finally:
        talk.close()


def shell_talk(bot: RunningBot, messages: Sequence[str]) -> tuple[str, str]:
    """All messages typed into the shell that shares the server's stores: what was shown, the log.

    What was shown repeats what was typed, as a terminal does.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bot", "shell"],
        cwd=PROJECT_ROOT,
        env={**bot.environment, "BOT_PORT": str(free_port())},
        # A reply that ends with buttons is a menu, which takes the next line for a choice.
        input="\n".join([*messages, "/stop", "/stop", "/stop"]) + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, done.stderr
