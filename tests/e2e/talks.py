"""Talks with a running bot over each of its channels, with the same way to say something."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bot.settings import PROJECT_ROOT
from tests.running_bot import Reply, RunningBot, free_port
from tests.web_page import Page

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


class WebTalk(Page):
    """One conversation of the web page, in a session that the server signs."""

    channel = "web"

    def __init__(self, bot: RunningBot) -> None:
        super().__init__(bot.url)

    @property
    def sender(self) -> str:
        """Name of the conversation: the session without its signature."""
        return self.session.partition(".")[0]

    def say(self, message: str, **further: Any) -> Reply:
        """One message and all replies; a page whose session has ended asks for a new one."""
        self.heard.clear()
        if self.send(message, **further).get("code") == "session_unknown":
            self.ask("session_request", {})
            self.send(message, **further)
        return Reply(list(self.heard))


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
