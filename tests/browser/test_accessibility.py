"""axe-core finds nothing to object to, in any state of the chat and on any page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import passed_rules, violations
from tests.browser.line import Line
from tests.browser.widget import Widget
from tests.running_bot import RunningBot

PAPERS = "làm khai sinh cho con cần giấy tờ gì"
OPTIONS = "tôi muốn làm sổ đỏ"
SIZES = ("desktop", "phone", "narrow")
PAGES = {
    "home": "/",
    "results": "/?q=khai+sinh",
    "nothing-found": "/?q=xyzzy+qwrtp",
    "field": "/?field=H%E1%BB%99+t%E1%BB%8Bch",
    "second-page": "/?field=H%E1%BB%99+t%E1%BB%8Bch&page=2",
    "procedure": "/p/1.001193",
    "procedure-commune": "/p/1.001193?xa=T%E1%BB%8Bnh+Kh%C3%AA",
    "procedure-old-commune": "/p/1.001193?xa=B%C3%ACnh+H%E1%BA%A3i",
    "procedure-no-commune": "/p/1.001193?xa=Atlantis",
    "gone": "/p/9.999999",
    "no-page": "/khong-co-trang-nay",
    "accessibility": "/accessibility",
    "chat": "/chat",
    "chat-wrong": "/chat?procedure=1",
}

pytestmark = pytest.mark.e2e

Shot = Callable[[Page, str], None]
OpenWidget = Callable[..., Widget]


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    """A desktop, a phone, and the narrowest screen."""
    chosen: str = request.param
    return chosen


def test_axe_looks_into_the_widget(open_widget: OpenWidget) -> None:
    widget = open_widget("desktop")
    assert violations(widget.page) == []
    assert {"color-contrast", "target-size", "button-name"} <= passed_rules(widget.page)
    widget.part("close").evaluate("(button) => button.removeAttribute('aria-label')")
    found = violations(widget.page)
    assert len(found) == 1
    assert found[0].startswith("button-name")
    assert "close" in found[0]


def test_the_closed_and_the_open_chat_pass(
    size: str, new_context: Callable[..., BrowserContext], bot: RunningBot, screenshot: Shot
) -> None:
    page = new_context(size).new_page()
    page.goto(bot.url)
    widget = Widget(page)
    expect(widget.part("launcher")).to_be_visible()
    assert violations(page) == []
    widget.open()
    assert violations(page) == []
    screenshot(page, f"{size}-opened")


def test_a_conversation_passes_with_quick_replies_rating_and_thanks(
    size: str, open_widget: OpenWidget, screenshot: Shot
) -> None:
    widget = open_widget(size)
    widget.say(PAPERS)
    expect(widget.part("choices")).to_be_visible()
    expect(widget.part("rate-bad")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-conversation")
    widget.part("rate-bad").click()
    expect(widget.part("rate-form")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-rating")
    widget.part("rate-send").click()
    expect(widget.part("rate-form").get_by_text("chọn giúp em một lý do")).to_be_visible()
    assert violations(widget.page) == []
    widget.part("rate-reason").first.check()
    widget.part("rate-send").click()
    expect(widget.part("log").get_by_text("Cảm ơn anh/chị đã góp ý.")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-thanks")


def test_options_and_a_refused_message_pass(
    size: str, open_widget: OpenWidget, screenshot: Shot
) -> None:
    widget = open_widget(size)
    widget.say(OPTIONS)
    expect(widget.part("choices").get_by_role("button").nth(2)).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-options")
    # The field takes no more than the server does: another program might.
    widget.part("input").evaluate("(field) => field.removeAttribute('maxlength')")
    widget.write("a" * 2001)
    expect(widget.part("resend")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-refused")


def test_the_menu_passes_with_its_question_and_its_settings(
    size: str, open_widget: OpenWidget, screenshot: Shot
) -> None:
    widget = open_widget(size)
    widget.say(PAPERS)
    widget.part("menu-button").click()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-menu")
    widget.part("about").scroll_into_view_if_needed()
    assert violations(widget.page) == []
    widget.part("erase").click()
    expect(widget.part("erase-confirm")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-erase")
    widget.part("erase-cancel").click()
    widget.part("text-size-up").click()
    widget.part("text-size-up").click()
    assert violations(widget.page) == []
    widget.part("contrast").click()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-menu-large-contrast")
    widget.part("menu-button").click()
    widget.part("rate-bad").click()
    expect(widget.part("rate-form")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-rating-large-contrast")


def test_a_lost_line_an_awaited_reply_and_unread_ones_pass(
    size: str, new_context: Callable[..., BrowserContext], line: Line, screenshot: Shot
) -> None:
    widget = Widget.on(new_context(size), line.url)
    widget.say("xin chào")
    line.lose_answers()
    widget.write(PAPERS)
    expect(widget.part("typing")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-typing")
    line.cut()
    expect(widget.part("status")).to_contain_text("Mất kết nối")
    expect(widget.part("log")).to_contain_text("Chờ gửi")
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-lost")
    widget.part("close").click()
    line.mend()
    expect(widget.part("unread")).to_be_visible()
    assert violations(widget.page) == []
    screenshot(widget.page, f"{size}-unread")


def test_the_english_interface_passes(
    size: str, new_context: Callable[..., BrowserContext], bot: RunningBot, screenshot: Shot
) -> None:
    page = new_context(size).new_page()
    page.goto(f"{bot.url}/chat?language=en")
    widget = Widget(page)
    expect(widget.part("input")).to_be_visible()
    widget.say(PAPERS)
    expect(widget.part("rate-bad")).to_be_visible()
    assert violations(page) == []
    screenshot(page, f"{size}-english")
    widget.part("menu-button").click()
    assert violations(page) == []


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_the_portals_pages_pass_at_every_width(
    address: str, new_context: Callable[..., BrowserContext], bot: RunningBot
) -> None:
    page = new_context("desktop").new_page()
    page.goto(bot.url + address)
    expect(page.locator("#tro-ly-thu-tuc, h1").first).to_be_attached()
    found = violations(page)
    page.set_viewport_size({"width": 320, "height": 568})
    found += violations(page)
    assert found == []
