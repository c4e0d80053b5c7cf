"""What a screen reader is told: each new thing once, with names, roles and languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.line import Line
from tests.browser.widget import Widget
from tests.running_bot import RunningBot

PAPERS = "làm khai sinh cho con cần giấy tờ gì"
LOST = "Mất kết nối. Em đang nối lại, tin chưa gửi vẫn được giữ."
BACK = "Đã nối lại."
# Collects what is put into the live region from the page's first moment on, as a reader hears it.
LISTEN = """
window.__announced = [];
const watchRegion = (root) => {
  const heard = (node) => {
    if (node.nodeType === 1 && node.parentElement?.dataset.part === "live") {
      window.__announced.push({text: node.textContent, lang: node.closest("[lang]")?.lang});
    }
  };
  root.querySelectorAll('[data-part="live"] > *').forEach(heard);
  new MutationObserver((changes) => {
    for (const change of changes) {
      change.addedNodes.forEach(heard);
      if (change.type === "characterData" &&
          change.target.parentElement.closest('[data-part="live"]')) {
        window.__announced.push({text: change.target.data, lang: "changed"});
      }
    }
  }).observe(root, {childList: true, subtree: true, characterData: true});
};
new MutationObserver((_, observer) => {
  const host = document.getElementById("tro-ly-thu-tuc");
  if (!host?.shadowRoot) return;
  observer.disconnect();
  watchRegion(host.shadowRoot);
}).observe(document, {childList: true, subtree: true});
"""

pytestmark = pytest.mark.e2e

Listening = Callable[..., Widget]


@pytest.fixture
def listening(new_context: Callable[..., BrowserContext], bot: RunningBot) -> Listening:
    """Opens the chat in a browser whose announcements are collected."""

    def open_one(size: str = "desktop", address: str = bot.url) -> Widget:
        context = new_context(size)
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.goto(address)
        widget = Widget(page)
        widget.open()
        return widget

    return open_one


def announced(page: Page) -> list[str]:
    """What has been announced since the page was loaded."""
    texts: list[str] = page.evaluate("() => window.__announced.map(({text}) => text)")
    return texts


def raw_texts(widget: Widget) -> list[str]:
    """The bot's texts as they stand in the log, line breaks and all."""
    texts: list[str] = widget.page.locator(
        '#tro-ly-thu-tuc [data-from="bot"][data-part="message"] .said'
    ).evaluate_all(
        """(all) => all.map((each) => {
          const copy = each.cloneNode(true);
          copy.querySelectorAll(".unseen").forEach((hint) => hint.remove());
          return copy.textContent;
        })"""
    )
    return texts


def wait_until_announced(page: Page, text: str) -> None:
    """Wait until a text has been announced."""
    page.wait_for_function(
        "(text) => window.__announced.some((each) => each.text === text)", arg=text
    )


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_each_reply_is_announced_exactly_once(listening: Listening, size: str) -> None:
    widget = listening(size)
    assert announced(widget.page) == []
    for question in ("xin chào", PAPERS, "phí bao nhiêu", "cần chuẩn bị những gì, in ra"):
        widget.say(question)
    widget.press(widget.part("choices").get_by_role("button").first.inner_text())
    widget.wait_for_replies(5)
    assert announced(widget.page) == raw_texts(widget)
    languages = widget.page.evaluate("() => window.__announced.map(({lang}) => lang)")
    assert languages == ["vi"] * 5


def test_neither_own_messages_nor_the_history_are_announced(listening: Listening) -> None:
    widget = listening()
    widget.say(PAPERS)
    assert PAPERS not in announced(widget.page)
    widget.page.reload()
    # On a desktop the chat is open again.
    widget.wait_for_replies(1)
    assert announced(widget.page) == []
    reply = widget.say("phí bao nhiêu")
    wait_until_announced(widget.page, raw_texts(widget)[-1])
    assert len(announced(widget.page)) == 1
    assert reply


def test_a_lost_line_and_its_return_are_announced_once_and_the_late_reply_too(
    listening: Listening, line: Line
) -> None:
    widget = listening(address=line.url)
    widget.say("xin chào")
    line.cut()
    wait_until_announced(widget.page, LOST)
    widget.write(PAPERS)
    expect(widget.part("log")).to_contain_text("Chờ gửi")
    line.mend()
    widget.wait_for_replies(2)
    wait_until_announced(widget.page, BACK)
    texts = raw_texts(widget)
    assert sorted(announced(widget.page)) == sorted([texts[0], LOST, BACK, texts[1]])


def test_a_reply_to_the_closed_chat_is_told_by_its_number(listening: Listening, line: Line) -> None:
    widget = listening(address=line.url)
    widget.say("xin chào")
    line.delay = 0.3
    widget.write(PAPERS)
    widget.part("close").click()
    expect(widget.part("unread")).to_have_text("1 tin mới")
    wait_until_announced(widget.page, "Trợ lý có 1 tin mới.")
    assert len(announced(widget.page)) == 2
    launcher = widget.page.get_by_role("button", name=re.compile("Hỏi trợ lý.*1 tin mới"))
    expect(launcher).to_be_visible()


def test_refusals_ratings_and_settings_are_announced_once(listening: Listening) -> None:
    widget = listening()
    widget.say(PAPERS)
    page = widget.page
    page.evaluate("() => { window.__announced = []; }")
    widget.part("rate-bad").click()
    widget.part("rate-send").click()
    wait_until_announced(page, "Anh/chị chọn giúp em một lý do.")
    widget.part("rate-reason").first.check()
    widget.part("rate-send").click()
    wait_until_announced(page, "Cảm ơn anh/chị đã góp ý.")
    widget.part("menu-button").click()
    widget.part("text-size-up").click()
    wait_until_announced(page, "Cỡ chữ 125%")
    widget.part("menu-button").click()
    assert len(announced(page)) == 3
    widget.part("input").evaluate("(field) => field.removeAttribute('maxlength')")
    widget.write("a" * 2001)
    expect(widget.part("discard")).to_be_visible()
    refusals = announced(page)[3:]
    assert len(refusals) == 1
    assert refusals[0].startswith("Chưa gửi được tin này.")


def test_the_live_region_and_the_log_do_not_both_speak(listening: Listening) -> None:
    widget = listening()
    assert widget.part("live").get_attribute("aria-live") == "polite"
    assert widget.part("log").get_attribute("role") == "log"
    assert widget.part("log").get_attribute("aria-live") == "off"
    assert widget.part("panel").get_by_role("status").count() == 0


def test_parts_have_roles_and_vietnamese_names(listening: Listening) -> None:
    widget = listening()
    page = widget.page
    widget.say(PAPERS)
    dialog = page.get_by_role("dialog", name="Trợ lý thủ tục hành chính")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("log", name="Nội dung trò chuyện")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Câu hỏi của anh/chị")).to_be_visible()
    expect(dialog.get_by_role("button", name="Gửi", exact=True)).to_be_visible()
    expect(dialog.get_by_role("button", name="Đóng khung trò chuyện")).to_be_visible()
    expect(dialog.get_by_role("group", name="Các lựa chọn trả lời")).to_be_visible()
    expect(dialog.get_by_role("group", name="Việc làm với câu trả lời này")).to_be_visible()
    link = dialog.get_by_role("link", name="Tờ giấy cần chuẩn bị (in được) (mở trang mới)")
    expect(link).to_be_visible()
    menu = dialog.get_by_role("button", name="Tùy chọn")
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(dialog.get_by_role("group", name="Cỡ chữ")).to_be_visible()
    contrast = dialog.get_by_role("switch", name="Tương phản cao")
    expect(contrast).to_have_attribute("aria-checked", "false")
    contrast.click()
    expect(contrast).to_have_attribute("aria-checked", "true")
    menu.click()
    widget.part("rate-bad").click()
    expect(widget.part("rate-bad")).to_have_attribute("aria-expanded", "true")
    question = dialog.get_by_role("group", name="Câu trả lời chưa đúng ở chỗ nào?")
    expect(question.get_by_role("radio")).to_have_count(5)
    expect(question.get_by_role("radio", name="Thông tin sai")).to_be_visible()


def test_each_message_says_who_speaks_and_when(listening: Listening) -> None:
    widget = listening()
    widget.say(PAPERS)
    spoken = widget.messages.evaluate_all(
        "(all) => all.map((each) => each.querySelector('.bubble').textContent)"
    )
    assert [text.split(":")[0] for text in spoken] == ["Anh/chị", "Trợ lý"]
    times = widget.messages.locator("time").evaluate_all(
        "(all) => all.map((each) => each.dateTime)"
    )
    assert len(times) == 2
    assert all("T" in each for each in times)


def test_the_english_interface_says_which_words_are_vietnamese(
    new_context: Callable[..., BrowserContext], bot: RunningBot
) -> None:
    context = new_context("desktop", locale="en-GB")
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.goto(f"{bot.url}/chat?language=en")
    widget = Widget(page)
    widget.say(PAPERS)
    assert page.locator("html").get_attribute("lang") == "vi"
    languages = page.evaluate(
        """() => {
          const root = document.getElementById("tro-ly-thu-tuc").shadowRoot;
          const of = (selector) => root.querySelector(selector).closest("[lang]").lang;
          return {
            title: of("h2"), input: of('[data-part="input"]'),
            greeting: of('[data-part="greeting"]'),
            answer: of('[data-from="bot"][data-part="message"] .said'),
            choices: of('[data-part="choices"]'), actions: of('[data-part="rate-good"]'),
          };
        }"""
    )
    assert languages == {
        "title": "en",
        "input": "en",
        "greeting": "en",
        "answer": "vi",
        "choices": "vi",
        "actions": "en",
    }
    assert page.evaluate("() => window.__announced.map(({lang}) => lang)") == ["vi"]
    expect(widget.part("notice")).to_contain_text("The assistant answers in Vietnamese")
