"""A real server and a test server of Zalo talk with each other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import wording
from tests import zalo_server
from tests.e2e.stored_talks import write_endpoints
from tests.running_bot import RunningBot, prepare_database, running_bot
from tests.zalo_server import OTHER_USER, USER, ZaloServer, body_of, deliver, text_event


@pytest.fixture(scope="module")
def zalo() -> Iterator[ZaloServer]:
    with zalo_server.running_zalo() as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database, and conversations that outlive a restart."""
    made = tmp_path_factory.mktemp("zalo")
    prepare_database(made)
    store = {"type": "SQL", "dialect": "sqlite", "db": str(made / "talks.db")}
    write_endpoints(made, store)
    return made


def environment(folder: Path, zalo: ZaloServer) -> dict[str, str]:
    return {"BOT_ENDPOINTS": str(folder / "endpoints.yml"), **zalo.environment}


@pytest.fixture(scope="module")
def bot(folder: Path, zalo: ZaloServer) -> Iterator[RunningBot]:
    with running_bot(folder, LOG_LEVEL="DEBUG", **environment(folder, zalo)) as running:
        yield running


class Citizen:
    """Writes to the account and reads what comes back."""

    def __init__(self, bot: RunningBot, zalo: ZaloServer, user: str) -> None:
        self.bot, self.zalo, self.user = bot, zalo, user

    def tell(self, document: dict[str, Any], messages: int = 1) -> list[dict[str, Any]]:
        """An event, and the messages that come for it, at least so many."""
        before = len(self.zalo.texts(self.user))
        assert deliver(self.bot.url, body_of(document)) == 200
        return self.zalo.wait_for(before + messages, self.user)[before:]

    def say(self, text: str, messages: int = 1) -> list[dict[str, Any]]:
        return self.tell(text_event(text, uuid.uuid4().hex, self.user), messages)


def buttons_of(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The buttons of all messages."""
    payloads = [m["attachment"]["payload"] for m in found if "attachment" in m]
    return [button for payload in payloads for button in payload["buttons"]]


def texts_of(found: list[dict[str, Any]]) -> str:
    return "\n".join(message["text"] for message in found)


@pytest.fixture
def citizen(bot: RunningBot, zalo: ZaloServer) -> Citizen:
    return Citizen(bot, zalo, USER)


def test_a_citizen_follows_presses_a_button_and_asks_without_accents(
    citizen: Citizen, zalo: ZaloServer
) -> None:
    greeting = citizen.tell(zalo_server.event("follow", citizen.user))
    assert "máy trả lời tự động" in texts_of(greeting)
    buttons = buttons_of(greeting)
    assert buttons
    assert {button["type"] for button in buttons} == {"oa.query.hide"}

    asked = citizen.say("dang ky khai sinh can giay to gi")
    assert "khai sinh" in texts_of(asked)
    assert "Nguồn" in texts_of(asked)

    status = next(b for b in buttons if b["payload"] == "/check_dossier_status")
    pressed = citizen.say(status["payload"])
    assert "mã hồ sơ" in texts_of(pressed)

    sticker = citizen.tell(zalo_server.sticker_event(uuid.uuid4().hex, citizen.user))
    assert texts_of(sticker) == wording.text("zalo", "utter_zalo_only_text")
    assert zalo.refused == []


def test_a_dossier_is_looked_up(bot: RunningBot, zalo: ZaloServer) -> None:
    other = Citizen(bot, zalo, OTHER_USER)
    other.say("hồ sơ H48.16-260512-0003 tới đâu rồi")
    assert "đang được giải quyết" in texts_of(other.say("5678"))


def test_a_token_that_ended_is_renewed_and_a_restart_repeats_nothing(
    folder: Path, bot: RunningBot, zalo: ZaloServer
) -> None:
    zalo.expire()
    citizen = Citizen(bot, zalo, USER)
    said = text_event("lệ phí bao nhiêu", uuid.uuid4().hex)
    citizen.tell(said)
    assert zalo.refreshes == 1
    bot.stop()
    # The next server writes a log of its own.
    log = bot.log.read_text(errors="replace")
    before = len(zalo.texts())
    with running_bot(folder, **environment(folder, zalo)) as again:
        assert deliver(again.url, body_of(said)) == 200
        Citizen(again, zalo, USER).tell(zalo_server.sticker_event(uuid.uuid4().hex))
        assert zalo.texts()[before:] == [wording.text("zalo", "utter_zalo_only_text")]
    # With the tokens that the first server has kept.
    assert zalo.refreshes == 1
    for hidden in (USER, OTHER_USER, "khai sinh", zalo_server.ACCESS, *zalo.access_tokens):
        assert hidden not in log
    # Nor do the stores name a citizen.
    stores = [path for path in folder.iterdir() if path.is_file() and path.suffix != ".csv"]
    assert {"bot.db", "talks.db", "zalo_tokens"} <= {path.name for path in stores}
    for path in stores:
        assert USER.encode() not in path.read_bytes(), path.name
