"""An operator in a browser, citizens on the web and at the hotline at once; then the server dies.

What an operator and a citizen see of it is kept below `var/screenshots` (handover-…).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import violations
from tests.browser.console import Console
from tests.browser.widget import Widget
from tests.handing_over import Caller, attended_bot, hire, shown
from tests.running_bot import RunningBot
from tests.staff.accounts import PASSWORD

NewContext = Callable[..., BrowserContext]
Shot = Callable[[Page, str], None]

# An operator's page must outlive a server that is started anew.
LEASE = {"BOT_SUPPORT_LEASE_SECONDS": "60"}


@pytest.fixture(scope="module")
def bot(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A bot whose staff are always there."""
    with attended_bot(tmp_path_factory.mktemp("handover"), seeded_file, **LEASE) as running:
        hire(running, "lan")
        hire(running, "minh")
        yield running


@pytest.fixture
def console(bot: RunningBot, new_context: NewContext) -> Console:
    """The console of an operator who is signed in."""
    return _console(bot, new_context, "lan")


def _console(bot: RunningBot, new_context: NewContext, name: str) -> Console:
    console = Console.on(new_context(), bot.url)
    console.sign_in(name, PASSWORD)
    return console


def _said_by_person(widget: Widget, text: str) -> None:
    persons = widget.page.locator("#tro-ly-thu-tuc [data-person] .said")
    expect(persons.filter(has_text=text)).to_have_count(1)


def test_an_operator_answers_the_web_and_the_hotline(
    bot: RunningBot, console: Console, new_context: NewContext, screenshot: Shot
) -> None:
    widget, caller = Widget.on(new_context("phone"), bot.url), Caller(bot, "0911555666")
    widget.say("làm căn cước cho con 14 tuổi cần gì")
    assert "thứ 1" in widget.say("gặp người thật")
    screenshot(widget.page, "handover-1-citizen-waits")
    caller.hear("phi cap doi ho chieu")
    assert "thu 2" in caller.hear("0")

    console.wait_for("ho chieu")
    assert [place for place, _ in console.waiting()] == ["Thứ 1", "Thứ 2"]
    screenshot(console.page, "handover-2-queue")
    console.claim_of("căn cước")
    _said_by_nobody_but_the_bot = widget.page.locator("#tro-ly-thu-tuc [data-person]")
    expect(_said_by_nobody_but_the_bot).to_have_count(0)
    expect(widget.messages.last).to_contain_text(f"Cán bộ {shown('lan')}")
    widget.write("cháu chưa có giấy khai sinh bản chính <b>thì sao</b>")
    console.wait_for_line("cháu chưa có giấy khai sinh bản chính <b>thì sao</b>")
    console.answer("Dạ, anh/chị xin bản sao trích lục ở xã trước ạ.")
    _said_by_person(widget, "xin bản sao trích lục ở xã trước")
    mine = console.part("line").filter(has_text="xin bản sao trích lục")
    expect(mine.get_by_text("đã tới")).to_be_visible()
    screenshot(console.page, "handover-3-talk")
    screenshot(widget.page, "handover-4-citizen-answered")
    assert violations(widget.page) == []

    # The caller has moved up and is served by the same operator, in pages.
    assert "thu 1" in caller.wait_for("thu 1")
    console.claim_of("ho chieu")
    console.answer("Phí cấp hộ chiếu phổ thông anh/chị nộp 200.000 đồng.")
    assert "nop 200.000 dong" in caller.wait_for("200.000 dong")
    assert caller.say("cam on em").pages == []
    console.wait_for_line("cam on em")
    console.close("solved", "đã trả lời phí")
    assert "Can bo da ket thuc" in caller.wait_for("ket thuc")
    # The bot answers the caller again.
    assert "khai sinh" in caller.hear("lam giay khai sinh").lower()

    console.open_mine("căn cước")
    console.return_to_bot()
    expect(widget.messages.last).to_contain_text("em là máy xin trả lời tiếp")
    assert "Nguồn" in widget.say("làm căn cước cần giấy tờ gì")
    screenshot(widget.page, "handover-5-bot-again")


def test_two_operators_cannot_answer_at_once(
    bot: RunningBot, console: Console, new_context: NewContext, screenshot: Shot
) -> None:
    other = _console(bot, new_context, "minh")
    widget = Widget.on(new_context(), bot.url)
    widget.say("thủ tục nhập hộ khẩu cho vợ")
    widget.say("gặp cán bộ")
    console.wait_for("nhập hộ khẩu")
    other.wait_for("nhập hộ khẩu")
    console.claim_of("nhập hộ khẩu")
    # What the second one's page still shows is refused by the server.
    if other.talks.filter(has_text="nhập hộ khẩu").count():
        other.press_claim()
    expect(other.talks.filter(has_text="nhập hộ khẩu")).to_have_count(0)
    expect(other.part("answer")).to_be_hidden()
    console.answer("Em là Lan, em xem giúp anh/chị.")
    _said_by_person(widget, "Em là Lan")
    console.close("solved")
    screenshot(other.page, "handover-6-other-operator")


def test_the_server_is_killed_in_the_middle_and_both_go_on(
    bot: RunningBot, console: Console, new_context: NewContext, screenshot: Shot
) -> None:
    widget, caller = Widget.on(new_context(), bot.url), Caller(bot, "0911555777")
    widget.say("tách thửa đất cho con")
    widget.say("gặp cán bộ")
    caller.hear("0")
    console.claim_of("tách thửa")
    console.answer("Anh/chị cho em biết thửa đất ở xã nào?")
    _said_by_person(widget, "thửa đất ở xã nào")
    bot.kill()
    widget.write("ở xã Bình Sơn em ơi")
    console.part("answer").fill("Em ghi rồi, anh/chị đợi em chút.")
    screenshot(console.page, "handover-7-server-gone")
    bot.start_again()
    # Written while there was no server: read once, and answered in the same talk.
    console.wait_for_line("ở xã Bình Sơn em ơi")
    if console.part("answer").input_value():
        console.part("answer").press("Enter")
    _said_by_person(widget, "Em ghi rồi, anh/chị đợi em chút.")
    _said_by_person(widget, "thửa đất ở xã nào")
    expect(console.said.filter(has_text="ở xã Bình Sơn em ơi")).to_have_count(1)
    expect(console.said.filter(has_text="Em ghi rồi")).to_have_count(1)
    screenshot(widget.page, "handover-8-both-go-on")
    # The caller's place has survived.
    console.close("solved")
    console.claim()
    console.answer("Em nghe đây ạ.")
    assert "Em nghe day a" in caller.wait_for("Em nghe day")
    console.close("solved")
