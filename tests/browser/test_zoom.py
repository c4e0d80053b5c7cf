"""The chat and the pages stay whole when they are enlarged, on small screens and in all modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.line import Line
from tests.browser.widget import Widget
from tests.running_bot import RunningBot

PAPERS = "làm khai sinh cho con cần giấy tờ gì"
# The procedure with the longest list of papers.
LONGEST = "1.014199"
# What a browser makes of 1280 x 800 at 200 % and at 400 %, and a phone on its side.
VIEWS: dict[str, dict[str, Any]] = {
    "zoom-200": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "zoom-400": {"viewport": {"width": 320, "height": 200}, "device_scale_factor": 4},
    "landscape": {"viewport": {"width": 568, "height": 320}, "is_mobile": True, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 568}, "is_mobile": True, "has_touch": True},
}
# Elements of the open chat that are wider than their place, or stick out of the panel.
CUT = """() => {
  const root = document.getElementById("tro-ly-thu-tuc").shadowRoot;
  const panel = root.querySelector('[data-part="panel"]');
  const edge = panel.getBoundingClientRect();
  const wrong = [];
  for (const each of [panel, ...panel.querySelectorAll("*")]) {
    if (each.closest(".unseen") || each.closest("svg") || !each.getClientRects().length) continue;
    const name = each.dataset.part || each.className || each.localName;
    const box = each.getBoundingClientRect();
    if (box.left < edge.left - 1 || box.right > edge.right + 1) wrong.push(`${name} sticks out`);
    const clips = getComputedStyle(each).overflowX !== "visible";
    if (clips && each.scrollWidth > each.clientWidth) wrong.push(`${name} is cut`);
  }
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) wrong.push("the page scrolls sideways");
  if (edge.left < 0 || edge.right > innerWidth + 1 || edge.top < 0 || edge.bottom > innerHeight + 1)
    wrong.push("the panel is not in the window");
  return wrong;
}"""
# What the empty field says of itself is narrower than the field.
LEGIBLE = """(field) => {
  const style = getComputedStyle(field);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pen.measureText(field.placeholder).width <= room;
}"""
REACHABLE = """(field) => {
  const box = field.getBoundingClientRect();
  const at = field.getRootNode().elementFromPoint(
    box.left + box.width / 2, box.top + box.height / 2);
  return at === field && box.top >= 0 && box.bottom <= innerHeight && box.width >= 100;
}"""
SMALL = """(least) => {
  const root = document.getElementById("tro-ly-thu-tuc").shadowRoot;
  return [...root.querySelectorAll("button, label.choice, [data-part='checklist']")]
    .filter((each) => each.getClientRects().length)
    .map((each) => ({name: each.dataset.part || each.innerText, box: each.getBoundingClientRect()}))
    .filter(({box}) => box.width < least - 0.5 || box.height < least - 0.5)
    .map(({name, box}) => `${name}: ${box.width} x ${box.height}`);
}"""
MOVING = """() => {
  const root = document.getElementById("tro-ly-thu-tuc").shadowRoot;
  const all = [...document.getAnimations(), ...(root.getAnimations?.() ?? [])];
  return all.filter((each) => each.playState === "running").length;
}"""

pytestmark = pytest.mark.e2e

Shot = Callable[[Page, str], None]
OpenWidget = Callable[..., Widget]


def enlarge(widget: Widget) -> None:
    """Letters of 150 %."""
    widget.part("menu-button").click()
    widget.part("text-size-up").click()
    widget.part("text-size-up").click()
    widget.part("menu-button").click()


def narrowest(widget: Widget, part: str) -> float:
    """The smaller of a part's width and height."""
    box = widget.part(part).bounding_box()
    assert box is not None
    return min(box["width"], box["height"])


@pytest.mark.parametrize("letters", [100, 150])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_of_the_chat_is_cut_when_enlarged(
    open_widget: OpenWidget, view: str, letters: int, screenshot: Shot
) -> None:
    widget = open_widget("desktop", f"/p/{LONGEST}", **VIEWS[view])
    page = widget.page
    widget.wait_for_replies(1)  # on the page's procedure
    if letters == 150:
        enlarge(widget)
    widget.say("cần giấy tờ gì")
    widget.say("cần chuẩn bị những gì, in ra cho tôi")
    expect(widget.part("checklist").last).to_be_attached()
    widget.part("log").evaluate("(log) => { log.scrollTop = log.scrollHeight; }")
    assert page.evaluate(CUT) == []
    assert widget.part("input").evaluate(REACHABLE)
    assert widget.part("input").evaluate(LEGIBLE)
    screenshot(page, f"{view}-{letters}-answer")
    widget.part("rate-bad").last.click()
    widget.part("rate-form").scroll_into_view_if_needed()
    assert page.evaluate(CUT) == []
    widget.part("rate-cancel").click()
    widget.part("menu-button").click()
    widget.part("erase").click()
    assert page.evaluate(CUT) == []
    widget.part("erase-confirm").scroll_into_view_if_needed()
    screenshot(page, f"{view}-{letters}-menu")
    widget.part("close").click()
    expect(widget.part("launcher")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "address", ["/", "/?q=khai+sinh", f"/p/{LONGEST}", "/p/1.001193?xa=B%C3%ACnh+H%E1%BA%A3i"]
)
def test_the_portals_pages_do_not_scroll_sideways(
    new_context: Callable[..., BrowserContext], bot: RunningBot, view: str, address: str
) -> None:
    page = new_context("desktop", **VIEWS[view]).new_page()
    page.goto(bot.url + address)
    for summary in page.locator("summary").all():
        summary.click()
    width = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    # Letters twice as large, the window as it is (WCAG 1.4.4).
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_letters_twice_as_large_in_the_browsers_settings_enlarge_the_chat(
    open_widget: OpenWidget,
) -> None:
    """A page of its own size of letters does not make the chat's smaller."""
    widget = open_widget("desktop")
    widget.page.evaluate("() => { document.documentElement.style.fontSize = '8px'; }")
    size = "(input) => parseFloat(getComputedStyle(input).fontSize)"
    assert widget.part("input").evaluate(size) == 16
    enlarge(widget)
    assert widget.part("input").evaluate(size) == 24


@pytest.mark.parametrize("percent", [150, 200])
def test_css_zoom_of_the_whole_page_leaves_the_chat_usable(
    new_context: Callable[..., BrowserContext], bot: RunningBot, percent: int, screenshot: Shot
) -> None:
    """Some portals have buttons of their own that enlarge all of the page."""
    page = new_context("desktop").new_page()
    page.goto(bot.url)
    page.evaluate(f"() => {{ document.documentElement.style.zoom = '{percent}%'; }}")
    widget = Widget(page)
    widget.open()
    widget.say(PAPERS)
    assert page.evaluate(CUT) == []
    expect(widget.part("input")).to_be_in_viewport(ratio=1)
    expect(widget.part("close")).to_be_in_viewport(ratio=1)
    expect(widget.messages.first).to_be_in_viewport()
    screenshot(page, f"css-zoom-{percent}")


def test_text_spacing_of_readers_with_dyslexia_cuts_nothing(open_widget: OpenWidget) -> None:
    """WCAG 1.4.12, put onto the chat's root as an extension of the browser does."""
    widget = open_widget("narrow")
    widget.say(PAPERS)
    widget.page.evaluate(
        """() => {
          const root = document.getElementById("tro-ly-thu-tuc").shadowRoot;
          const style = document.createElement("style");
          style.textContent = `* { line-height: 1.5 !important; letter-spacing: .12em !important;
            word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`;
          root.append(style);
        }"""
    )
    assert widget.page.evaluate(CUT) == []
    widget.part("menu-button").click()
    assert widget.page.evaluate(CUT) == []


def test_buttons_are_large_enough_for_a_finger(widget: Widget) -> None:
    page = widget.page
    widget.say("tôi muốn làm sổ đỏ")
    assert page.evaluate(SMALL, 44) == []
    widget.say("xin chào")
    widget.say(PAPERS)
    widget.part("rate-bad").last.click()
    expect(widget.part("rate-form")).to_be_visible()
    assert page.evaluate(SMALL, 24) == []
    main = ("send", "input", "menu-button", "close", "rate-send", "rate-cancel")
    assert [part for part in main if narrowest(widget, part) < 44] == []
    widget.part("menu-button").click()
    assert page.evaluate(SMALL, 44) == []
    widget.part("close").click()
    assert narrowest(widget, "launcher") >= 44


def test_nothing_moves_for_whoever_wants_no_motion(
    new_context: Callable[..., BrowserContext], line: Line
) -> None:
    moving = {}
    for motion in ("reduce", "no-preference"):
        page = new_context("desktop", reduced_motion=motion).new_page()
        page.goto(line.url)
        widget = Widget(page)
        widget.open()
        widget.say("xin chào")
        line.lose_answers()
        widget.write(PAPERS)
        expect(widget.part("typing")).to_be_visible()
        moving[motion] = page.evaluate(MOVING)
        line.mend()
    assert moving["reduce"] == 0
    assert moving["no-preference"] == 3


def test_more_contrast_is_given_where_the_system_asks_for_it(
    open_widget: OpenWidget, screenshot: Shot
) -> None:
    widget = open_widget("desktop", contrast="more")
    widget.say(PAPERS)
    colour = "(element) => getComputedStyle(element).color"
    assert widget.part("log").evaluate(colour) == "rgb(0, 0, 0)"
    assert widget.messages.locator("time").first.evaluate(colour) == "rgb(0, 0, 0)"
    screenshot(widget.page, "prefers-contrast")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_borders_and_words(
    open_widget: OpenWidget, scheme: str, screenshot: Shot
) -> None:
    widget = open_widget("desktop", forced_colors="active", color_scheme=scheme)
    widget.say(PAPERS)
    border = "(element) => parseFloat(getComputedStyle(element).borderTopWidth)"
    for part in ("panel", "input", "send"):
        assert widget.part(part).evaluate(border) >= 1, part
    assert widget.part("choices").get_by_role("button").first.evaluate(border) >= 1
    assert widget.page.locator(".bubble").first.evaluate(border) >= 1
    screenshot(widget.page, f"forced-colours-{scheme}")
    widget.part("menu-button").click()
    expect(widget.part("sound")).to_contain_text("tắt")
    widget.part("contrast").click()
    expect(widget.part("contrast")).to_contain_text("bật")
    screenshot(widget.page, f"forced-colours-{scheme}-menu")


def test_states_are_told_in_words_and_not_by_colour_alone(
    new_context: Callable[..., BrowserContext], line: Line
) -> None:
    page = new_context("desktop").new_page()
    page.goto(line.url)
    widget = Widget(page)
    widget.open()
    widget.say("xin chào")
    widget.part("menu-button").click()
    expect(widget.part("contrast")).to_contain_text("tắt")
    widget.part("contrast").click()
    expect(widget.part("contrast")).to_contain_text("bật")
    widget.part("menu-button").click()
    widget.part("input").evaluate("(field) => field.removeAttribute('maxlength')")
    widget.write("a" * 2001)
    expect(widget.messages.last).to_contain_text("Chưa gửi được tin này.")
    widget.part("discard").click()
    line.cut()
    expect(widget.part("status")).to_have_text(
        "Mất kết nối. Em đang nối lại, tin chưa gửi vẫn được giữ."
    )
    widget.write(PAPERS)
    expect(widget.messages.last).to_contain_text("Chờ gửi")
    widget.part("close").click()
    line.mend()
    expect(widget.part("unread")).to_have_text("1 tin mới")
