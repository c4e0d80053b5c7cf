"""A bot whose staff are always there, its operators, and a caller of its hotline."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.channels.hotline_server import Gateway
from tests.http.console_client import Staff
from tests.running_bot import TEST_SECRET, RunningBot, run_command, running_bot
from tests.staff.accounts import PASSWORD

SETTINGS = {"BOT_SUPPORT_HOURS": "always", "BOT_SUPPORT_LEASE_SECONDS": "4"}
SECONDS = 30
Value = TypeVar("Value")


@contextmanager
def attended_bot(folder: Path, seeded: Path, **settings: str) -> Iterator[RunningBot]:
    """A bot on a copy of a database; a folder that has one keeps it."""
    if not (folder / "bot.db").exists():
        shutil.copyfile(seeded, folder / "bot.db")
    with running_bot(folder, **{**SETTINGS, **settings}) as bot:
        yield bot


def hire(bot: RunningBot, name: str, role: str = "operator", desk: str = "") -> None:
    """An account for a bot's console, shown as "Cán bộ thử NAME"."""
    arguments = ["staff", "add", name, "--shown-name", shown(name), "--role", role, "--desk", desk]
    done = run_command(bot.environment, *arguments, text=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr


def shown(name: str) -> str:
    """As citizens are told who answers."""
    return f"Trần Thử {name.capitalize()}"


class Operator(Staff):
    """An operator who is signed in."""

    def __init__(self, bot: RunningBot, name: str) -> None:
        super().__init__(SimpleNamespace(origin=bot.url))  # type: ignore[arg-type]
        self.name = name
        self.sign_in(name)

    def moves_to(self, bot: RunningBot) -> None:
        """Go on at another server of the same database."""
        self._address = urlsplit(bot.url)

    def queue(self) -> dict[str, Any]:
        return self.get("queue")

    def waiting(self, need: str = "") -> dict[str, Any]:
        """The waiting talk whose need holds these words, as soon as there is one."""
        return until(lambda: self._waiting(need))

    def _waiting(self, need: str) -> dict[str, Any] | None:
        return next((t for t in self.queue()["waiting"] if need in t.get("need", "")), None)

    def claim(self, talk: dict[str, Any]) -> dict[str, Any]:
        """Take a talk; as it is then."""
        return self.post(f"talks/{talk['id']}/claim")["talk"]

    def try_to_claim(self, talk: dict[str, Any]) -> Any:
        """What comes of asking for a talk."""
        return self.call("POST", f"talks/{talk['id']}/claim")

    def lines(self, talk: dict[str, Any], after: int = 0) -> list[dict[str, Any]]:
        return self.get(f"talks/{talk['id']}?after={after}")["lines"]

    def answer(self, talk: dict[str, Any], text: str, key: str = "k1") -> Any:
        return self.call(
            "POST", f"talks/{talk['id']}/answer", {"claim": talk["claim"], "text": text, "key": key}
        )

    def end(self, talk: dict[str, Any], how: str, **further: Any) -> Any:
        """ "return", "close", "give-back", "transfer"."""
        return self.post(f"talks/{talk['id']}/{how}", claim=talk["claim"], **further)


class Caller(Gateway):
    """A caller of the hotline."""

    def __init__(self, bot: RunningBot, number: str) -> None:
        super().__init__(("127.0.0.1", bot.port), TEST_SECRET, number)

    def hear(self, text: str) -> str:
        """What the pages of a reply say."""
        return "\n".join(self.say(text).pages)

    def wait_for(self, words: str) -> str:
        """Poll until these words have come; all that came."""
        heard: list[str] = []

        def told() -> str:
            heard.extend(self.poll().pages)
            return text if words in (text := "\n".join(heard)) else ""

        return until(told)


def until(find: Callable[[], Value], seconds: float = SECONDS) -> Value:
    """What is found as soon as it is something."""
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found
