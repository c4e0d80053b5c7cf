"""Whatever anybody writes anywhere is shown as text: nothing of it runs, loads or leads away."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.http.portal_search import clean
from tests.browser.hostile import LOOK_ALIKES, PAYLOADS, Guard
from tests.browser.portal import Portal, Served
from tests.browser.widget import Widget
from tests.catalogue.sheets import new_procedure, write_json
from tests.e2e.stored_talks import import_dossiers
from tests.running_bot import RunningBot, bot_environment, run_command, running_bot

NewContext = Callable[..., BrowserContext]

# Those that leave an attribute, a title, a script or a comment; the others differ in what they do.
BREAK_OUTS = (*PAYLOADS[:3], *PAYLOADS[11:18], PAYLOADS[21], PAYLOADS[25])
CODE = "1.900001"
NAME = f"Cấp giấy nuôi kỳ lân {PAYLOADS[2]}"
PAPERS, FEES, CASES = PAYLOADS[:8], PAYLOADS[8:14], PAYLOADS[14:16]
STEPS, PLACES, LAWS = PAYLOADS[16:20], PAYLOADS[20:22], PAYLOADS[22:24]
TABLES = {
    "procedures": [
        new_procedure(
            CODE,
            name=NAME,
            plain_name=NAME,
            field=PAYLOADS[0],
            agency=PAYLOADS[3],
            documents_note=PAYLOADS[4],
            result=PAYLOADS[5],
            conditions=PAYLOADS[6],
            mistakes=PAYLOADS[7],
            source_title=PAYLOADS[8],
        )
    ],
    "channels": [{"code": CODE, "kind": "direct", "time_note": PAYLOADS[9], "note": PAYLOADS[10]}],
    "fees": [
        {"code": CODE, "channel": "direct", "amount": 1000 + n, "unit": text, "note": text}
        for n, text in enumerate(FEES)
    ],
    "cases": [{"code": CODE, "name": text} for text in CASES],
    "documents": [{"code": CODE, "name": text, "original": 1} for text in PAPERS],
    "forms": [
        {"code": CODE, "name": PAYLOADS[11], "url": "https://evil.example/form.doc"},
        {"code": CODE, "name": PAYLOADS[12], "url": "https://dichvucong.gov.vn.evil.example/f"},
    ],
    "steps": [{"code": CODE, "text": text} for text in STEPS],
    "places": [{"code": CODE, "text": text} for text in PLACES],
    "legal_bases": [{"code": CODE, "title": text} for text in LAWS],
}
DOSSIER, LATE, PHONE = "H48.21-260601-0091", "H48.21-260601-0092", "0900001177"
# Without what is taken out of every note: quotation marks.
STATUS, AGENCY, NOTE = PAYLOADS[3], PAYLOADS[22], PAYLOADS[18]
DOSSIERS = f"""\
code,procedure_code,applicant_phone,applicant_identity_number,received_on,due_on,finished_on,status,agency,note
{DOSSIER},1.000894,{PHONE},,2026-06-01,2026-06-04,,{STATUS},{AGENCY},{NOTE}
{LATE},1.000894,{PHONE},,2026-06-01,2026-06-04,,Đang xử lý,{AGENCY},
"""


@pytest.fixture(scope="module")
def bot(
    seeded_file: Path, portal: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    """A bot whose staff and clerks have written what they should not."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copyfile(seeded_file, folder / "bot.db")
    environment = bot_environment(folder)
    given = write_json(folder / "given.json", TABLES)
    imported = run_command(environment, "catalogue", "import", str(given))
    assert imported.returncode == 0, imported.stderr
    import_dossiers(environment, folder, DOSSIERS)
    limits = {"BOT_MESSAGES_PER_MINUTE": "1000"}
    with running_bot(folder, BOT_ALLOWED_ORIGINS=portal.url, **limits) as running:
        yield running


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    """A citizen's browser."""
    return new_context()


@pytest.fixture
def guard(context: BrowserContext, bot: RunningBot, portal: Portal) -> Guard:
    """What watches the browser."""
    return Guard(context, bot.url, portal.url)


@pytest.fixture
def widget(context: BrowserContext, bot: RunningBot, guard: Guard) -> Widget:
    """The open chat on the demo page."""
    return open_at(context, bot.url)


def open_at(context: BrowserContext, url: str) -> Widget:
    page = context.new_page()
    page.goto(url)
    widget = Widget(page)
    widget.open()
    return widget


def texts_of(widget: Widget, who: str) -> list[str]:
    """As they stand in the page: an inner text leaves out what is not seen."""
    said = f'[data-part="message"][data-from="{who}"] .said'
    return widget.page.locator(said).all_text_contents()


def ask(widget: Widget, text: str) -> str:
    """Write a message and wait until all is said that belongs to its turn; that."""
    own = widget.page.locator('[data-part="message"][data-from="citizen"]')
    before, said = own.count(), len(texts_of(widget, "bot"))
    widget.write(text)
    expect(own.nth(before)).to_have_attribute("data-state", "sent")
    return "\n".join(texts_of(widget, "bot")[said:])


def everything(widget: Widget) -> str:
    """All that the bot has said, on one line."""
    return " ".join(" ".join(texts_of(widget, "bot")).split())


def test_what_a_citizen_writes_is_shown_literally_here_on_a_second_page_and_after_a_reload(
    context: BrowserContext,
    bot: RunningBot,
    widget: Widget,
    guard: Guard,
    screenshot: Callable[[Page, str], None],
) -> None:
    ask(widget, "xin chào")
    second = open_at(context, bot.url)
    expect(second.messages).to_have_count(2)
    middle = len(PAYLOADS) // 2
    # A bot without a database for its conversations remembers some fifteen turns.
    for half in (PAYLOADS[:middle], PAYLOADS[middle:]):
        for payload in half:
            ask(widget, payload)
        guard.assert_unharmed(widget.page, second.page)
        assert texts_of(widget, "citizen")[-len(half) :] == list(half)
        expect(second.messages).to_have_count(widget.messages.count())
        assert texts_of(second, "citizen")[-len(half) :] == list(half)
        screenshot(widget.page, "desktop-hostile")
        for page in (widget.page, second.page):
            page.reload()
        expect(widget.messages.last).to_be_visible()
        expect(second.messages).to_have_count(widget.messages.count())
        assert texts_of(widget, "citizen")[-len(half) :] == list(half)
        guard.assert_unharmed(widget.page, second.page)


def test_addresses_in_a_citizens_own_message_are_no_links(widget: Widget, guard: Guard) -> None:
    ask(widget, "https://dichvucong.gov.vn/ và https://evil.example/x là gì")
    own = widget.page.locator('[data-part="message"][data-from="citizen"]')
    expect(own.locator("a")).to_have_count(0)
    guard.assert_unharmed(widget.page)


def test_what_staff_have_written_into_a_procedure_is_shown_literally_in_the_chat(
    widget: Widget, guard: Guard, screenshot: Callable[[Page, str], None]
) -> None:
    ask(widget, f"thủ tục {CODE} cần giấy tờ gì")
    for question in (
        "phí bao nhiêu",
        "mấy ngày xong",
        "nộp ở đâu",
        "các bước làm sao",
        "có mẫu đơn không",
        "điều kiện là gì",
        "căn cứ pháp lý",
        "in hết ra một tờ",
    ):
        ask(widget, question)
    said = everything(widget)
    # Said as they are, but for the stop that ends an item.
    for text in (*PAPERS, *STEPS[:3], *PLACES):
        assert " ".join(text.split()).rstrip(".;") in said
    assert "<img data-xss" in said
    links = widget.page.locator('[data-part="message"] a').evaluate_all(
        "links => links.map(link => link.href)"
    )
    assert [link for link in links if "evil" in link] == []
    screenshot(widget.page, "desktop-hostile-procedure")
    guard.assert_unharmed(widget.page)


def test_what_staff_have_written_is_shown_literally_on_the_procedures_page_and_in_lists(
    context: BrowserContext,
    bot: RunningBot,
    guard: Guard,
    screenshot: Callable[[Page, str], None],
) -> None:
    page = context.new_page()
    page.goto(f"{bot.url}/p/{CODE}")
    shown = " ".join((page.locator("main").text_content() or "").split())
    for text in (NAME, *PAPERS, *PLACES):
        assert " ".join(text.split()).rstrip(".;") in shown
    # A form is where staff say that it is, and is a link only as one of the web.
    hrefs = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
    assert all(href.startswith(("http://", "https://")) for href in hrefs)
    guard.assert_unharmed(page)
    screenshot(page, "desktop-hostile-page")
    # A list made by the server, and the same made by the page's script.
    page.goto(f"{bot.url}/?q={quote('nuôi kỳ lân')}")
    expect(page.locator("#found a").first).to_have_text(NAME)
    page.goto(bot.url)
    page.locator("#q").fill("nuôi kỳ lân")
    expect(page.locator("#found a").first).to_have_text(NAME)
    expect(page.locator("#found li").first).to_contain_text(PAYLOADS[0])
    guard.assert_unharmed(page)
    page.goto(f"{bot.url}/?{urlencode({'field': PAYLOADS[0]})}")
    expect(page.locator("h1")).to_have_text(PAYLOADS[0])
    guard.assert_unharmed(page)


def test_what_clerks_have_written_into_a_dossier_is_shown_literally(
    widget: Widget, guard: Guard
) -> None:
    ask(widget, f"tra cứu hồ sơ {DOSSIER}")
    told = ask(widget, PHONE[-4:])
    for text in (STATUS, AGENCY, NOTE):
        assert text.rstrip(".") in told
    guard.assert_unharmed(widget.page)


def test_what_an_official_answers_is_shown_literally_and_only_official_addresses_are_links(
    bot: RunningBot, widget: Widget, guard: Guard, screenshot: Callable[[Page, str], None]
) -> None:
    ask(widget, f"hồ sơ {LATE} trễ hẹn cả tuần rồi")
    ask(widget, PHONE[-4:])
    widget.press("Lập phiếu phản ánh")
    expect(widget.messages.last).to_contain_text(re.compile(r"phiếu phản ánh PA\d{6}"))
    code = texts_of(widget, "bot")[-1].partition("PA")[2][:6]
    allowed = (
        "https://dichvucong.gov.vn/p/home/dvc-trang-chu.html",
        "https://quangngai.gov.vn/a?b=c",
        "dichvucong.gov.vn",
    )
    # As much as an answer may hold.
    payloads = PAYLOADS[::2]
    answer = " ; ".join((*payloads, *LOOK_ALIKES, *allowed))
    answered = run_command(bot.environment, "tickets", "answer", f"PA{code}", answer)
    assert answered.returncode == 0, answered.stderr
    ask(widget, f"PA{code}")
    shown = texts_of(widget, "bot")[-1]
    for text in (*payloads, *LOOK_ALIKES):
        assert text in shown
    links = widget.messages.last.locator(".said a")
    hrefs = links.evaluate_all("links => links.map(link => link.href)")
    assert hrefs == [*allowed[:2], "https://dichvucong.gov.vn/"]
    for link in links.all():
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_have_attribute("target", "_blank")
    screenshot(widget.page, "desktop-hostile-answer")
    guard.assert_unharmed(widget.page)
    widget.page.reload()
    expect(widget.messages.last).to_contain_text(LOOK_ALIKES[0])
    expect(widget.messages.last.locator(".said a")).to_have_count(3)
    guard.assert_unharmed(widget.page)


def test_a_comment_on_an_answer_is_kept_as_it_was_written(
    bot: RunningBot, widget: Widget, guard: Guard
) -> None:
    comment = " ".join(PAYLOADS)[:500].strip()
    ask(widget, "đăng ký tạm trú cần giấy tờ gì")
    widget.part("rate-bad").click()
    widget.part("rate-reason").last.check()
    widget.part("rate-form").locator("textarea").fill(comment)
    widget.part("rate-send").click()
    expect(widget.part("rate-form")).to_have_count(0)
    guard.assert_unharmed(widget.page)
    listed = run_command(bot.environment, "ratings", "list", "--json")
    assert [rating["comment"] for rating in json.loads(listed.stdout)] == [comment]


@pytest.mark.parametrize("name", ["q", "field", "event", "page"])
def test_a_parameter_of_the_portal_is_shown_literally(
    context: BrowserContext, bot: RunningBot, guard: Guard, name: str
) -> None:
    page = context.new_page()
    for payload in PAYLOADS if name == "q" else BREAK_OUTS:
        page.goto(f"{bot.url}/?{urlencode({name: payload})}")
        expect(page.locator("h1")).to_have_count(1)
        if name == "q":
            assert page.locator("#q").input_value() == clean(payload)
            assert clean(payload) in page.title()
        elif name in ("field", "event"):
            shown = page.locator("main").text_content() or ""
            assert clean(payload)[:100] in shown or page.locator("h1").inner_text() == payload
        guard.assert_unharmed(page)


def test_a_commune_and_a_code_in_an_address_are_shown_literally_or_not_at_all(
    context: BrowserContext, bot: RunningBot, guard: Guard
) -> None:
    page = context.new_page()
    for payload in BREAK_OUTS:
        page.goto(f"{bot.url}/p/{CODE}?{urlencode({'xa': payload})}")
        assert page.locator("#xa").input_value() == payload.strip()[:100]
        guard.assert_unharmed(page)
        for path in (
            f"/p/{quote(payload, safe='')}",
            f"/chat?{urlencode({'procedure': payload})}",
            f"/chat?{urlencode({'language': payload})}",
        ):
            page.goto(bot.url + path)
            expect(page.locator("h1")).to_have_count(1)
            assert "xss" not in (page.locator("body").text_content() or "")
            guard.assert_unharmed(page)


def test_options_of_the_embedding_page_are_texts_or_are_refused(
    context: BrowserContext, bot: RunningBot, portal: Portal, guard: Guard
) -> None:
    warnings: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: warnings.append(message.text))
    for payload in PAYLOADS:
        warnings.clear()
        names = ("title", "greeting", "colour", "link-hosts", "procedure", "target", "position",
                 "language", "open", "shared-device")  # fmt: skip
        options = " ".join(f'data-{name}="{escape(payload)}"' for name in names)
        portal.pages["/options"] = Served(
            f'<!doctype html><meta charset="utf-8"><title>Cổng</title><p>Trang</p>'
            f'<script src="{bot.url}/widget.js" {options}></script>'
        )
        page.goto(f"{portal.url}/options")
        widget = Widget(page)
        # It stays open from one page to the next.
        page.evaluate("TroLyThuTuc.open()")
        assert widget.part("greeting").locator(".said").text_content() == payload.strip()
        assert widget.part("panel").locator("#title").text_content() == payload.strip()
        for name in names[2:]:
            assert any(f"data-{name}=" in each for each in warnings), name
        guard.assert_unharmed(page)


def test_messages_that_the_page_hands_over_are_shown_literally(
    context: BrowserContext, bot: RunningBot, portal: Portal, guard: Guard
) -> None:
    buttons = "".join(
        f'<button data-tro-ly="{escape(text)}">{number}</button>'
        for number, text in enumerate(PAYLOADS[:6])
    )
    portal.pages["/buttons"] = Served(
        f'<!doctype html><meta charset="utf-8"><title>Cổng</title>{buttons}'
        f'<script src="{bot.url}/widget.js"></script>'
    )
    page = context.new_page()
    page.goto(f"{portal.url}/buttons")
    widget = Widget(page)
    for number, _ in enumerate(PAYLOADS[:6]):
        page.get_by_role("button", name=str(number), exact=True).click()
        widget.wait_for_replies(number + 1)
    page.evaluate("text => TroLyThuTuc.open(text)", PAYLOADS[6])
    widget.wait_for_replies(7)
    assert texts_of(widget, "citizen") == list(PAYLOADS[:7])
    guard.assert_unharmed(page)
