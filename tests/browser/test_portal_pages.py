"""The portal's own pages: search as one types, pages without scripts, and paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.browser.focus import focused, wait_for_focus
from tests.browser.pdf import Pdf
from tests.running_bot import RunningBot

HOSTILE = '"><img src=x onerror="window.__xss = 1"><script>window.__xss = 1</script>'
COUNT = re.compile(r"\d+ thủ tục")
MOST_PAGES = 3

pytestmark = pytest.mark.e2e

Contexts = Callable[..., BrowserContext]
Shot = Callable[[Page, str], None]


@pytest.fixture(params=["desktop", "narrow"])
def page(request: pytest.FixtureRequest, new_context: Contexts, bot: RunningBot) -> Page:
    """The home page with scripts."""
    opened = new_context(request.param).new_page()
    opened.goto(bot.url)
    return opened


@pytest.fixture
def plain(new_context: Contexts) -> Page:
    """A browser that runs no scripts."""
    return new_context("desktop", java_script_enabled=False).new_page()


def is_search(request: Request) -> bool:
    """Whether the page's script asks for results."""
    return "/results?" in request.url


def test_results_come_while_one_types_and_their_number_is_announced(
    page: Page, screenshot: Shot
) -> None:
    status = page.get_by_role("status")
    expect(status).to_have_text("")
    page.locator("#q").press_sequentially("khai sinh", delay=20)
    expect(status).to_have_text(COUNT)
    links = page.locator("#found a")
    expect(links.first).to_be_visible()
    assert status.inner_text().startswith(str(links.count()))
    expect(page.locator("#found")).to_contain_text("Mã 1.001193")
    assert focused(page) == "q"
    screenshot(page, f"portal-results-{page.viewport_size['width']}")  # type: ignore[index]
    page.locator("#q").fill("")
    expect(page.locator("#results")).to_be_hidden()
    expect(status).to_have_text("")


def test_fast_typing_ends_with_the_results_of_the_last_words(page: Page) -> None:
    kept: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if kept:
            route.continue_()
        else:
            kept.append(route)

    page.route("**/results?*", keep_the_first)
    with page.expect_request(is_search):
        page.locator("#q").fill("sổ đỏ")
    with page.expect_response(lambda response: is_search(response.request)):
        page.locator("#q").fill("khai sinh")
    expect(page.locator("#found")).to_contain_text("khai sinh")
    # The first answer comes at last, to nobody.
    kept[0].continue_()
    page.locator("#q").fill("kết hôn")
    expect(page.locator("#found a").first).to_contain_text("kết hôn")
    assert "sổ đỏ" not in page.locator("#found").inner_text()
    assert page.url.endswith("?q=k%E1%BA%BFt%20h%C3%B4n")


def test_words_typed_without_a_pause_are_one_question(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if is_search(request) else None)
    # Letter by letter, faster than any machine under load could press keys.
    page.locator("#q").evaluate(
        """(field) => {
          for (const letter of "giấy phép xây nhà") {
            field.value += letter;
            field.dispatchEvent(new InputEvent("input", {bubbles: true, data: letter}));
          }
        }"""
    )
    expect(page.locator("#found a").first).to_be_visible()
    assert len(asked) == 1


def test_hostile_words_stay_text(page: Page) -> None:
    page.locator("#q").fill(HOSTILE)
    expect(page.get_by_role("status")).not_to_have_text("")
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("() => window.__xss") is None
    page.locator("#q").press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.locator("#q")).to_have_value(HOSTILE)
    assert HOSTILE in page.title()
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("() => window.__xss") is None


def test_the_search_is_used_by_keyboard(page: Page) -> None:
    page.locator("#q").focus()
    page.keyboard.type("khai sinh")
    expect(page.locator("#found a").first).to_be_visible()
    name = page.locator("#found a").first.inner_text()
    page.keyboard.press("ArrowDown")
    wait_for_focus(page, name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    page.go_back()
    expect(page.locator("#q")).to_have_value("khai sinh")
    expect(page.locator("#found a").first).to_have_text(name)


def test_results_are_reached_by_tab_too(page: Page) -> None:
    page.locator("#q").fill("khai sinh")
    expect(page.locator("#found a").first).to_be_visible()
    page.locator("#q").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == page.locator("#found a").first.inner_text()


def test_a_search_that_fails_is_told_in_words_and_can_be_tried_again(page: Page) -> None:
    page.route("**/results?*", lambda route: route.abort())
    page.locator("#q").fill("khai sinh")
    expect(page.get_by_role("status")).to_contain_text("Em chưa tìm được.")
    page.unroute("**/results?*")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.locator("#found a").first).to_be_visible()


def test_nothing_found_is_told_with_advice(page: Page, screenshot: Shot) -> None:
    page.locator("#q").fill("xyzzy qwrtp")
    expect(page.get_by_role("status")).to_contain_text("không tìm thấy")
    expect(page.locator("#found")).to_contain_text("Tổng đài 1022")
    screenshot(page, f"portal-nothing-{page.viewport_size['width']}")  # type: ignore[index]


def test_without_scripts_the_form_searches_and_leads_to_a_procedure(
    plain: Page, bot: RunningBot, screenshot: Shot
) -> None:
    plain.goto(bot.url)
    plain.get_by_label("Anh/chị cần làm việc gì?").fill("khai sinh")
    plain.get_by_role("button", name="Tìm", exact=True).click()
    plain.wait_for_url("**/?q=khai+sinh")
    expect(plain.get_by_role("status")).to_have_text(COUNT)
    screenshot(plain, "no-script-results")
    plain.locator("#found a").first.click()
    plain.wait_for_url("**/p/*")
    expect(plain.get_by_role("heading", level=1)).to_be_visible()


def test_without_scripts_fields_are_looked_through_page_by_page(
    plain: Page, bot: RunningBot
) -> None:
    plain.goto(bot.url)
    plain.get_by_role("link", name=re.compile("^Hộ tịch ")).first.click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Hộ tịch")
    first = plain.locator(".procedures a").first.inner_text()
    plain.get_by_role("link", name="Trang sau").click()
    expect(plain.locator(".pages")).to_contain_text("Trang 2 trong")
    assert plain.locator(".procedures a").first.inner_text() != first


def test_without_scripts_a_procedure_is_read_ticked_off_and_asked_for_a_commune(
    plain: Page, bot: RunningBot, screenshot: Shot
) -> None:
    plain.goto(f"{bot.url}/p/1.001193")
    boxes = plain.get_by_role("checkbox")
    assert boxes.count() >= 5
    plain.get_by_text("Giấy chứng sinh", exact=False).first.click()
    expect(boxes.first).to_be_checked()
    plain.get_by_role("combobox").fill("Tịnh Khê")
    plain.get_by_role("button", name="Xem nơi nộp").click()
    plain.wait_for_url("**xa=*")
    expect(plain.locator("main")).to_contain_text("Tịnh Khê")
    screenshot(plain, "no-script-procedure")


@pytest.mark.parametrize("address", ["/", "/p/1.001193", "/chat"])
def test_without_scripts_one_is_told_that_the_chat_needs_them_and_whom_to_call(
    plain: Page, bot: RunningBot, address: str
) -> None:
    plain.goto(bot.url + address)
    told = plain.locator("noscript .notice")
    expect(told).to_be_visible()
    expect(told).to_contain_text("khung hỏi đáp không mở được")
    expect(told).to_contain_text("1022")
    assert plain.locator("#tro-ly-thu-tuc").count() == 0


def test_on_paper_there_is_neither_header_nor_chat(
    new_context: Contexts, bot: RunningBot, screenshot: Shot
) -> None:
    page = new_context("desktop").new_page()
    page.goto(f"{bot.url}/p/1.001193")
    page.get_by_role("button", name="Hỏi trợ lý về thủ tục này").click()
    panel = page.locator('#tro-ly-thu-tuc [data-part="panel"]')
    expect(panel).to_be_visible()
    page.emulate_media(media="print")
    expect(panel).to_be_hidden()
    for away in ("header.site", "footer.site", ".crumbs", "main form", "main .actions"):
        expect(page.locator(away)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("checkbox").first).to_be_visible()
    screenshot(page, "print-procedure")


@pytest.mark.parametrize("address", ["/p/1.001193", "/p/1.001193?xa=T%E1%BB%8Bnh+Kh%C3%AA"])
def test_a_procedure_prints_on_few_pages_with_all_its_papers(
    new_context: Contexts, bot: RunningBot, address: str
) -> None:
    page = new_context("desktop").new_page()
    page.goto(bot.url + address)
    expect(page.locator("#tro-ly-thu-tuc")).to_be_attached()
    papers = page.locator(".boxes label").all_inner_texts()
    printed = Pdf(page.pdf(format="A4"))
    assert 1 <= printed.pages <= MOST_PAGES
    text = _pressed(printed.text)
    assert len(papers) >= 5
    assert [paper for paper in papers if _pressed(paper) not in text] == []
    assert _pressed("Đăng ký khai sinh lần đầu cho trẻ") in text
    assert _pressed("Mã thủ tục: 1.001193") in text
    for away in ("Hỏi trợ lý", "Trang trình diễn", "Xem nơi nộp", "Giấy phép phần mềm"):
        assert _pressed(away) not in text


def _pressed(text: str) -> str:
    """The text without its spaces, its letters composed."""
    return unicodedata.normalize("NFC", re.sub(r"\s+", "", text))
