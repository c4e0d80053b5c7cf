"""How long citizens wait for the chat on a slow line or an old phone, measured in Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

QUESTION = "đăng ký tạm trú cần giấy tờ gì"
PATIENCE_MS = 60_000
_PART = "document.querySelector('#tro-ly-thu-tuc')?.shadowRoot?.querySelector('[data-part={}]')"
# The moment at which the launcher is drawn and can be pressed, noted by the page itself.
_NOTE = f"""
const look = () => {{
  const launcher = {_PART.format("launcher")};
  if (launcher && launcher.getClientRects().length > 0) window.__launcher = performance.now();
  else requestAnimationFrame(look);
}};
requestAnimationFrame(look);
addEventListener('DOMContentLoaded', () => {{ window.__content = performance.now(); }});
addEventListener('load', () => {{ window.__load = performance.now(); }});
"""
_OPEN = f"""() => new Promise((resolve) => {{
  const start = performance.now();
  {_PART.format("launcher")}.click();
  const look = () => {{
    const input = {_PART.format("input")}, greeting = {_PART.format("greeting")};
    const focused = input && input.getRootNode().activeElement === input;
    if (focused && greeting?.getClientRects().length) resolve(performance.now() - start);
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})"""


@dataclass(frozen=True)
class Conditions:
    """A line and a device: kbit/s in each direction, milliseconds of latency, times slower."""

    name: str
    kbits: int = 0
    latency_ms: int = 0
    slower: int = 1


DESK = Conditions("cable, desktop")
SLOW_LINE = Conditions("slow 3G (400 kbit/s, 400 ms), desktop", 400, 400)
OLD_PHONE = Conditions("cable, device 4 times slower", slower=4)
SLOW_LINE_OLD_PHONE = Conditions("slow 3G, device 4 times slower", 400, 400, 4)
CONDITIONS = (DESK, SLOW_LINE, OLD_PHONE, SLOW_LINE_OLD_PHONE)


@dataclass(frozen=True)
class Waiting:
    """Milliseconds: the page's events since its start; the launcher behind each (0: before it);
    from the press to the panel that can be written in; from the first message to its reply.
    """

    content: float
    load: float
    launcher_after_content: float
    launcher_after_load: float
    panel: float
    reply: float


def visit(page: Page, address: str, conditions: Conditions) -> Waiting:
    """Open a page in a browser that has seen nothing of it yet, and say something at once."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    if conditions.kbits:
        bytes_a_second = conditions.kbits * 1000 / 8
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": conditions.latency_ms,
                "downloadThroughput": bytes_a_second,
                "uploadThroughput": bytes_a_second,
            },
        )
    session.send("Emulation.setCPUThrottlingRate", {"rate": conditions.slower})
    page.add_init_script(_NOTE)
    page.goto(address, timeout=PATIENCE_MS)
    page.wait_for_function("window.__launcher && window.__load", timeout=PATIENCE_MS)
    content, load, launcher = page.evaluate("[window.__content, window.__load, window.__launcher]")
    panel = page.evaluate(_OPEN)
    chat = page.locator("#tro-ly-thu-tuc")
    chat.locator('[data-part="input"]').fill(QUESTION)
    start = time.perf_counter()
    chat.locator('[data-part="input"]').press("Enter")
    answer = chat.locator('[data-part="message"][data-from="bot"]').first
    answer.wait_for(timeout=PATIENCE_MS)
    reply = 1000 * (time.perf_counter() - start)
    return Waiting(
        content, load, max(0.0, launcher - content), max(0.0, launcher - load), panel, reply
    )


def visits(
    new_context: Callable[[], BrowserContext], address: str, conditions: Conditions, count: int
) -> list[Waiting]:
    """Several first visits, each in a browser without a cache."""
    waited = []
    for _ in range(count):
        context = new_context()
        waited.append(visit(context.new_page(), address, conditions))
        context.close()
    return waited
