"""Chromium, a portal of another origin, and a bot that the portal's pages may use.

Playwright's event loop runs as long as it is open, and others of the same process could not start
theirs: it is opened for each file of tests and closed behind it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.settings import PROJECT_ROOT
from tests.browser.line import Line, line_to
from tests.browser.portal import Portal, running_portal
from tests.browser.widget import Widget
from tests.running_bot import RunningBot, running_bot

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
# The narrowest that WCAG asks for (1.4.10), which is 1280 px at a zoom of 400 %.
NARROW = {**PHONE, "viewport": {"width": 320, "height": 568}}
SIZES = {"desktop": DESKTOP, "phone": PHONE, "narrow": NARROW}
SCREENSHOTS = PROJECT_ROOT / "var" / "screenshots"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The pages of a province's portal, at an address of their own."""
    with running_portal() as running:
        yield running


@pytest.fixture(scope="session")
def bot(
    prepared_folder: Path, portal: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    """A bot with a filled catalogue whose chat the portal may hold."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copyfile(prepared_folder / "bot.db", folder / "bot.db")
    # What waits for staff must not become a ticket because it is evening where the tests run.
    settings = {"BOT_ALLOWED_ORIGINS": portal.url, "BOT_SUPPORT_HOURS": "always"}
    with running_bot(folder, **settings) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium: Playwright would download one of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        reason = "Chromium is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers of citizens: `new_context("phone", java_script_enabled=False, …)`."""
    contexts: list[BrowserContext] = []

    def new(size: str = "desktop", **settings: object) -> BrowserContext:
        chosen = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", **SIZES[size], **settings}
        contexts.append(chromium.new_context(**chosen))  # type: ignore[arg-type]
        return contexts[-1]

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def open_widget(
    new_context: Callable[..., BrowserContext], bot: RunningBot
) -> Callable[..., Widget]:
    """Opens the bot's demo page in a browser of its own, and the chat on it."""

    def open_one(size: str = "desktop", path: str = "/", **settings: object) -> Widget:
        return Widget.on(new_context(size, **settings), bot.url + path)

    return open_one


@pytest.fixture
def line(bot: RunningBot) -> Iterator[Line]:
    """A line to the bot that can be slow, and break."""
    with line_to(bot.port) as made:
        yield made


@pytest.fixture(params=["desktop", "phone"])
def widget(request: pytest.FixtureRequest, open_widget: Callable[..., Widget]) -> Widget:
    """The open chat on the demo page, on a desktop and on a phone."""
    return open_widget(request.param)


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps what a page looks like below `var/screenshots`, for people to look at."""

    def keep(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return keep
