"""What the chat's menu does: settings, a person, the conversation's file, erasing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.widget import Widget
from tests.running_bot import RunningBot

OpenWidget = Callable[..., Widget]
Screenshot = Callable[[Page, str], None]
PAPERS, FEE = "đăng ký tạm trú cần giấy tờ gì", "phí bao nhiêu"
SESSION = "localStorage.getItem('tro-ly-thu-tuc:session')"
BLACK, WHITE = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
# Counts what is played, and whether anything could be.
LISTEN = """
  window.heard = { contexts: 0, tones: 0 };
  const Real = window.AudioContext;
  window.AudioContext = class extends Real {
    constructor() { super(); window.heard.contexts += 1; }
    createOscillator() { window.heard.tones += 1; return super.createOscillator(); }
  };
"""


def open_menu(widget: Widget) -> None:
    widget.part("menu-button").click()
    expect(widget.part("menu")).to_be_visible()


def close_menu(widget: Widget) -> None:
    widget.part("menu-button").click()
    expect(widget.part("menu")).to_have_count(0)


def letter_size(widget: Widget) -> float:
    size = widget.part("greeting").locator(".said").evaluate("e => getComputedStyle(e).fontSize")
    return float(size.removesuffix("px"))


def colour(element: Locator, name: str) -> str:
    return str(element.evaluate(f"e => getComputedStyle(e).{name}"))


def erase(widget: Widget) -> None:
    open_menu(widget)
    widget.part("erase").click()
    widget.part("erase-confirm").click()


def test_letters_grow_in_two_steps_and_stay_so(widget: Widget, screenshot: Screenshot) -> None:
    usual = letter_size(widget)
    open_menu(widget)
    expect(widget.part("text-size-down")).to_have_attribute("aria-disabled", "true")
    widget.part("text-size-up").click()
    expect(widget.part("live")).to_contain_text("Cỡ chữ 125%")
    widget.part("text-size-up").click()
    expect(widget.part("live")).to_contain_text("Cỡ chữ 150%")
    expect(widget.part("text-size-up")).to_have_attribute("aria-disabled", "true")
    close_menu(widget)
    assert letter_size(widget) == usual * 1.5
    expect(widget.part("input")).to_be_in_viewport(ratio=1)
    expect(widget.part("send")).to_be_in_viewport(ratio=1)
    screenshot(widget.page, f"menu-letters-{widget.width}")
    widget.page.reload()
    if widget.part("launcher").is_visible():
        widget.open()
    assert letter_size(widget) == usual * 1.5
    open_menu(widget)
    widget.part("text-size-reset").click()
    close_menu(widget)
    assert letter_size(widget) == usual


def test_high_contrast_is_light_on_black_and_stays_so(
    open_widget: OpenWidget, screenshot: Screenshot
) -> None:
    widget = open_widget()
    widget.say(PAPERS)
    open_menu(widget)
    switch = widget.part("contrast")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(switch).to_contain_text("bật")
    close_menu(widget)
    screenshot(widget.page, "menu-high-contrast")
    assert colour(widget.part("panel"), "backgroundColor") == BLACK
    assert colour(widget.messages.last.locator(".said"), "color") == WHITE
    widget.page.reload()
    expect(widget.messages).to_have_count(2)
    assert colour(widget.part("panel"), "backgroundColor") == BLACK


def test_the_chat_is_silent_until_sound_is_switched_on(
    new_context: Callable[..., BrowserContext], bot: RunningBot
) -> None:
    page = new_context().new_page()
    page.add_init_script(LISTEN)
    page.goto(bot.url)
    widget = Widget(page)
    widget.open()
    widget.say("xin chào")
    assert page.evaluate("window.heard") == {"contexts": 0, "tones": 0}
    open_menu(widget)
    switch = widget.part("sound")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    close_menu(widget)
    widget.say(FEE)
    assert page.evaluate("window.heard") == {"contexts": 1, "tones": 1}
    open_menu(widget)
    widget.part("sound").click()
    close_menu(widget)
    widget.say("xin chào")
    assert page.evaluate("window.heard.tones") == 1


def test_a_person_is_offered_at_any_time(widget: Widget) -> None:
    open_menu(widget)
    widget.part("human").click()
    expect(widget.part("menu")).to_have_count(0)
    expect(widget.part("input")).to_be_focused()
    assert "Tổng đài 1022" in widget.wait_for_replies(1)[0]
    assert widget.said_by("citizen") == ["Gặp cán bộ"]


def test_the_conversation_can_be_taken_home_as_a_text_file(
    open_widget: OpenWidget, tmp_path: Path
) -> None:
    widget = open_widget()
    told = widget.say("đăng ký tạm trú")
    widget.press("Phí, lệ phí")
    fee = widget.wait_for_replies(2)[-1]
    open_menu(widget)
    with widget.page.expect_download() as downloaded:
        widget.part("download").click()
    expect(widget.part("live")).to_contain_text("Đã tạo tệp văn bản.")
    assert re.fullmatch(r"tro-chuyen-\d{4}-\d\d-\d\d\.txt", downloaded.value.suggested_filename)
    file = tmp_path / "talk.txt"
    downloaded.value.save_as(file)
    content = file.read_bytes()
    # The mark by which old editors know UTF-8, and the line ends that they need.
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    head, *said = text.replace("\r\n", "\n").split("\n\n")
    assert head.startswith(
        "Cuộc trò chuyện với trợ lý thủ tục hành chính tỉnh Quảng Ngãi\nTải lúc "
    )
    at = r"\[\d\d/\d\d/\d{4} \d\d:\d\d\]"
    for part, (speaker, words) in zip(
        said,
        [
            ("Anh/chị", "đăng ký tạm trú"),
            ("Trợ lý", told),
            ("Anh/chị", "Phí, lệ phí"),
            ("Trợ lý", fee),
        ],
        strict=True,
    ):
        assert re.fullmatch(rf"{at} {speaker}:\n{re.escape(words)}", part.rstrip("\n"))
    assert "/ask" not in text
    assert "{" not in text


def test_nothing_is_erased_before_it_is_confirmed(
    open_widget: OpenWidget, screenshot: Screenshot
) -> None:
    widget = open_widget()
    widget.say(PAPERS)
    open_menu(widget)
    widget.part("erase").click()
    expect(widget.part("menu")).to_contain_text("Xóa rồi không lấy lại được")
    expect(widget.part("erase-cancel")).to_be_focused()
    screenshot(widget.page, "menu-erase")
    widget.part("erase-cancel").click()
    expect(widget.part("erase")).to_be_focused()
    expect(widget.part("erase-confirm")).to_have_count(0)
    close_menu(widget)
    assert widget.said_by("citizen") == [PAPERS]
    assert widget.page.evaluate(SESSION)


def test_what_is_erased_is_gone_from_all_pages_and_the_next_talk_begins_anew(
    widget: Widget, screenshot: Screenshot
) -> None:
    widget.say(PAPERS)
    before = widget.page.evaluate(SESSION)
    second = Widget(widget.page.context.new_page())
    second.page.goto(widget.page.url)
    second.open()
    assert second.wait_for_replies(1) == widget.said_by("bot")
    erase(widget)
    expect(widget.messages).to_have_count(1)
    expect(widget.messages).to_contain_text("Em đã xóa dữ liệu của cuộc trò chuyện này.")
    expect(widget.part("input")).to_be_focused()
    expect(second.part("log")).not_to_contain_text("tạm trú")
    screenshot(widget.page, f"menu-erased-{widget.width}")
    for page in (widget.page, second.page):
        assert page.evaluate(SESSION) is None
    assert "thủ tục nào" in widget.say(FEE)
    after = widget.page.evaluate(SESSION)
    assert after not in (None, before)
    widget.page.reload()
    if widget.part("launcher").is_visible():
        widget.open()
    assert len(widget.wait_for_replies(1)) == 1
    assert widget.said_by("citizen") == [FEE]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_notice_leads_to_who_answers_and_what_is_stored(
    open_widget: OpenWidget, screenshot: Screenshot, size: str
) -> None:
    widget = open_widget(size)
    widget.part("notice").get_by_role("button", name="Xem thêm").click()
    about = widget.part("about")
    expect(about.get_by_role("heading", name="Về trợ lý này")).to_be_focused()
    for told in (
        "Người trả lời là máy",
        "30 ngày",
        "Số giấy tờ, số điện thoại được che trước khi lưu",
        "không giữ tin nhắn",
        "Dùng máy chung, anh/chị xóa cuộc trò chuyện trước khi rời máy.",
        "Tổng đài 1022",
    ):
        expect(about).to_contain_text(told)
    screenshot(widget.page, f"menu-about-{size}")
