"""What a citizen asks and is told in the chat: the main dialogues, in a real browser."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.widget import Widget
from tests.running_bot import RunningBot

OpenWidget = Callable[..., Widget]
Screenshot = Callable[[Page, str], None]
STARTERS = ["Tìm thủ tục", "Tra cứu hồ sơ", "Gặp cán bộ"]
PAPERS, FEE = "đăng ký tạm trú cần giấy tờ gì", "phí bao nhiêu"
BIRTH, STAY = "1.001193", "1.004194"
DOSSIER, LAST_FOUR, WRONG_FOUR = "H48.16-260512-0003", "5678", "1111"
# Portal pages of the bot, and the hosts that every page may be led to.
SAFE = re.compile(r"https://([a-z0-9-]+\.)*gov\.vn/|http://127\.0\.0\.1:\d+/p/[0-9.]+")


def answers(widget: Widget) -> int:
    return len(widget.said_by("bot"))


def press(widget: Widget, title: str) -> str:
    """Press a button and wait for the reply."""
    before = answers(widget)
    widget.press(title)
    return widget.wait_for_replies(before + 1)[-1]


def rating_of(bot: RunningBot, message_id: str | None) -> tuple[str, str, str, str, str] | None:
    """Rating, reason, comment, topic and procedure that the bot keeps of a message."""
    file = Path(bot.environment["BOT_VAR_DIR"]) / "bot.db"
    query = (
        "SELECT rating, reason, comment, topic, procedure_code"
        " FROM answer_ratings WHERE message_id = ?"
    )
    with sqlite3.connect(file) as database:
        found: tuple[str, str, str, str, str] | None = database.execute(
            query, (message_id,)
        ).fetchone()
    return found


def test_the_chat_says_first_that_it_is_a_machine_and_what_it_stores(widget: Widget) -> None:
    notice = widget.part("notice")
    expect(notice).to_contain_text("Đây là máy trả lời tự động")
    expect(notice).to_contain_text("được che trước khi lưu")
    expect(notice).to_contain_text(re.compile(r"lưu .*30 ngày, anh/chị .*xóa .*được"))
    expect(widget.part("greeting")).to_contain_text("trợ lý thủ tục hành chính tỉnh Quảng Ngãi")
    assert widget.choices() == STARTERS


def test_a_need_leads_to_choices_papers_fee_and_place(
    widget: Widget, screenshot: Screenshot
) -> None:
    assert "Việc “Sinh con” thường cần các thủ tục sau" in widget.say("tôi mới sinh con")
    assert len(widget.choices()) == 5
    chosen = press(widget, "2. Đăng ký khai sinh lần đầu cho trẻ")
    assert f"Em hiểu anh/chị hỏi thủ tục “Đăng ký khai sinh lần đầu cho trẻ” (mã {BIRTH})" in chosen
    screenshot(widget.page, f"talk-choices-{widget.width}")
    assert "Giấy chứng sinh" in press(widget, "Giấy tờ cần có")
    assert "chưa công bố mức phí" in widget.say(FEE)
    assert "Trung tâm Phục vụ hành chính công cấp xã" in press(widget, "Nộp ở đâu")
    # The page says what was pressed, in the words of the button.
    assert widget.said_by("citizen") == [
        "tôi mới sinh con",
        "2. Đăng ký khai sinh lần đầu cho trẻ",
        "Giấy tờ cần có",
        FEE,
        "Nộp ở đâu",
    ]


def test_a_dossier_is_told_only_to_who_knows_its_digits(
    widget: Widget, screenshot: Screenshot
) -> None:
    assert "mã hồ sơ" in press(widget, "Tra cứu hồ sơ")
    assert "4 số cuối" in widget.say(DOSSIER)
    refused = widget.say(WRONG_FOUR)
    assert "Em không tra được với thông tin này" in refused
    assert "Đang xử lý" not in refused
    told = widget.say(LAST_FOUR)
    assert f"Hồ sơ {DOSSIER}: đang được giải quyết" in told
    assert "Hẹn trả: 13/05/2026" in told
    assert "em xin lỗi anh/chị vì chậm trễ này" in told
    assert "Báo khi có thay đổi" in widget.choices()
    screenshot(widget.page, "talk-dossier")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("bữa ni tui muốn mần giấy khai sinh cho con", f"(mã {BIRTH})"),
        ("lam giay khai sinh het bao nhieu tien", "chưa công bố mức phí"),
        ("DANG KY TAM TRU", f"(mã {STAY})"),
        ("đồ ngu, hỏi mãi không xong", "em xin lỗi vì làm anh/chị bực mình"),
    ],
)
def test_dialect_missing_accents_and_rudeness_are_met_with_courtesy(
    open_widget: OpenWidget, said: str, told: str
) -> None:
    assert told in open_widget().say(said)


def test_choices_vanish_once_used_and_hand_the_focus_to_the_input(widget: Widget) -> None:
    widget.say("đăng ký tạm trú")
    offered = widget.choices()
    assert "Phí, lệ phí" in offered
    widget.press("Phí, lệ phí")
    expect(widget.part("input")).to_be_focused()
    widget.wait_for_replies(2)
    expect(widget.part("choices")).to_have_count(1)
    assert widget.choices() != offered
    # Only those of the newest answer can be pressed.
    expect(widget.part("choices").get_by_role("button", name="Phí, lệ phí")).to_have_count(0)


def test_each_message_has_its_time_below_the_day(open_widget: OpenWidget) -> None:
    widget = open_widget()
    widget.say("xin chào")
    clock = widget.page.evaluate(
        "new Date().toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'})"
    )
    times = widget.messages.locator("time")
    expect(times).to_have_count(2)
    for text, at in zip(
        times.all_inner_texts(),
        times.evaluate_all("all => all.map((one) => one.dateTime)"),
        strict=True,
    ):
        # The minute may have ended meanwhile.
        minutes = [60 * int(each[:2]) + int(each[3:]) for each in (text, clock)]
        assert (minutes[1] - minutes[0]) % 1440 <= 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at)
    assert widget.part("log").locator(".day").all_inner_texts() == ["Hôm nay"]


def test_the_checklist_opens_beside_the_chat_and_can_be_printed(
    open_widget: OpenWidget, bot: RunningBot
) -> None:
    widget = open_widget()
    widget.say(PAPERS)
    link = widget.part("checklist")
    expect(link).to_contain_text("Tờ giấy cần chuẩn bị (in được)")
    with widget.page.context.expect_page() as opened:
        link.click()
    sheet = opened.value
    expect(sheet).to_have_url(f"{bot.url}/p/{STAY}")
    expect(sheet.get_by_role("heading", level=1)).to_contain_text("Đăng ký tạm trú")
    expect(sheet.get_by_role("heading", name="Giấy tờ cần chuẩn bị")).to_be_visible()
    assert sheet.get_by_role("checkbox").count() >= 3
    sheet.emulate_media(media="print")
    expect(Widget(sheet).part("launcher")).to_be_hidden()
    expect(sheet.get_by_text("Tờ khai thay đổi thông tin cư trú").first).to_be_visible()
    # The chat has stayed where it was.
    expect(widget.part("panel")).to_be_visible()


def test_links_lead_only_to_known_places_and_give_nothing_away(
    open_widget: OpenWidget, bot: RunningBot
) -> None:
    widget = open_widget()
    widget.say(PAPERS)
    widget.say("nộp trên mạng được không")
    links = widget.part("log").locator("a")
    targets = links.evaluate_all("all => all.map(({ href, target, rel }) => [href, target, rel])")
    assert {urlsplit(href).hostname for href, _, _ in targets} >= {"dichvucong.gov.vn", "127.0.0.1"}
    for href, target, rel in targets:
        assert SAFE.match(href), href
        assert (target, rel) == ("_blank", "noopener noreferrer")
        assert href.startswith((bot.url, "https://"))
    # What the citizen writes never becomes a link.
    widget.say("xem https://dichvucong.gov.vn/ giúp tôi")
    own = widget.page.locator('#tro-ly-thu-tuc [data-part="message"][data-from="citizen"] a')
    expect(own).to_have_count(0)


def test_an_answer_is_copied_as_it_reads(open_widget: OpenWidget) -> None:
    widget = open_widget(permissions=["clipboard-read", "clipboard-write"])
    told = widget.say(PAPERS)
    widget.part("copy").click()
    expect(widget.part("copy")).to_have_text("Đã sao chép")
    assert widget.page.evaluate("navigator.clipboard.readText()") == told


def test_a_good_answer_can_be_praised(widget: Widget, bot: RunningBot) -> None:
    widget.say(PAPERS)
    rated = widget.messages.last.get_attribute("data-id")
    widget.part("rate-good").click()
    expect(widget.part("log")).to_contain_text("Cảm ơn anh/chị đã góp ý.")
    expect(widget.part("live")).to_contain_text("Cảm ơn anh/chị đã góp ý.")
    expect(widget.part("rate-good")).to_have_count(0)
    assert rating_of(bot, rated) == ("good", "", "", "documents", STAY)


def test_a_bad_answer_can_be_reported_with_its_reason(
    widget: Widget, bot: RunningBot, screenshot: Screenshot
) -> None:
    widget.say(PAPERS)
    rated = widget.messages.last.get_attribute("data-id")
    widget.part("rate-bad").click()
    form = widget.part("rate-form")
    expect(form.get_by_role("radio")).to_have_count(5)
    expect(form).to_contain_text("Xin đừng ghi số giấy tờ, số điện thoại.")
    widget.part("rate-send").click()
    expect(form).to_contain_text("Anh/chị chọn giúp em một lý do.")
    assert rating_of(bot, rated) is None
    form.get_by_label("Còn thiếu thông tin").check()
    expect(form).not_to_contain_text("Anh/chị chọn giúp em một lý do.")
    form.get_by_role("textbox").fill("thiếu mẫu CT01, gọi tôi 0905123456")
    screenshot(widget.page, f"talk-rating-{widget.width}")
    widget.part("rate-send").click()
    expect(widget.part("log")).to_contain_text("Cảm ơn anh/chị đã góp ý.")
    expect(form).to_have_count(0)
    expect(widget.part("input")).to_be_focused()
    kept = rating_of(bot, rated) or ("",) * 5
    assert kept[:2] == ("bad", "incomplete")
    assert kept[2].startswith("thiếu mẫu CT01, gọi tôi ")
    assert "0905123456" not in kept[2]


def test_who_thinks_better_of_a_bad_rating_sends_none(
    open_widget: OpenWidget, bot: RunningBot
) -> None:
    widget = open_widget()
    widget.say(PAPERS)
    widget.part("rate-bad").click()
    widget.part("rate-cancel").click()
    expect(widget.part("rate-form")).to_have_count(0)
    expect(widget.part("rate-bad")).to_be_focused()
    assert rating_of(bot, widget.messages.last.get_attribute("data-id")) is None
