"""What a citizen writes, on its way to the bot: keys, limits, refusals, slow and lost lines."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.line import Line
from tests.browser.widget import Widget
from tests.running_bot import RunningBot
from tests.web_page import Page as OtherPage

OpenWidget = Callable[..., Widget]
Screenshot = Callable[[Page, str], None]
TOKEN = "tro-ly-thu-tuc:session"
PAPERS, FEE = "đăng ký tạm trú cần giấy tờ gì", "phí bao nhiêu"
STAY = "1.004194"


def test_a_sign_shows_that_the_answer_is_being_written(
    line: Line, new_context: Callable[..., BrowserContext], screenshot: Screenshot
) -> None:
    widget = Widget.on(new_context(), line.url)
    widget.say("xin chào")
    expect(widget.part("typing")).to_have_count(0)
    line.delay = 0.4
    widget.write(FEE)
    expect(widget.part("typing")).to_be_visible()
    expect(widget.part("typing")).to_contain_text("Trợ lý đang soạn câu trả lời")
    screenshot(widget.page, "talk-typing")
    widget.wait_for_replies(2)
    expect(widget.part("typing")).to_have_count(0)


def test_shift_and_enter_begin_a_new_line(open_widget: OpenWidget) -> None:
    widget = open_widget()
    field = widget.part("input")
    field.press_sequentially("đăng ký")
    height = field.evaluate("e => e.offsetHeight")
    field.press("Shift+Enter")
    field.press_sequentially("tạm trú")
    expect(field).to_have_value("đăng ký\ntạm trú")
    assert field.evaluate("e => e.offsetHeight") > height
    assert widget.said_by("citizen") == []
    field.press("Enter")
    expect(field).to_have_value("")
    assert f"(mã {STAY})" in widget.wait_for_replies(1)[0]


def test_enter_that_ends_a_composition_sends_nothing(open_widget: OpenWidget) -> None:
    widget = open_widget()
    widget.part("input").click()
    typing = widget.page.context.new_cdp_session(widget.page)
    typing.send("Input.imeSetComposition", {"text": "chào", "selectionStart": 4, "selectionEnd": 4})
    expect(widget.part("input")).to_have_value("chào")
    # What browsers send for Enter while an input method composes.
    widget.part("input").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    widget.part("input").dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    expect(widget.part("input")).to_have_value("chào")
    assert widget.said_by("citizen") == []
    typing.send("Input.insertText", {"text": "chào"})
    widget.part("input").press("Enter")
    widget.wait_for_replies(1)
    assert widget.said_by("citizen") == ["chào"]


def test_a_message_has_two_thousand_letters_at_most_and_they_are_counted(
    open_widget: OpenWidget,
) -> None:
    widget = open_widget()
    field, panel = widget.part("input"), widget.part("panel")
    field.fill("a" * 1799)
    expect(panel).not_to_contain_text("ký tự")
    field.fill("a" * 1800)
    expect(panel).to_contain_text("1800/2000 ký tự")
    field.fill("a" * 1990)
    field.press_sequentially("b" * 20)
    expect(panel).to_contain_text("2000/2000 ký tự")
    field.press("Enter")
    widget.wait_for_replies(1)
    assert [len(text) for text in widget.said_by("citizen")] == [2000]


def test_who_writes_too_much_is_asked_to_wait_and_may_send_it_again(
    open_widget: OpenWidget, bot: RunningBot, screenshot: Screenshot
) -> None:
    widget = open_widget()
    widget.say("xin chào")
    other = OtherPage(
        bot.url, widget.page.evaluate(f"localStorage.getItem('{TOKEN}')"), Origin=bot.url
    )
    widget.part("input").fill(PAPERS)
    # Another page of the same citizen has just used up what is allowed in a minute.
    for _ in range(200):
        said = other.ask("rate", {"session_id": other.session, "message_id": "x", "rating": "good"})
        if said["code"] == "too_many_messages" and said["retry_after"] > 1:
            break
    widget.part("input").press("Enter")
    other.close()
    refused = widget.page.locator('#tro-ly-thu-tuc [data-state="refused"]')
    expect(refused).to_contain_text("Chưa gửi được tin này.")
    expect(refused).to_contain_text("Anh/chị")
    screenshot(widget.page, "talk-too-many")
    expect(widget.part("resend")).to_have_text("Gửi lại")
    widget.part("resend").click()
    assert "Hồ sơ thủ tục “Đăng ký tạm trú" in widget.wait_for_replies(2)[-1]
    expect(refused).to_have_count(0)
    assert widget.said_by("citizen") == ["xin chào", PAPERS]


def test_a_refused_message_can_be_dropped(open_widget: OpenWidget, bot: RunningBot) -> None:
    widget = open_widget()
    widget.say("xin chào")
    # As from a page that does not count letters.
    widget.part("input").evaluate("field => field.removeAttribute('maxlength')")
    widget.write("a" * 2001)
    expect(widget.part("resend")).to_be_visible()
    widget.part("discard").click()
    expect(widget.part("resend")).to_have_count(0)
    expect(widget.part("input")).to_be_focused()
    assert widget.said_by("citizen") == ["xin chào"]


def test_replies_that_come_while_the_chat_is_closed_are_counted(
    line: Line, new_context: Callable[..., BrowserContext], screenshot: Screenshot
) -> None:
    widget = Widget.on(new_context(), line.url)
    widget.say("xin chào")
    line.delay = 0.4
    widget.write(FEE)
    widget.part("close").click()
    expect(widget.part("panel")).to_be_hidden()
    expect(widget.part("unread")).to_have_text("1 tin mới")
    expect(widget.part("launcher")).to_have_accessible_name(re.compile("1 tin mới"))
    expect(widget.part("live")).to_contain_text("Trợ lý có 1 tin mới.")
    screenshot(widget.page, "talk-unread")
    widget.part("launcher").click()
    expect(widget.part("unread")).to_have_count(0)
    assert "thủ tục nào" in widget.said_by("bot")[-1]


def test_who_leaves_with_an_unsent_message_is_warned_and_nobody_else(
    line: Line, new_context: Callable[..., BrowserContext]
) -> None:
    widget = Widget.on(new_context(), line.url)
    widget.say("xin chào")
    # Any question of the browser would be kept open here, and the page with it.
    widget.page.reload()
    expect(widget.messages).to_have_count(2)
    line.cut()
    expect(widget.part("status")).to_contain_text("Mất kết nối")
    widget.write(PAPERS)
    expect(widget.messages.last).to_contain_text("Chờ gửi")
    with widget.page.expect_event("dialog") as asked:
        widget.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    line.mend()
    # Who stays sees it sent.
    assert "Đăng ký tạm trú" in widget.wait_for_replies(2)[-1]
