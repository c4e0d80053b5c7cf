"""A citizen asks for a person, an agent answers in Chatwoot: a real bot, and Chatwoot beside it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.http.chatwoot import PATH
from tests.chatwoot_server import SECRET, ChatwootServer, running_chatwoot
from tests.running_bot import RunningBot, running_bot

SECONDS = 30


@pytest.fixture(scope="module")
def desk() -> Iterator[ChatwootServer]:
    with running_chatwoot() as server:
        yield server


@pytest.fixture(scope="module")
def bot(
    desk: ChatwootServer, seeded_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("chatwoot")
    shutil.copyfile(seeded_file, folder / "bot.db")
    with running_bot(folder, BOT_SUPPORT_HOURS="always", **desk.environment) as running:
        desk.webhook_url = running.url + PATH
        yield running


def said_to(bot: RunningBot, sender: str, condition: Callable[[str], Any]) -> str:
    """What the bot brings with its next replies, once it is what is waited for."""
    read, deadline = "", time.monotonic() + SECONDS
    while not condition(read):
        assert time.monotonic() < deadline, read
        read += bot.say(sender, "dạ").text + "\n"
        time.sleep(0.3)
    return read


def test_a_citizen_talks_with_an_agent_and_then_with_the_bot_again(
    bot: RunningBot, desk: ChatwootServer, sender: str
) -> None:
    bot.say(sender, "phí đăng ký khai sinh là bao nhiêu")
    reply = bot.say(sender, "cho tôi gặp cán bộ")
    assert "hàng chờ" in reply.text
    assert reply.answers[-1]["status"] == "handover"
    number = desk.one()
    assert bot.say(sender, "giấy chứng sinh của con tôi bị mất, số tôi 0912345678").answers
    desk.wait_until(lambda: any("chứng sinh" in text for text in desk.told(number)))
    assert "0912345678" not in str(desk.conversations)
    assert "khai sinh" in desk.notes(number)[0]

    desk.says(number, "Chào anh/chị, mất giấy thì có người làm chứng là được.")
    read = said_to(bot, sender, lambda text: "người làm chứng" in text)
    assert read.count("có người làm chứng là được") == 1
    assert "Chị Lan" in read

    desk.set_status(number, "resolved")
    said_to(bot, sender, lambda text: "đã kết thúc" in text)
    fee = bot.say(sender, "phí đăng ký khai sinh là bao nhiêu")
    assert fee.answers[0]["topic"] == "fee"
    assert desk.status(number) == "resolved"
    assert set(desk.statuses) == {200}


def test_a_citizen_who_goes_back_to_the_bot_ends_the_conversation(
    bot: RunningBot, desk: ChatwootServer, sender: str
) -> None:
    before = len(desk.conversations)
    bot.say(sender, "cho tôi gặp cán bộ")
    desk.wait_until(lambda: len(desk.conversations) > before)
    number = max(desk.conversations)
    desk.wait_until(lambda: desk.notes(number))
    assert "rời hàng chờ" in bot.say(sender, "thôi").text
    desk.wait_until(lambda: desk.status(number) == "resolved")
    assert "quay lại hỏi máy" in desk.notes(number)[-1]


def test_the_server_refuses_forged_webhooks_and_logs_no_secret(
    bot: RunningBot, desk: ChatwootServer
) -> None:
    status, answer = bot.request(f"{PATH}?token=forged-{SECRET}", b'{"event": "message_created"}')
    assert (status, answer["error"]["code"]) == (401, "signature_invalid")
    log = bot.log.read_text(encoding="utf-8", errors="replace")
    assert SECRET not in log
    assert desk.environment["BOT_CHATWOOT_TOKEN"] not in log
