"""The chat is there as soon as the page is, on slow lines and old phones, too."""

from __future__ import annotations

import gzip
import statistics
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from bot.http.assets import WEB
from tests.browser.loading import CONDITIONS, Conditions, visits
from tests.running_bot import RunningBot

pytestmark = pytest.mark.alone

VISITS = 3
# Milliseconds.
AFTER_PAGE, PANEL, REPLY = 1000, 1000, 6000
LARGEST_SCRIPT = 45 * 1024


@pytest.mark.parametrize("conditions", CONDITIONS, ids=lambda conditions: conditions.name)
def test_the_chat_can_be_used_within_a_second_after_the_page_is_ready(
    bot: RunningBot, new_context: Callable[..., BrowserContext], conditions: Conditions
) -> None:
    waited = visits(new_context, f"{bot.url}/", conditions, VISITS)
    # The load event waits for the script itself; that a page can be read is told before.
    assert statistics.median(one.launcher_after_content for one in waited) < AFTER_PAGE
    assert statistics.median(one.launcher_after_load for one in waited) < AFTER_PAGE
    # The panel needs no network: it is open at once, whatever the line is like.
    assert statistics.median(one.panel for one in waited) < PANEL
    # The line is only made then, and a first message has to wait for it.
    assert statistics.median(one.reply for one in waited) < REPLY


def test_the_script_is_small() -> None:
    packed = gzip.compress((WEB / "dist" / "widget.js").read_bytes(), compresslevel=9, mtime=0)
    assert len(packed) < LARGEST_SCRIPT
