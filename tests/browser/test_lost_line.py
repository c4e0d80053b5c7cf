"""Lines that break, stall and come back, a bot that dies: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from bot.channels.web_sessions import session_of
from bot.settings import PROJECT_ROOT
from tests.browser.line import Line
from tests.browser.widget import Widget
from tests.e2e.stored_talks import sqlite_store, write_endpoints
from tests.running_bot import RunningBot, running_bot

NewContext = Callable[..., BrowserContext]

PAPERS, FEE, THANKS = "đăng ký tạm trú cần giấy tờ gì", "phí bao nhiêu", "cảm ơn em"
LOST, BACK = "Mất kết nối. Em đang nối lại, tin chưa gửi vẫn được giữ.", "Đã nối lại."
# The page gives a silent line up after twenty seconds.
STALL_SECONDS, SECONDS = 25, 20


@pytest.fixture(scope="module")
def bot(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot that stores its conversations, so that they outlive it."""
    folder = tmp_path_factory.mktemp("lost_line")
    shutil.copyfile(seeded_file, folder / "bot.db")
    with sqlite_store(folder) as (store, _):
        endpoints = str(write_endpoints(folder, store))
    with running_bot(folder, BOT_ENDPOINTS=endpoints) as running:
        yield running


@pytest.fixture
def widget(line: Line, new_context: NewContext) -> Widget:
    """The open chat at the end of the line."""
    return Widget.on(new_context(), line.url)


def stored(bot: RunningBot, widget: Widget) -> list[tuple[str, str]]:
    """Who has said what, as the bot has stored it of the page's conversation."""
    token = widget.page.evaluate("localStorage.getItem('tro-ly-thu-tuc:session')")
    engine = sa.create_engine(f"sqlite:///{bot.environment['BOT_VAR_DIR']}/talks.db")
    query = sa.text("SELECT data FROM events WHERE sender_id = :session ORDER BY id")
    with engine.connect() as connection:
        rows = connection.execute(query, {"session": session_of(token)}).all()
    engine.dispose()
    events = [json.loads(data) for (data,) in rows]
    return [(e["event"], e["text"]) for e in events if e["event"] in ("user", "bot") and e["text"]]


def asked(bot: RunningBot, widget: Widget) -> list[str]:
    """The citizen's messages that have become turns, in their order."""
    return [text for who, text in stored(bot, widget) if who == "user"]


def wait_until(page: Page, met: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait for something that no element of the page shows."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "it did not come to that"
        page.wait_for_timeout(50)


def assert_nothing_waits(widget: Widget) -> None:
    expect(widget.page.locator('[data-part="message"]:not([data-state="sent"])')).to_have_count(0)
    expect(widget.part("typing")).to_have_count(0)


def test_a_broken_line_is_told_and_what_was_written_meanwhile_is_sent_once_in_order(
    bot: RunningBot, line: Line, widget: Widget, screenshot: Callable[[Page, str], None]
) -> None:
    widget.say(PAPERS)
    line.cut()
    expect(widget.part("status")).to_have_text(LOST)
    widget.write(FEE)
    widget.write(THANKS)
    waiting = widget.page.locator('[data-part="message"][data-state="waiting"]')
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("Chờ gửi")
    screenshot(widget.page, "desktop-lost-line")
    line.mend()
    widget.wait_for_replies(3)
    expect(widget.part("status")).to_have_text(BACK)
    assert_nothing_waits(widget)
    assert widget.said_by("citizen") == [PAPERS, FEE, THANKS]
    assert asked(bot, widget) == [PAPERS, FEE, THANKS]
    # Each reply stands behind its question, and says what it says without a broken line.
    whole = [text for _, text in stored(bot, widget)]
    assert widget.page.locator('[data-part="message"] .said').all_inner_texts() == whole


def test_a_device_that_was_offline_is_back_at_once_when_it_is_online(
    bot: RunningBot, line: Line, widget: Widget
) -> None:
    widget.say(PAPERS)
    widget.page.context.set_offline(True)
    line.cut()
    expect(widget.part("status")).to_have_text(LOST)
    widget.write(FEE)
    widget.write(THANKS)
    # Long enough for the pauses between attempts to have grown.
    widget.page.wait_for_timeout(4_000)
    line.mend()
    widget.page.context.set_offline(False)
    before = time.monotonic()
    widget.wait_for_replies(3)
    assert time.monotonic() - before < 4
    assert asked(bot, widget) == widget.said_by("citizen") == [PAPERS, FEE, THANKS]
    assert_nothing_waits(widget)


def test_a_reply_that_was_lost_on_its_way_is_shown_once_and_the_message_is_one_turn(
    bot: RunningBot, line: Line, widget: Widget
) -> None:
    widget.say(THANKS)
    line.lose_answers()
    widget.write(PAPERS)
    # The bot has taken the message and has answered it; the page cannot know.
    wait_until(widget.page, lambda: len(stored(bot, widget)) == 4)
    assert len(widget.said_by("bot")) == 1
    line.cut()
    expect(widget.part("status")).to_have_text(LOST)
    line.mend()
    reply = widget.wait_for_replies(2)[1]
    assert_nothing_waits(widget)
    assert [text for _, text in stored(bot, widget)][2:] == [PAPERS, reply]
    # What is resent may come late: the next turn is behind it.
    widget.say(FEE)
    assert widget.said_by("citizen") == asked(bot, widget) == [THANKS, PAPERS, FEE]
    assert len(widget.said_by("bot")) == 3


def test_a_line_that_breaks_again_and_again_doubles_nothing(
    bot: RunningBot, line: Line, widget: Widget
) -> None:
    messages = [PAPERS, FEE, THANKS, "bao lâu thì xong", "nộp ở đâu"]
    widget.say("xin chào")
    for message in messages:
        widget.write(message)
        line.cut()
        line.mend()
    widget.wait_for_replies(6)
    assert_nothing_waits(widget)
    assert widget.said_by("citizen") == asked(bot, widget) == ["xin chào", *messages]
    whole = [text for _, text in stored(bot, widget)]
    assert widget.page.locator('[data-part="message"] .said').all_inner_texts() == whole
    widget.page.reload()
    expect(widget.messages).to_have_count(len(whole))
    assert widget.page.locator('[data-part="message"] .said').all_inner_texts() == whole


def test_a_line_on_which_nothing_comes_back_is_noticed_and_replaced(
    bot: RunningBot, line: Line, widget: Widget
) -> None:
    widget.say(THANKS)
    line.stall()
    widget.write(PAPERS)
    expect(widget.part("typing")).to_be_visible()
    expect(widget.part("status")).not_to_have_text("", timeout=STALL_SECONDS * 1000)
    widget.wait_for_replies(2)
    assert asked(bot, widget) == widget.said_by("citizen") == [THANKS, PAPERS]
    assert_nothing_waits(widget)


def test_the_chat_works_where_only_polling_comes_through(
    bot: RunningBot, line: Line, new_context: NewContext
) -> None:
    line.polling_only = True
    widget = Widget.on(new_context(), line.url)
    assert "phí" in widget.say("phí đăng ký tạm trú").lower()
    wait_until(widget.page, lambda: line.refused_upgrades > 0)
    widget.say(PAPERS)
    expect(widget.part("status")).to_have_text("")
    assert asked(bot, widget) == widget.said_by("citizen")
    assert len(widget.said_by("bot")) == 2


def test_a_slow_line_shows_that_the_assistant_is_at_it(
    bot: RunningBot, line: Line, widget: Widget
) -> None:
    widget.say(THANKS)
    line.delay = 1.0
    widget.write(PAPERS)
    expect(widget.part("typing")).to_be_visible()
    line.delay = 0.0
    widget.wait_for_replies(2)
    assert_nothing_waits(widget)
    assert asked(bot, widget) == [THANKS, PAPERS]


def test_a_bot_that_cannot_be_reached_at_first_is_told_in_words_with_the_hotline(
    bot: RunningBot, line: Line, new_context: NewContext, screenshot: Callable[[Page, str], None]
) -> None:
    page = new_context("phone").new_page()
    page.goto(line.url)
    widget = Widget(page)
    expect(widget.part("launcher")).to_be_visible()
    line.cut()
    widget.open()
    widget.write(PAPERS)
    expect(widget.part("status")).to_contain_text("1022", timeout=12_000)
    expect(widget.part("status")).to_contain_text("chưa kết nối được")
    expect(widget.part("message")).to_contain_text("Chờ gửi")
    screenshot(page, "phone-unreachable")
    line.mend()
    # As the browser tells of a network that is there again; without it some seconds go by.
    page.evaluate("dispatchEvent(new Event('online'))")
    widget.wait_for_replies(1)
    assert asked(bot, widget) == [PAPERS]


def test_a_bot_that_is_killed_and_started_again_goes_on_with_the_talk(
    bot: RunningBot, widget: Widget
) -> None:
    first = widget.say(PAPERS)
    bot.kill()
    expect(widget.part("status")).to_have_text(LOST)
    widget.write(FEE)
    expect(widget.messages.last).to_contain_text("Chờ gửi")
    bot.start_again()
    fee = widget.wait_for_replies(2)[1]
    assert_nothing_waits(widget)
    # The bot knows which procedure was talked about before it died.
    assert "tạm trú" in fee
    assert stored(bot, widget) == [("user", PAPERS), ("bot", first), ("user", FEE), ("bot", fee)]
    widget.page.reload()
    expect(widget.messages).to_have_count(4)
    assert widget.said_by("bot") == [first, fee]


def test_a_bot_that_is_killed_with_a_message_in_its_hands_answers_it_once(
    bot: RunningBot, line: Line, widget: Widget
) -> None:
    widget.say(THANKS)
    # The message is on its way when the bot dies; whether it was taken nobody knows.
    widget.write(PAPERS)
    bot.kill()
    # Started without its store: a bot that has forgotten all it was told.
    bot.start_again(BOT_ENDPOINTS=str(PROJECT_ROOT / "endpoints.yml"))
    widget.wait_for_replies(2)
    assert_nothing_waits(widget)
    # What it was told before stays to be read, and the talk goes on.
    assert widget.said_by("citizen") == [THANKS, PAPERS]
    assert "tạm trú" in widget.say(FEE)
    assert widget.said_by("citizen") == [THANKS, PAPERS, FEE]
    assert len(widget.said_by("bot")) == 3
