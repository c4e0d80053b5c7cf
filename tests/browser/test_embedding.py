"""The chat on a portal's pages: strict policies, foreign scripts and styles, frames, old tokens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.channels.web_sessions import new_session, session_of, sign
from tests.browser.portal import Portal, Served, running_portal
from tests.browser.widget import Widget
from tests.running_bot import TEST_SECRET, RunningBot, running_bot

NewContext = Callable[..., BrowserContext]
Screenshot = Callable[[Page, str], None]

QUESTION = "đăng ký tạm trú cần giấy tờ gì"
TOKEN = "tro-ly-thu-tuc:session"
# Seen by all scripts and styles of a page before any of them runs.
LISTEN = """
window.__violations = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
window.__errors = [];
window.addEventListener('error', (event) => window.__errors.push(event.message));
window.addEventListener('unhandledrejection', (event) => window.__errors.push(`${event.reason}`));
"""
NO_STORAGE = """
for (const kind of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, kind, {
    get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
  });
}
"""


@pytest.fixture(scope="module")
def bot(
    seeded_file: Path, portal: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    """A bot whose chat the portal may hold."""
    folder = tmp_path_factory.mktemp("embedding")
    shutil.copyfile(seeded_file, folder / "bot.db")
    with running_bot(folder, BOT_ALLOWED_ORIGINS=portal.url) as running:
        yield running


@pytest.fixture(scope="module")
def stranger() -> Iterator[Portal]:
    """Pages of an origin that the bot's settings do not name."""
    with running_portal() as running:
        yield running


def tag(bot: RunningBot, options: str = "") -> str:
    return f'<script src="{bot.url}/widget.js" {options}></script>'


def html(body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Cổng</title>{head}'
        f"</head><body><h1>Cổng dịch vụ công</h1>{body}</body></html>"
    )


@pytest.fixture
def visit(new_context: NewContext, portal: Portal) -> Callable[..., Widget]:
    """`visit(html, headers)`: opens a page of the portal and says what the browser objects to."""

    def open_page(body: str, *, at: Portal = portal, script: str = "", **headers: str) -> Widget:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        at.pages["/page"] = Served(body, named)
        context = new_context()
        context.add_init_script(LISTEN + script)
        page = context.new_page()
        page.goto(f"{at.url}/page")
        return Widget(page)

    return open_page


def assert_no_objections(widget: Widget) -> None:
    """Neither the page's policy nor a script of it has found fault with the widget."""
    assert widget.page.evaluate("window.__violations") == []
    assert widget.page.evaluate("window.__errors") == []


def assert_answers(widget: Widget) -> None:
    """The chat says what is asked of it and shows no complaint of the line."""
    assert "tạm trú" in widget.say(QUESTION)
    expect(widget.part("status")).to_have_text("")


def strict_policy(bot: RunningBot) -> str:
    socket = bot.url.replace("http:", "ws:")
    return (
        f"default-src 'none'; script-src {bot.url}; connect-src {bot.url} {socket}; "
        "require-trusted-types-for 'script'"
    )


def test_the_strictest_policy_of_a_page_has_nothing_to_object_to(
    bot: RunningBot, visit: Callable[..., Widget], screenshot: Screenshot
) -> None:
    widget = visit(html(tag(bot, "async")), Content_Security_Policy=strict_policy(bot))
    said: list[str] = []
    widget.page.on("console", lambda message: said.append(message.text))
    widget.open()
    assert_answers(widget)
    # All that draws, stores, copies and downloads.
    widget.part("rate-bad").click()
    widget.part("rate-reason").first.check()
    widget.part("rate-send").click()
    expect(widget.part("rate-form")).to_have_count(0)
    widget.part("copy").click()
    widget.part("menu-button").click()
    for part in ("text-size-up", "contrast", "sound"):
        widget.part(part).click()
    with widget.page.expect_download():
        widget.part("download").click()
    screenshot(widget.page, "desktop-strict-policy")
    assert_no_objections(widget)
    assert said == []
    # It looks as it should: styles are not what the policy is silent about.
    launcher = "getComputedStyle(document.querySelector('#tro-ly-thu-tuc').shadowRoot"
    panel = f"{launcher}.querySelector('[data-part=\"panel\"]')).position"
    assert widget.page.evaluate(panel) == "fixed"


def test_other_scripts_of_a_page_neither_harm_the_chat_nor_are_harmed(
    bot: RunningBot, visit: Callable[..., Widget]
) -> None:
    before = """<script>
    Array.prototype.last = function () { return this[this.length - 1]; };
    Object.prototype.extended = function () { return 'extended'; };
    String.prototype.format = function () { return 'formatted'; };
    Element.prototype.remove = Element.prototype.remove;
    window.io = () => { throw new Error('not this io'); };
    window.$ = window.jQuery = () => { throw new Error('not this $'); };
    window.h = window.preact = window.render = 'taken';
    window.name = 'taken';
    window.before = Object.getOwnPropertyNames(window);
    </script>"""
    widget = visit(html(before + tag(bot)))
    widget.open()
    assert_answers(widget)
    widget.part("menu-button").click()
    expect(widget.part("about")).to_be_visible()
    assert_no_objections(widget)
    added = widget.page.evaluate(
        "Object.getOwnPropertyNames(window).filter((name) => !window.before.includes(name))"
    )
    assert set(added) - {"before"} == {"TroLyThuTuc"}
    assert widget.page.evaluate("[window.$.name, window.io.length, window.h]")[2] == "taken"


@pytest.mark.parametrize(
    "rules",
    [
        # (A page whose root is not displayed shows nothing whatever.)
        "body, body * {font-size: 40px !important; color: red !important}"
        " body * {display: none !important; all: unset !important}",
        "div {display: none; position: static; transform: scale(3); opacity: 0.1}"
        " button {display: none} textarea {width: 5px}",
        "body > * {visibility: hidden; pointer-events: none; width: 10px; overflow: hidden}"
        " body {font-size: 40px; line-height: 4; direction: rtl; color: red}",
        "html {font-size: 62.5%}",
    ],
    ids=["all", "elements", "body", "root"],
)
def test_styles_of_a_page_do_not_reach_into_the_chat(
    bot: RunningBot,
    visit: Callable[..., Widget],
    screenshot: Screenshot,
    request: pytest.FixtureRequest,
    rules: str,
) -> None:
    plain = visit(html(tag(bot)))
    plain.open()
    wanted = looks(plain)
    widget = visit(html(tag(bot), f"<style>{rules}</style>"))
    widget.open()
    screenshot(widget.page, f"desktop-foreign-style-{request.node.callspec.id}")
    assert looks(widget) == wanted
    assert_answers(widget)


def looks(widget: Widget) -> dict[str, object]:
    """Where the panel and the input are, and how their text looks."""
    found: dict[str, object] = widget.page.evaluate(
        """() => {
          const root = document.querySelector('#tro-ly-thu-tuc').shadowRoot, seen = {};
          for (const part of ['panel', 'input', 'send', 'greeting', 'notice', 'close']) {
            const element = root.querySelector(`[data-part="${part}"]`);
            const { x, y, width, height } = element.getBoundingClientRect();
            const { fontSize, color, direction, visibility } = getComputedStyle(element);
            seen[part] = [x, y, width, height, fontSize, color, direction, visibility].join(' ');
          }
          return seen;
        }"""
    )
    return found


def test_the_chat_is_there_once_however_often_its_tag_is(
    bot: RunningBot, visit: Callable[..., Widget]
) -> None:
    widget = visit(html(tag(bot, "async") + tag(bot), tag(bot, "defer")))
    widget.open()
    expect(widget.page.locator("#tro-ly-thu-tuc")).to_have_count(1)
    assert_answers(widget)
    expect(widget.messages).to_have_count(2)
    assert_no_objections(widget)


@pytest.mark.parametrize("options", ["", "async", "defer", 'async defer type="text/javascript"'])
def test_the_tag_may_stand_in_the_head(
    bot: RunningBot, visit: Callable[..., Widget], options: str
) -> None:
    widget = visit(html("<p>Trang</p>", tag(bot, f'{options} data-title="Hỏi đáp"')))
    widget.open()
    expect(widget.page.get_by_role("dialog", name="Hỏi đáp")).to_be_visible()
    assert_no_objections(widget)


def test_a_tag_that_a_script_puts_in_works_with_its_options(
    bot: RunningBot, visit: Callable[..., Widget]
) -> None:
    loader = f"""<script>
    addEventListener('load', () => {{
      const tag = document.createElement('script');
      tag.src = '{bot.url}/widget.js';
      tag.dataset.title = 'Hỏi đáp';
      document.head.append(tag);
    }});
    </script>"""
    widget = visit(html(loader))
    widget.open()
    expect(widget.page.get_by_role("dialog", name="Hỏi đáp")).to_be_visible()
    assert_answers(widget)


def test_wrong_options_are_reported_and_the_chat_works_without_them(
    bot: RunningBot, new_context: NewContext, portal: Portal
) -> None:
    wrong = {
        "colour": "red",
        "position": "top",
        "target": "#nowhere",
        "procedure": "1.0011",
        "language": "fr",
        "open": "1",
        "shared-device": "true",
        "link-hosts": "https://a.vn/x",
        "title": " ",
    }
    options = " ".join(f'data-{name}="{escape(value)}"' for name, value in wrong.items())
    portal.pages["/page"] = Served(html(tag(bot, options)))
    page = new_context().new_page()
    warnings: list[str] = []
    page.on("console", lambda m: warnings.append(m.text) if m.type == "warning" else None)
    page.goto(f"{portal.url}/page")
    widget = Widget(page)
    widget.open()
    for name in wrong:
        assert len([text for text in warnings if f"data-{name}=" in text]) == 1, name
    expect(page.get_by_role("dialog", name="Trợ lý thủ tục hành chính")).to_be_visible()
    assert_answers(widget)


@pytest.mark.parametrize("script", ["", NO_STORAGE], ids=["storage", "storage blocked"])
def test_the_chat_page_works_in_a_frame_of_the_portal(
    bot: RunningBot, new_context: NewContext, portal: Portal, screenshot: Screenshot, script: str
) -> None:
    frame = (
        f'<iframe src="{bot.url}/chat?procedure=1.004194" title="Trợ lý" width="420" height="600">'
    )
    portal.pages["/page"] = Served(html(f"{frame}</iframe>"))
    context = new_context()
    context.add_init_script(script)
    page = context.new_page()
    page.goto(f"{portal.url}/page")
    inside = page.frame_locator("iframe").locator("#tro-ly-thu-tuc")
    answer = inside.locator('[data-part="message"][data-from="bot"]')
    # The page told the bot what it is about, and it asks what is wanted to be known.
    expect(answer).to_have_count(1, timeout=20_000)
    expect(answer).to_contain_text("tạm trú", ignore_case=True)
    inside.locator('[data-part="input"]').fill("phí bao nhiêu")
    inside.locator('[data-part="input"]').press("Enter")
    expect(answer).to_have_count(2, timeout=20_000)
    expect(answer.last).to_contain_text("phí", ignore_case=True)
    screenshot(page, "desktop-frame")


def test_a_page_with_the_chat_works_in_a_frame_of_another_site(
    bot: RunningBot, new_context: NewContext, portal: Portal, stranger: Portal
) -> None:
    portal.pages["/page"] = Served(html(tag(bot)))
    address = f"http://localhost:{stranger.port}/frame"
    stranger.pages["/frame"] = Served(
        html(f'<iframe src="{portal.url}/page" width="600" height="700"></iframe>')
    )
    page = new_context().new_page()
    page.goto(address)
    inside = page.frame_locator("iframe").locator("#tro-ly-thu-tuc")
    inside.locator('[data-part="launcher"]').click()
    inside.locator('[data-part="input"]').fill(QUESTION)
    inside.locator('[data-part="input"]').press("Enter")
    answer = inside.locator('[data-part="message"][data-from="bot"]')
    expect(answer).to_contain_text("tạm trú", timeout=20_000)


def test_pages_of_the_bot_stand_in_no_frame_of_a_foreign_site(
    bot: RunningBot, new_context: NewContext, stranger: Portal
) -> None:
    for path in ("/", "/chat", "/p/1.004194"):
        stranger.pages["/frame"] = Served(html(f'<iframe src="{bot.url}{path}"></iframe>'))
        page = new_context().new_page()
        refused: list[str] = []
        page.on("console", lambda message, into=refused: into.append(message.text))
        page.goto(f"{stranger.url}/frame")
        expect(page.frame_locator("iframe").locator("#tro-ly-thu-tuc, #main")).to_have_count(0)
        assert any("frame-ancestors" in text for text in refused), (path, refused)


def test_the_chat_works_for_a_pages_life_where_nothing_may_be_stored(
    bot: RunningBot, visit: Callable[..., Widget]
) -> None:
    widget = visit(html(tag(bot)), script=NO_STORAGE)
    widget.open()
    assert_answers(widget)
    assert "phí" in widget.say("phí bao nhiêu").lower()
    widget.part("menu-button").click()
    widget.part("text-size-up").click()
    widget.part("menu-button").click()
    widget.part("close").click()
    widget.open()
    expect(widget.messages).to_have_count(4)
    # The same session when the line comes back: the token lives in the page.
    widget.page.evaluate("window.dispatchEvent(new Event('online'))")
    assert "tạm trú" in widget.say("nộp ở đâu").lower() or widget.said_by("bot")[-1]
    assert_no_objections(widget)
    widget.page.reload()
    widget.open()
    expect(widget.messages).to_have_count(0)


def test_a_page_of_a_foreign_origin_gets_no_connection_and_says_so_in_words(
    bot: RunningBot, visit: Callable[..., Widget], stranger: Portal, screenshot: Screenshot
) -> None:
    widget = visit(html(tag(bot)), at=stranger)
    widget.open()
    widget.write(QUESTION)
    expect(widget.part("status")).to_contain_text("1022", timeout=12_000)
    expect(widget.part("status")).to_contain_text("chưa kết nối được")
    expect(widget.messages).to_have_count(1)
    expect(widget.messages).to_contain_text("Chờ gửi")
    assert widget.said_by("bot") == []
    screenshot(widget.page, "desktop-foreign-origin")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "deadbeef.0000",
        f"{'a' * 32}.{'b' * 32}",
        '{"toString": 1}',
        "đ" * 5000,
        "<script>alert(1)</script>.0",
        sign("a" * 32, "the secret of before it was changed"),
    ],
    ids=["short", "wrong", "looks-right", "json", "long", "html", "another-secret"],
)
def test_a_token_that_the_bot_did_not_sign_is_replaced(
    bot: RunningBot, visit: Callable[..., Widget], token: str
) -> None:
    widget = visit(html(tag(bot)))
    widget.page.evaluate("([name, value]) => localStorage.setItem(name, value)", [TOKEN, token])
    widget.open()
    assert_answers(widget)
    kept = widget.page.evaluate("name => localStorage.getItem(name)", TOKEN)
    assert kept != token
    assert session_of(kept) != session_of(token)
    widget.page.reload()
    expect(widget.messages).to_have_count(2)
    assert widget.page.evaluate("name => localStorage.getItem(name)", TOKEN) == kept


def test_a_token_that_is_exchanged_in_mid_talk_opens_nothing_of_anybody_else(
    bot: RunningBot, visit: Callable[..., Widget]
) -> None:
    owner = visit(html(tag(bot)))
    owner.open()
    owner.say(QUESTION)
    kept = owner.page.evaluate("name => localStorage.getItem(name)", TOKEN)
    thief = visit(html(tag(bot)))
    thief.open()
    thief.say("xin chào")
    forged = f"{session_of(kept)}.{session_of(new_session(TEST_SECRET))}"
    thief.page.evaluate("([name, value]) => localStorage.setItem(name, value)", [TOKEN, forged])
    thief.page.reload()
    # The panel is open again and shows what a new conversation shows.
    expect(thief.part("greeting")).to_be_visible()
    assert_answers(thief)
    expect(thief.messages).to_have_count(2)
    got = thief.page.evaluate("name => localStorage.getItem(name)", TOKEN)
    assert session_of(got) != session_of(kept)
