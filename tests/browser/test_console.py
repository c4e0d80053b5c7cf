"""The staff's console in a browser: who waits is seen, taken and answered, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from bot.settings import PROJECT_ROOT
from tests.browser.axe import violations
from tests.browser.console import Console
from tests.browser.focus import wait_for_focus
from tests.browser.hostile import PAYLOADS, Guard
from tests.browser.line import Line
from tests.running_bot import RunningBot, run_command

NewContext = Callable[..., BrowserContext]
Shot = Callable[[Page, str], None]
PutTalks = Callable[..., None]

PASSWORD = "cau thu tu viet dai"
LAN, MINH, HA, KHOA = "lan", "minh", "ha", "khoa"
OFFICE = "UBND xã Tịnh Khê"
ACCOUNTS = (
    (LAN, "Chị Lan", "operator", ""),
    (MINH, "Anh Minh", "operator", ""),
    (HA, "Chị Hà", "supervisor", OFFICE),
    (KHOA, "Anh Khoa", "operator", ""),
)
NUMBER = "0912345678"
LOST = "Cuộc trò chuyện này không còn ở chỗ anh/chị"
NEED = "làm giấy khai sinh cho con"
GREETING = "Chào và nhận việc"

# Ends what is open and puts talks into the queue, as the bot does for citizens.
PUT = """
import datetime as dt
import json
import sys
from bot import sealing
from bot.support import handover_talk, handovers
from bot.support.handover import CLOSED, HELD, LEFT, WAITING, Summary
for state in (WAITING, HELD):
    for open_one in handovers.listed(state):
        handovers.end(open_one.id, LEFT)
now = dt.datetime.utcnow()
for number, talk in enumerate(json.loads(sys.argv[1])):
    session = f"console-test-{now.timestamp()}-{number}"
    about = Summary(need=talk["need"], procedure_code="1.001193", missed=2,
                    procedure_name="Đăng ký khai sinh", tried=("documents", "fee"))
    earlier = [("citizen", "xin chào", now), ("bot", "Dạ, em nghe.", now)]
    made = handovers.open_handover(session, "web", talk.get("reason", "request"), about,
                                   earlier=earlier, now=now + dt.timedelta(seconds=number))
    for key, text in enumerate(talk.get("lines", [])):
        handover_talk.hear(made, text, f"m{key}")
    if talk.get("number"):
        sealed = {"value": sealing.seal(talk["number"], session)}
        handover_talk.hear(made, "Số của tôi là [số điện thoại]", "sealed", [sealed])
"""
PUT_TICKET = """
import sys
from bot.support import tickets
made = tickets.open_ticket("call_back", "console-ticket", "web", sys.argv[1], contact=sys.argv[2])
print(made.code)
"""

pytestmark = pytest.mark.e2e


def run(bot: RunningBot, script: str, *arguments: str) -> str:
    """What a script prints that works on the running bot's database."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=PROJECT_ROOT,
        env=bot.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def stored(bot: RunningBot, query: str, *values: Any) -> list[Any]:
    """Rows of the running bot's database; a change is made at once."""
    file = Path(bot.environment["BOT_VAR_DIR"]) / "bot.db"
    with sqlite3.connect(file, timeout=10) as database:
        return database.execute(query, values).fetchall()


def answers(bot: RunningBot) -> list[str]:
    """What operators said in the talk that was opened last."""
    newest = "SELECT max(id) FROM handovers"
    query = (
        f"SELECT text FROM handover_messages WHERE author = 'operator' AND handover_id = ({newest})"
    )
    return [text for (text,) in stored(bot, query)]


@pytest.fixture(scope="module")
def staff(bot: RunningBot) -> None:
    """Accounts: three operators of the information line, and who supervises."""
    for name, shown, role, desk in ACCOUNTS:
        more = ("--shown-name", shown, "--role", role, "--desk", desk)
        added = run_command(bot.environment, "staff", "add", name, *more, text=f"{PASSWORD}\n")
        assert added.returncode == 0, added.stderr


@pytest.fixture
def put(bot: RunningBot, staff: None) -> PutTalks:
    """Puts talks into the queue, which are all that wait then: `put({"need": …}, …)`."""

    def put_talks(*talks: dict[str, Any]) -> None:
        run(bot, PUT, json.dumps(talks))

    return put_talks


@pytest.fixture
def enter(new_context: NewContext, bot: RunningBot, staff: None) -> Callable[..., Console]:
    """Opens the console for somebody, in a browser of their own."""

    def enter_as(name: str = LAN, size: str = "desktop", url: str = "") -> Console:
        console = Console.on(new_context(size), url or bot.url)
        console.sign_in(name, PASSWORD)
        return console

    return enter_as


Enter = Callable[..., Console]


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_queue(
    new_context: NewContext, bot: RunningBot, put: PutTalks, screenshot: Shot
) -> None:
    put({"need": NEED})
    console = Console.on(new_context(), bot.url)
    console.try_to_sign_in(LAN, "không phải mật khẩu này")
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in console.error()
    assert violations(console.page) == []
    screenshot(console.page, "console-sign-in")
    console.sign_in(LAN, PASSWORD)
    console.wait_for(NEED)
    assert console.waiting() == [("Thứ 1", NEED)]
    console.page.reload()
    console.wait_for(NEED)


def test_after_five_failures_not_even_the_right_password_opens(
    new_context: NewContext, bot: RunningBot, staff: None
) -> None:
    console = Console.on(new_context(), bot.url)
    for _ in range(5):
        with console.page.expect_response("**/console/api/sign-in"):
            console.try_to_sign_in(KHOA, "không phải mật khẩu này")
        expect(console.part("sign-in")).to_be_enabled()
    console.try_to_sign_in(KHOA, PASSWORD)
    expect(console.part("error")).to_contain_text("thử lại sau 15 phút")
    expect(console.part("queue")).to_have_count(0)


@pytest.mark.parametrize("size", ["desktop", "phone", "narrow"])
def test_the_queue_tells_who_waits_with_danger_first(
    enter: Enter, put: PutTalks, screenshot: Shot, size: str
) -> None:
    put({"need": NEED}, {"need": "có người đe dọa", "reason": "danger"})
    console = enter(size=size)
    assert console.waiting() == [("Thứ 1", "có người đe dọa"), ("Thứ 2", NEED)]
    first, second = console.talks.all()
    expect(first.locator('[data-part="urgent"]')).to_have_text("⚠ Khẩn cấp")
    expect(second.locator('[data-part="urgent"]')).to_be_hidden()
    expect(second).to_contain_text("Xin gặp cán bộ")
    expect(second).to_contain_text("Thủ tục: Đăng ký khai sinh")
    expect(second).to_contain_text("vừa đến · Trang web · Tổng đài 1022 của tỉnh")
    expect(console.page).to_have_title("(2) Bàn làm việc của cán bộ")
    assert violations(console.page) == []
    assert not console.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    screenshot(console.page, f"console-queue-{size}")


def test_a_new_talk_is_told_of_politely_and_in_the_title(enter: Enter, put: PutTalks) -> None:
    put()
    console = enter()
    expect(console.page).to_have_title("Bàn làm việc của cán bộ")
    notice = console.part("notice")
    expect(notice).to_have_attribute("aria-live", "polite")
    put({"need": NEED})
    expect(notice).to_have_text("Có người mới vào hàng chờ: Xin gặp cán bộ.")
    expect(console.page).to_have_title("(1) Bàn làm việc của cán bộ")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_talk_is_taken_and_the_answer_reaches_the_database(
    enter: Enter, put: PutTalks, bot: RunningBot, screenshot: Shot, size: str
) -> None:
    put({"need": NEED, "lines": ["tôi hỏi đã lâu"]})
    console = enter(size=size)
    console.claim()
    console.wait_for_line("tôi hỏi đã lâu")
    assert console.lines()[:3] == ["xin chào", "Dạ, em nghe.", "tôi hỏi đã lâu"]
    expect(console.page.locator(".earlier")).to_have_count(2)
    summary = console.part("summary")
    expect(summary).to_contain_text("giấy tờ, phí, lệ phí")
    expect(summary.get_by_role("link")).to_have_attribute("href", re.compile(r"/p/1\.001193$"))
    console.part("answer").fill("Dạ,")
    console.part("answer").press("Shift+Enter")
    console.part("answer").press_sequentially("em nghe.")
    assert violations(console.page) == []
    assert not console.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    console.part("answer").press("Enter")
    expect(console.said.last).to_have_text("Dạ,\nem nghe.")
    expect(console.part("answer")).to_have_value("")
    expect(console.part("answer")).to_be_focused()
    assert answers(bot) == ["Dạ,\nem nghe."]
    screenshot(console.page, f"console-talk-{size}")


def test_all_is_done_by_keyboard(enter: Enter, put: PutTalks, bot: RunningBot) -> None:
    put({"need": NEED})
    console = enter()
    console.talks.first.locator('[data-part="claim"]').focus()
    # The next look at the queue must not take the focus away.
    with console.page.expect_response("**/console/api/queue"):
        pass
    wait_for_focus(console.page, "claim")
    console.page.keyboard.press("Enter")
    wait_for_focus(console.page, "answer")
    console.page.keyboard.type("Em nghe.")
    console.page.keyboard.press("Enter")
    console.wait_for_line("Em nghe.")
    console.part("close").focus()
    console.page.keyboard.press("Enter")
    console.page.keyboard.press("Space")
    expect(console.page.locator('dialog input[value="solved"]')).to_be_checked()
    assert violations(console.page) == []
    console.page.keyboard.press("Escape")
    wait_for_focus(console.page, "close")
    assert answers(bot) == ["Em nghe."]


def test_prepared_answers_and_catalogue_go_into_the_box_and_are_sent_by_hand(
    enter: Enter, put: PutTalks, bot: RunningBot, screenshot: Shot
) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    written = console.prepared(GREETING)
    assert written.startswith("Dạ, em chào anh/chị.")
    console.part("catalogue-query").fill("đăng ký khai sinh")
    console.part("catalogue-query").press("Enter")
    for group in ("documents", "fees", "time"):
        console.part(f"fact-{group}").check()
    found = console.part("catalogue-found").locator("li").filter(has_text="1.001193")
    found.locator('[data-part="catalogue-insert"]').click()
    box = console.part("answer")
    expect(box).to_have_value(re.compile(r"/p/1\.001193\n"))
    text = box.input_value()
    assert text.startswith(f"{written}\nThủ tục “Đăng ký khai sinh lần đầu cho trẻ”: http")
    assert "- Giấy tờ chứng minh nơi cư trú (chỉ xuất trình) (1 bản chính): khi" in text
    assert "- Đăng ký khai sinh: 1 ngày làm việc" in text
    assert re.search(r"Nguồn: .+, kiểm tra ngày \d\d/\d\d/\d{4}\.", text)
    # No fee is published for it: it must not look free.
    assert "không thu tiền" not in text
    assert len(text) <= 2000
    screenshot(console.page, "console-catalogue")
    assert answers(bot) == []
    box.press("Enter")
    expect(console.said.last).to_have_text(text.strip())
    assert answers(bot) == [text.strip()]


def test_of_two_operators_one_gets_the_talk_and_the_other_is_told(
    enter: Enter, put: PutTalks
) -> None:
    put({"need": NEED})
    lan, minh = enter(LAN), enter(MINH)
    held: list[Route] = []
    # The second one's page does not see in time that the talk is gone.
    minh.page.route("**/console/api/queue", lambda route: held.append(route))
    with minh.page.expect_request("**/console/api/queue"):
        pass
    lan.claim()
    minh.press_claim()
    assert minh.error().startswith(LOST)
    expect(minh.part("answer")).to_be_hidden()
    for route in held:
        route.continue_()
    minh.page.unroute("**/console/api/queue")
    expect(minh.talks).to_have_count(0)
    lan.answer("Em đây.")


def test_a_talk_lost_to_time_keeps_the_draft_for_copying(
    enter: Enter, put: PutTalks, bot: RunningBot
) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    console.part("answer").fill("câu viết dở")
    stored(bot, "UPDATE handovers SET state = 'waiting', claimed_by = '' WHERE state = 'held'")
    assert console.error().startswith(LOST)
    expect(console.part("talk")).to_be_hidden()
    expect(console.part("kept-draft")).to_have_value("câu viết dở")
    console.wait_for(NEED)
    assert violations(console.page) == []
    assert answers(bot) == []


def test_a_talk_is_read_before_it_is_taken(enter: Enter, put: PutTalks) -> None:
    put({"need": NEED, "lines": ["tôi hỏi đã lâu"]})
    console = enter()
    console.talks.first.locator('[data-part="preview"]').click()
    console.wait_for_line("tôi hỏi đã lâu")
    expect(console.part("talk-note")).to_contain_text("Anh/chị đang xem trước.")
    expect(console.part("answer")).to_be_hidden()
    supervisor = enter(HA)
    console.part("claim-here").click()
    console.answer("Em đây.")
    supervisor.part("others").locator('[data-part="open"]').click()
    supervisor.wait_for_line("Em đây.")
    expect(supervisor.part("talk-note")).to_contain_text("Chị Lan đang giữ")
    expect(supervisor.part("answer")).to_be_hidden()


def test_who_has_left_the_desk_is_signed_out_and_the_talk_goes_back(
    enter: Enter, put: PutTalks, bot: RunningBot
) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    console.part("answer").fill("câu viết dở")
    later = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=31)
    console.page.clock.set_system_time(later)
    expect(console.part("session-over")).to_contain_text("Đã 30 phút không có thao tác")
    query = "SELECT state FROM handovers ORDER BY id DESC LIMIT 1"
    assert stored(bot, query) == [("waiting",)]
    console.sign_in(LAN, PASSWORD)
    expect(console.part("kept-draft")).to_have_value("câu viết dở")


def test_a_draft_outlives_the_session(
    enter: Enter, put: PutTalks, bot: RunningBot, screenshot: Shot
) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    console.part("answer").fill("câu viết dở")
    stored(bot, "DELETE FROM staff_sessions")
    expect(console.part("session-over")).to_contain_text("Phiên làm việc đã hết")
    expect(console.page.get_by_text(NEED)).to_have_count(0)
    screenshot(console.page, "console-session-over")
    console.sign_in(LAN, PASSWORD)
    expect(console.part("answer")).to_have_value("câu viết dở")
    console.part("answer").press("Enter")
    console.wait_for_line("câu viết dở")
    assert answers(bot) == ["câu viết dở"]


def test_nobody_sees_the_drafts_of_another(enter: Enter, put: PutTalks, bot: RunningBot) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    console.part("answer").fill("câu viết dở")
    console.part("sign-out").click()
    expect(console.part("session-over")).to_contain_text("trả lại hàng chờ")
    console.sign_in(MINH, PASSWORD)
    console.claim_of(NEED)
    expect(console.part("answer")).to_have_value("")


def test_an_answer_is_said_once_though_the_line_breaks(
    enter: Enter, put: PutTalks, bot: RunningBot, line: Line
) -> None:
    put({"need": NEED})
    console = enter(url=line.url)
    console.claim()
    console.wait_for_line("Dạ, em nghe.")
    line.lose_answers()
    with console.page.expect_request("**/answer"):
        console.part("answer").fill("chỉ một lần")
        console.part("answer").press("Enter")
    expect(console.part("send")).to_be_disabled()
    while answers(bot) != ["chỉ một lần"]:
        console.page.wait_for_timeout(50)
    line.cut()
    expect(console.part("not-sent")).to_contain_text("Gửi lại")
    expect(console.part("offline")).to_contain_text("Đang mất kết nối")
    expect(console.part("answer")).to_have_value("chỉ một lần")
    line.mend()
    expect(console.part("offline")).to_be_hidden()
    console.part("send").click()
    expect(console.part("answer")).to_have_value("")
    assert answers(bot) == ["chỉ một lần"]
    expect(console.said.filter(has_text="chỉ một lần")).to_have_count(1)


def test_what_citizens_write_is_text(
    new_context: NewContext, bot: RunningBot, put: PutTalks
) -> None:
    put({"need": PAYLOADS[0], "lines": PAYLOADS})
    context = new_context()
    guard = Guard(context, bot.url)
    console = Console.on(context, bot.url)
    console.sign_in(LAN, PASSWORD)
    console.claim()
    expect(console.said.filter(has_text="window.__xss=1")).not_to_have_count(0)
    written = console.part("line").and_(console.page.locator('[data-from="citizen"]'))
    expect(written).to_have_count(1 + len(PAYLOADS))
    assert PAYLOADS[2] in console.lines()
    guard.assert_unharmed(console.page)


def test_a_masked_number_is_shown_after_a_question_and_kept_in_the_record(
    enter: Enter, put: PutTalks, bot: RunningBot
) -> None:
    put({"need": NEED, "number": NUMBER})
    console = enter()
    console.claim()
    console.part("reveal").filter(visible=True).click()
    expect(console.part("reveal-dialog")).to_contain_text("được ghi vào nhật ký")
    console.part("dialog-no").click()
    assert NUMBER not in console.page.content()
    console.part("reveal").filter(visible=True).click()
    console.part("dialog-yes").click()
    expect(console.part("revealed").filter(visible=True)).to_have_text(f"Số bị che: {NUMBER}")
    console.close("referred", "đã chỉ đến Công an xã")
    assert NUMBER not in console.page.content()
    supervisor = enter(HA)
    supervisor.part("view-audit").click()
    rows = supervisor.part("audit").locator("tr")
    expect(rows.filter(has_text="Xem số bị che").first).to_contain_text("Cuộc trò chuyện")
    expect(rows.filter(has_text="Đã chỉ đến nơi khác").first).to_be_visible()
    assert violations(supervisor.page) == []


@pytest.mark.parametrize(
    ("leave", "state", "desk"),
    [
        (lambda console: console.transfer(OFFICE), "waiting", OFFICE),
        (lambda console: console.give_back(), "waiting", ""),
        (lambda console: console.return_to_bot(), "closed", ""),
        (lambda console: console.close("solved", "xong"), "closed", ""),
    ],
    ids=["transfer", "give-back", "return", "close"],
)
def test_a_talk_is_left_in_each_way(
    enter: Enter,
    put: PutTalks,
    bot: RunningBot,
    leave: Callable[[Console], None],
    state: str,
    desk: str,
) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    leave(console)
    query = "SELECT state, desk FROM handovers ORDER BY id DESC LIMIT 1"
    assert stored(bot, query) == [(state, desk)]
    expect(console.part("mine").locator("li")).to_have_count(0)


def test_too_long_answers_are_counted_and_not_sent(enter: Enter, put: PutTalks) -> None:
    put({"need": NEED})
    console = enter()
    console.claim()
    console.part("answer").fill("a" * 1799)
    expect(console.part("counter")).to_have_text("")
    console.part("answer").fill("a" * 1990)
    expect(console.part("counter")).to_have_text("Còn 10 ký tự.")
    console.part("answer").fill("a" * 2001)
    expect(console.part("counter")).to_have_text("Dài quá 1 ký tự.")
    expect(console.part("send")).to_be_disabled()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_ticket_is_read_called_back_answered_and_closed(
    enter: Enter, bot: RunningBot, screenshot: Shot, size: str
) -> None:
    code = run(bot, PUT_TICKET, f"xin gọi lại giúp tôi {size}", NUMBER)
    console = enter(size=size)
    console.part("view-tickets").click()
    ticket = console.page.locator(f'[data-ticket="{code}"]')
    expect(ticket).to_contain_text(f"Phiếu {code}: Xin gọi lại")
    assert NUMBER not in console.page.content()
    assert violations(console.page) == []
    assert not console.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    ticket.locator('[data-part="ticket-contact"]').click()
    console.part("dialog-yes").click()
    expect(ticket).to_contain_text(f"Số điện thoại: {NUMBER}")
    screenshot(console.page, f"console-tickets-{size}")
    ticket.locator('[data-part="ticket-answer"]').fill("Em đã gọi lại.")
    ticket.locator('[data-part="ticket-send"]').click()
    expect(ticket).to_have_count(0)
    console.part("ticket-state").select_option("answered")
    expect(ticket).to_contain_text("Em đã gọi lại.")
    ticket.locator('[data-part="ticket-close"]').click()
    console.part("dialog-yes").click()
    expect(ticket).to_have_count(0)
    listed = run_command(bot.environment, "tickets", "list", "--state", "closed").stdout
    assert f"{code} " in listed
    assert "answer: Em đã gọi lại." in listed.split(code)[1]
    # Staff may write a number: what they answer is sealed.
    ((kept,),) = stored(bot, "SELECT answer FROM tickets WHERE code = ?", code)
    assert kept.startswith("gAAAA")


def test_who_is_off_duty_is_not_counted(enter: Enter, put: PutTalks, bot: RunningBot) -> None:
    put()
    stored(bot, "DELETE FROM staff_sessions")
    enter(LAN)
    console = enter(MINH)
    switch = console.part("duty")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(console.part("on-duty-count")).to_have_text("2 cán bộ đang trực")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(console.part("on-duty-count")).to_have_text("1 cán bộ đang trực")
