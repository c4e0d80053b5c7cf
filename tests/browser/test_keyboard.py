"""Everything of the chat can be done by keyboard, and the focus is always seen and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.focus import focused, stop, stops, wait_for_focus
from tests.browser.widget import Widget
from tests.running_bot import RunningBot

PAPERS = "làm khai sinh cho con cần giấy tờ gì"
OPTIONS = "tôi muốn làm sổ đỏ"
# Wide enough to be seen, as WCAG 2.4.13 asks for.
RING = 2

pytestmark = pytest.mark.e2e

OpenWidget = Callable[..., Widget]


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], bot: RunningBot) -> Page:
    """The demo page on a desktop, the chat still closed."""
    opened = new_context("desktop").new_page()
    opened.goto(bot.url)
    expect(Widget(opened).part("launcher")).to_be_visible()
    return opened


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until the element of this name has the focus; no mouse and no shortcut."""
    for _ in range(120):
        if focused(page) == name:
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} never came to {name}")


def names(page: Page, key: str = "Tab", limit: int = 80) -> list[str]:
    """The names of all stops."""
    return [each["name"] for each in stops(page, limit, key)]


def test_the_chat_is_opened_used_and_closed_without_a_mouse(page: Page) -> None:
    widget = Widget(page)
    tab_to(page, "launcher")
    page.keyboard.press("Enter")
    wait_for_focus(page, "input")
    page.keyboard.type(PAPERS)
    page.keyboard.press("Enter")
    widget.wait_for_replies(1)
    expect(widget.part("choices")).to_be_visible()
    assert focused(page) == "input"
    tab_to(page, "Nộp ở đâu", "Shift+Tab")
    page.keyboard.press("Enter")
    wait_for_focus(page, "input")
    widget.wait_for_replies(2)
    assert widget.said_by("citizen") == [PAPERS, "Nộp ở đâu"]
    assert focused(page) == "input"
    page.keyboard.press("Escape")
    expect(widget.part("panel")).to_be_hidden()
    wait_for_focus(page, "launcher")


def test_space_presses_the_launcher_and_a_quick_reply(page: Page) -> None:
    widget = Widget(page)
    tab_to(page, "launcher")
    page.keyboard.press("Space")
    wait_for_focus(page, "input")
    tab_to(page, "Tra cứu hồ sơ", "Shift+Tab")
    page.keyboard.press("Space")
    wait_for_focus(page, "input")
    widget.wait_for_replies(1)
    assert widget.said_by("citizen") == ["Tra cứu hồ sơ"]


def test_tab_goes_through_the_open_chat_from_top_to_bottom(widget: Widget) -> None:
    widget.say(PAPERS)
    expect(widget.part("rate-bad")).to_be_visible()
    widget.part("menu-button").focus()
    # On a phone it comes round again.
    order = list(dict.fromkeys(["menu-button", *names(widget.page, limit=14)]))
    parts = ["menu-button", "close", "log", "Xem thêm", "copy", "rate-good", "rate-bad"]
    assert [name for name in order if name in parts] == parts
    after = order[order.index("rate-bad") + 1 :]
    choices = widget.part("choices").get_by_role("button").all_inner_texts()
    assert after[: len(choices) + 2] == [*choices, "input", "send"]


def test_on_a_desktop_tab_leaves_the_chat_and_comes_back(page: Page) -> None:
    widget = Widget(page)
    widget.open()
    assert widget.part("panel").get_attribute("role") == "dialog"
    assert widget.part("panel").get_attribute("aria-modal") is None
    page.locator(".brand").focus()
    reached = names(page)
    assert {"q", "menu-button", "input", "send"} <= set(reached)
    widget.part("menu-button").focus()
    back = names(page, "Shift+Tab")
    assert "q" in back


def test_on_a_phone_tab_stays_in_the_chat(open_widget: OpenWidget) -> None:
    widget = open_widget("phone")
    assert widget.part("panel").get_attribute("aria-modal") == "true"
    wait_for_focus(widget.page, "panel")
    inside = ["menu-button", "close", "log", "Xem thêm"]
    inside += ["Tìm thủ tục", "Tra cứu hồ sơ", "Gặp cán bộ", "input", "send"]
    assert names(widget.page) == inside
    widget.page.keyboard.press("Tab")
    assert focused(widget.page) in inside
    widget.part("menu-button").focus()
    widget.page.keyboard.press("Shift+Tab")
    assert focused(widget.page) == "send"
    widget.page.keyboard.press("Tab")
    assert focused(widget.page) == "menu-button"


def test_on_a_phone_tab_stays_in_the_open_menu(open_widget: OpenWidget) -> None:
    widget = open_widget("phone")
    widget.part("menu-button").focus()
    widget.page.keyboard.press("Enter")
    inside = ["close", "text-size-down", "text-size-reset", "text-size-up", "contrast", "sound"]
    inside += ["human", "download", "erase"]
    assert names(widget.page, limit=len(inside)) == inside
    widget.page.keyboard.press("Tab")
    assert focused(widget.page) == "menu-button"
    widget.page.keyboard.press("Shift+Tab")
    assert focused(widget.page) == "erase"


def test_escape_takes_one_layer_after_the_other(widget: Widget) -> None:
    page = widget.page
    widget.say(PAPERS)
    widget.part("rate-bad").focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "rate-reason")
    page.keyboard.press("Escape")
    expect(widget.part("rate-form")).to_have_count(0)
    wait_for_focus(page, "rate-bad")
    widget.part("menu-button").focus()
    page.keyboard.press("Enter")
    tab_to(page, "erase")
    page.keyboard.press("Enter")
    wait_for_focus(page, "erase-cancel")
    page.keyboard.press("Escape")
    expect(widget.part("erase-confirm")).to_have_count(0)
    wait_for_focus(page, "erase")
    page.keyboard.press("Escape")
    expect(widget.part("menu")).to_have_count(0)
    wait_for_focus(page, "menu-button")
    page.keyboard.press("Escape")
    expect(widget.part("panel")).to_be_hidden()
    wait_for_focus(page, "launcher")


@pytest.mark.parametrize("how", ["Escape", "close"])
def test_the_focus_goes_back_to_the_button_of_the_page_that_opened_the_chat(
    page: Page, how: str
) -> None:
    widget = Widget(page)
    page.get_by_role("button", name="Tra cứu hồ sơ với trợ lý").focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "input")
    widget.wait_for_replies(1)
    if how == "close":
        tab_to(page, "close", "Shift+Tab")
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Escape")
    wait_for_focus(page, "Tra cứu hồ sơ với trợ lý")


def test_an_answer_is_rated_by_keyboard(widget: Widget) -> None:
    page = widget.page
    widget.say(PAPERS)
    widget.part("rate-bad").focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "rate-reason")
    tab_to(page, "rate-send")
    page.keyboard.press("Enter")
    expect(widget.part("rate-form")).to_contain_text("Anh/chị chọn giúp em một lý do.")
    wait_for_focus(page, "rate-reason")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(widget.part("rate-reason").nth(1)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Thiếu mẫu đơn")
    tab_to(page, "rate-send")
    page.keyboard.press("Enter")
    expect(widget.part("log")).to_contain_text("Cảm ơn anh/chị đã góp ý.")
    wait_for_focus(page, "input")


def test_what_disappears_hands_the_focus_on(widget: Widget) -> None:
    page = widget.page

    def press(name: str, then: str) -> None:
        widget.part(name).last.focus()
        page.keyboard.press("Enter")
        wait_for_focus(page, then)

    widget.say(PAPERS)
    press("rate-good", "input")
    expect(widget.part("rate-good")).to_have_count(0)
    widget.say(OPTIONS)
    widget.part("choices").get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "input")
    widget.wait_for_replies(3)
    assert focused(page) == "input"
    press("rate-bad", "rate-reason")
    press("rate-cancel", "rate-bad")
    widget.part("input").evaluate("(field) => field.removeAttribute('maxlength')")
    widget.write("a" * 2001)
    expect(widget.part("discard")).to_be_visible()
    press("resend", "input")
    expect(widget.part("discard")).to_be_visible()
    press("discard", "input")
    expect(widget.part("discard")).to_have_count(0)
    widget.part("menu-button").click()
    press("human", "input")
    widget.wait_for_replies(4)
    widget.part("menu-button").click()
    press("erase", "erase-cancel")
    press("erase-cancel", "erase")
    press("erase", "erase-cancel")
    press("erase-confirm", "input")
    expect(widget.part("log")).to_contain_text("đã xóa")
    assert focused(page) == "input"


def test_the_focus_survives_a_reply_that_takes_the_buttons_away(open_widget: OpenWidget) -> None:
    """Another page of the same talk answers while a button has the focus."""
    widget = open_widget("desktop")
    widget.say(OPTIONS)
    second = Widget(widget.page.context.new_page())
    second.page.goto(widget.page.url)
    second.open()
    expect(second.messages).to_have_count(2)
    second.part("choices").get_by_role("button").first.focus()
    widget.press(widget.part("choices").get_by_role("button").all_inner_texts()[1])
    widget.wait_for_replies(2)
    second.wait_for_replies(2)
    wait_for_focus(second.page, "input")


def test_the_details_of_the_notice_are_reached_and_left_by_keyboard(widget: Widget) -> None:
    page = widget.page
    widget.part("notice").get_by_role("button").focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "Về trợ lý này")
    page.keyboard.press("Escape")
    wait_for_focus(page, "menu-button")
    expect(widget.part("log")).to_be_visible()


def test_the_log_is_scrolled_by_keyboard(widget: Widget) -> None:
    widget.say(PAPERS)
    widget.say("cần chuẩn bị những gì, in ra cho tôi")
    expect(widget.part("rate-bad")).to_have_count(2)
    expect(widget.part("choices")).to_be_attached()
    log = widget.part("log")
    log.focus()

    def press(key: str) -> float:
        """How far the log is from its end once it has come to rest."""
        log.evaluate(
            """(log) => {
              window.__rest = new Promise((rest) => log.addEventListener("scrollend", rest));
            }"""
        )
        widget.page.keyboard.press(key)
        left: float = log.evaluate(
            """(log) => window.__rest.then(
              () => log.scrollHeight - log.clientHeight - log.scrollTop)"""
        )
        return left

    assert press("End") <= 1
    assert press("Home") > 1000
    assert log.evaluate("(log) => log.scrollTop") == 0


def test_one_sees_where_the_focus_is_at_every_stop(widget: Widget) -> None:
    page = widget.page
    unseen = []

    def look(around: int) -> None:
        for each in stops(page, around):
            if each["ring"] < RING or not each["seen"]:
                unseen.append(each)

    widget.say(PAPERS)
    widget.part("rate-bad").click()
    expect(widget.part("rate-form")).to_be_visible()
    widget.part("menu-button").focus()
    look(20)
    widget.part("menu-button").focus()
    page.keyboard.press("Enter")
    look(9)
    widget.part("contrast").focus()
    page.keyboard.press("Enter")
    widget.part("menu-button").focus()
    look(9)
    assert unseen == []


@pytest.mark.parametrize("address", ["/", "/?q=khai+sinh", "/p/1.001193", "/accessibility"])
@pytest.mark.parametrize("size", ["desktop", "narrow"])
def test_one_sees_the_focus_on_the_portals_pages(
    new_context: Callable[..., BrowserContext], bot: RunningBot, address: str, size: str
) -> None:
    page = new_context(size).new_page()
    page.goto(bot.url + address)
    expect(Widget(page).part("launcher")).to_be_visible()
    found = stops(page)
    assert found[0]["name"] == "Tới nội dung chính"
    assert found[-1]["name"] == "launcher"
    assert [each for each in found if each["ring"] < RING or not each["seen"]] == []


def test_the_skip_link_leads_past_the_header(page: Page) -> None:
    page.keyboard.press("Tab")
    assert stop(page)["name"] == "Tới nội dung chính"
    page.keyboard.press("Enter")
    wait_for_focus(page, "main")
    page.keyboard.press("Tab")
    assert focused(page) == "q"
