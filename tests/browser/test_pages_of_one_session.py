"""One conversation on several pages: reloads, tabs, procedure pages, pages of a portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.portal import Portal, Served
from tests.browser.widget import Widget
from tests.running_bot import RunningBot

OpenWidget = Callable[..., Widget]
OpenOn = Callable[..., Widget]
Screenshot = Callable[[Page, str], None]
PAPERS, FEE = "đăng ký tạm trú cần giấy tờ gì", "phí bao nhiêu"
BIRTH, STAY = "1.001193", "1.004194"
NUMBER, MASKED = "0912345678", "••••••••••"
SESSION = "localStorage.getItem('tro-ly-thu-tuc:session')"
# All that a page of the site could read later.
KEPT = """async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
  await indexedDB.databases(), await caches.keys(), history.state, window.name, location.href,
])"""


@pytest.fixture
def on_portal(
    new_context: Callable[..., BrowserContext], portal: Portal, bot: RunningBot
) -> OpenOn:
    """`on_portal(options, body, size)`: a page of the portal with the chat's tag on it."""

    def open_page(options: str = "", body: str = "<h1>Cổng</h1>", size: str = "desktop") -> Widget:
        tag = f'<script src="{bot.url}/widget.js" {options} async></script>'
        head = '<meta name="viewport" content="width=device-width"><title>Cổng</title>'
        for path in ("/", "/next"):
            portal.pages[path] = Served(f"<!doctype html>{head}{body}{tag}")
        page = new_context(size).new_page()
        page.goto(portal.url)
        return Widget(page)

    return open_page


def another_page(widget: Widget, url: str = "") -> Widget:
    """A second tab of the same browser, with the chat open."""
    page = widget.page.context.new_page()
    page.goto(url or widget.page.url)
    second = Widget(page)
    second.open()
    return second


def test_a_reload_brings_the_talk_back_with_its_numbers_masked(widget: Widget) -> None:
    widget.say(PAPERS)
    widget.say(f"số của tui {NUMBER}, phí bao nhiêu")
    assert widget.said_by("citizen")[-1] == f"số của tui {NUMBER}, phí bao nhiêu"
    bot_said, offered = widget.said_by("bot"), widget.choices()
    widget.page.reload()
    if widget.part("launcher").is_visible():
        widget.open()
    assert widget.wait_for_replies(2) == bot_said
    assert widget.said_by("citizen") == [PAPERS, f"số của tui {MASKED}, phí bao nhiêu"]
    assert widget.choices() == offered
    # What was read before is not read out again.
    assert widget.part("live").inner_text().strip() == ""
    widget.say("cần giấy tờ gì")
    assert any("Giấy" in said for said in widget.said_by("bot")[2:])


def test_a_pressed_button_keeps_its_words_after_a_reload(open_widget: OpenWidget) -> None:
    widget = open_widget()
    widget.say("đăng ký tạm trú")
    widget.press("Phí, lệ phí")
    widget.wait_for_replies(2)
    widget.page.reload()
    widget.wait_for_replies(2)
    assert widget.said_by("citizen") == ["đăng ký tạm trú", "Phí, lệ phí"]


def test_two_tabs_show_one_talk_as_it_goes_on_in_either(open_widget: OpenWidget) -> None:
    first = open_widget()
    first.say("đăng ký tạm trú")
    second = another_page(first)
    assert second.wait_for_replies(1) == first.said_by("bot")
    # A button that is pressed on one page has its words on both.
    second.press("Phí, lệ phí")
    fee = second.wait_for_replies(2)[-1]
    assert first.wait_for_replies(2)[-1] == fee
    assert first.said_by("citizen") == ["đăng ký tạm trú", "Phí, lệ phí"]
    assert first.choices() == second.choices()
    first.write(f"nộp ở đâu, số tui {NUMBER}")
    place = first.wait_for_replies(3)[-1]
    assert second.wait_for_replies(3)[-1] == place
    assert second.said_by("citizen")[-1] == f"nộp ở đâu, số tui {MASKED}"
    assert first.page.evaluate(SESSION) == second.page.evaluate(SESSION)


def test_the_browser_keeps_nothing_of_what_was_said(open_widget: OpenWidget) -> None:
    widget = open_widget()
    asked: list[str] = []
    widget.page.on("request", lambda request: asked.append(request.url))
    widget.page.on("websocket", lambda socket: asked.append(socket.url))
    widget.say(f"số của tui {NUMBER}, tạm trú phí bao nhiêu")
    widget.say("051234567890 là căn cước của tui")
    widget.page.reload()
    widget.wait_for_replies(2)
    kept = widget.page.evaluate(KEPT)
    names = widget.page.evaluate(
        "[...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort()"
    )
    assert names == ["tro-ly-thu-tuc:open", "tro-ly-thu-tuc:session"]
    assert widget.page.context.cookies() == []
    for text in (kept, *asked):
        for secret in (NUMBER, NUMBER[-4:], "051234567890", "tạm trú", "căn cước", "số của tui"):
            assert secret not in text
    assert asked


def test_the_page_of_a_procedure_opens_the_chat_on_it_once(
    open_widget: OpenWidget, bot: RunningBot, screenshot: Screenshot
) -> None:
    widget = open_widget(path=f"/p/{STAY}")
    assert f"(mã {STAY})" in widget.wait_for_replies(1)[0]
    # The page said it, not the citizen.
    assert widget.said_by("citizen") == []
    screenshot(widget.page, "session-procedure")
    told = widget.say(FEE)
    assert "Đăng ký tạm trú" in told
    assert "15.000 đồng" in told
    widget.page.reload()
    widget.wait_for_replies(2)
    widget.say("cảm ơn em")
    assert len(widget.said_by("bot")) == 3
    second = another_page(widget)
    second.wait_for_replies(3)
    second.say("nộp ở đâu")
    assert len(second.said_by("bot")) == 4


def test_the_page_of_another_procedure_changes_the_subject(
    open_widget: OpenWidget, bot: RunningBot
) -> None:
    widget = open_widget(path=f"/p/{STAY}")
    widget.wait_for_replies(1)
    widget.page.goto(f"{bot.url}/p/{BIRTH}")
    # Open on the last page, open on this one.
    assert f"(mã {BIRTH})" in widget.wait_for_replies(2)[-1]
    assert "Đăng ký khai sinh" in widget.say(FEE)
    assert widget.said_by("citizen") == [FEE]


def test_what_is_asked_at_once_on_a_procedure_page_is_about_it(
    new_context: Callable[..., BrowserContext], bot: RunningBot
) -> None:
    page = new_context().new_page()
    page.goto(f"{bot.url}/p/{STAY}")
    widget = Widget(page)
    page.wait_for_function("window.TroLyThuTuc !== undefined")
    page.evaluate(f"window.TroLyThuTuc.open('{FEE}')")
    assert "15.000 đồng" in widget.wait_for_replies(2)[-1]


@pytest.mark.parametrize(("size", "stays"), [("desktop", True), ("phone", False)])
def test_the_panel_stays_open_from_page_to_page_but_not_on_a_phone(
    on_portal: OpenOn, portal: Portal, size: str, stays: bool
) -> None:
    widget = on_portal(size=size)
    widget.open()
    told = widget.say("đăng ký tạm trú")
    widget.page.goto(f"{portal.url}/next")
    if stays:
        assert widget.wait_for_replies(1) == [told]
        # A page that is only being read does not lose its focus to the chat.
        assert widget.page.evaluate("document.activeElement.tagName") == "BODY"
    else:
        expect(widget.part("launcher")).to_be_visible()
        expect(widget.part("panel")).to_have_count(0)
        widget.open()
        assert widget.wait_for_replies(1) == [told]
    widget.part("close").click()
    widget.page.reload()
    expect(widget.part("launcher")).to_be_visible()


def test_a_shared_device_forgets_the_talk_with_the_page(on_portal: OpenOn) -> None:
    widget = on_portal('data-shared-device="yes"')
    widget.open()
    expect(widget.part("notice")).to_contain_text("Đóng trang này là nội dung không còn hiện")
    widget.say("đăng ký tạm trú")
    assert "15.000 đồng" in widget.say(FEE)
    assert widget.page.evaluate("Object.keys(localStorage)") == []
    widget.page.reload()
    expect(widget.part("greeting")).to_be_visible()
    assert "thủ tục nào" in widget.say(FEE)
    assert len(widget.said_by("citizen")) == 1
    other = another_page(widget)
    expect(other.part("choices")).to_be_visible()
    expect(other.messages).to_have_count(0)


def test_the_page_opens_and_closes_the_chat_and_speaks_in_it(on_portal: OpenOn) -> None:
    widget = on_portal()
    widget.page.wait_for_function("window.TroLyThuTuc !== undefined")
    widget.page.evaluate("window.TroLyThuTuc.open()")
    expect(widget.part("panel")).to_be_visible()
    expect(widget.part("input")).to_be_focused()
    widget.page.evaluate("window.TroLyThuTuc.close()")
    expect(widget.part("panel")).to_be_hidden()
    expect(widget.part("launcher")).to_be_focused()
    widget.page.evaluate("window.TroLyThuTuc.open('/request_human')")
    assert "Tổng đài 1022" in widget.wait_for_replies(1)[0]
    assert widget.said_by("citizen") == ["Gặp cán bộ"]


def test_links_and_buttons_of_the_page_lead_into_the_chat(on_portal: OpenOn) -> None:
    body = """<h1>Cổng</h1>
    <p><button type="button" data-tro-ly="">Hỏi máy</button>
    <button type="button" data-tro-ly="/check_dossier_status"><b>Xem hồ sơ của tôi</b></button>
    <a href="/nowhere" data-tro-ly="đăng ký tạm trú">Tạm trú</a></p>"""
    widget = on_portal(body=body)
    expect(widget.part("launcher")).to_be_visible()
    opener = widget.page.get_by_role("button", name="Hỏi máy")
    opener.click()
    expect(widget.part("panel")).to_be_visible()
    expect(widget.messages).to_have_count(0)
    widget.page.keyboard.press("Escape")
    expect(widget.part("panel")).to_be_hidden()
    expect(opener).to_be_focused()
    widget.page.get_by_text("Xem hồ sơ của tôi").click()
    assert "mã hồ sơ" in widget.wait_for_replies(1)[0]
    assert widget.said_by("citizen") == ["Tra cứu hồ sơ"]
    widget.say("thôi")
    widget.page.get_by_role("link", name="Tạm trú").click()
    assert f"(mã {STAY})" in widget.wait_for_replies(3)[-1]
    assert not widget.page.url.endswith("/nowhere")


def english(widget: Widget) -> None:
    expect(widget.part("notice")).to_contain_text("You are talking to a machine.")
    expect(widget.part("notice")).to_contain_text("The assistant answers in Vietnamese.")
    assert widget.choices() == ["Find a procedure", "Check a dossier", "Talk to an official"]
    widget.press("Talk to an official")
    assert "Tổng đài 1022" in widget.wait_for_replies(1)[0]
    assert widget.said_by("citizen") == ["Talk to an official"]
    expect(widget.messages.last.locator(".said")).to_have_attribute("lang", "vi")
    interface = widget.page.locator("#tro-ly-thu-tuc .root")
    expect(interface).to_have_attribute("lang", "en")
    # Nothing of the interface has stayed Vietnamese.
    widget.part("menu-button").click()
    letters = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    assert not letters.search(widget.part("menu").inner_text())


def test_the_interface_speaks_english_where_the_portal_does(
    on_portal: OpenOn, screenshot: Screenshot
) -> None:
    widget = on_portal('data-language="en"')
    expect(widget.part("launcher")).to_contain_text("Ask the assistant")
    widget.open()
    english(widget)
    screenshot(widget.page, "session-english-menu")


def test_the_page_that_is_only_a_chat_can_be_english(
    new_context: Callable[..., BrowserContext], bot: RunningBot, screenshot: Screenshot
) -> None:
    page = new_context("phone").new_page()
    page.goto(f"{bot.url}/chat?language=en")
    widget = Widget(page)
    expect(widget.part("panel")).to_be_visible()
    screenshot(page, "session-chat-english")
    english(widget)


def test_the_page_that_is_only_a_chat_knows_its_procedure(
    new_context: Callable[..., BrowserContext], bot: RunningBot
) -> None:
    page = new_context().new_page()
    answer: Any = page.goto(f"{bot.url}/chat?procedure={STAY}")
    assert answer.status == 200
    widget = Widget(page)
    assert f"(mã {STAY})" in widget.wait_for_replies(1)[0]
    assert "15.000 đồng" in widget.say(FEE)
