"""The chat as a citizen uses it in a browser: a page object."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

# A turn takes a tenth of a second; two test runs share the machine.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


class Widget:
    """The chat on a page; `part("input")` is the element with `data-part="input"`."""

    def __init__(self, page: Page) -> None:
        """`page`: one that holds the widget, or will."""
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    @classmethod
    def on(cls, context: BrowserContext, address: str) -> Widget:
        """The open chat on a page of its own."""
        page = context.new_page()
        page.goto(address)
        widget = cls(page)
        widget.open()
        return widget

    def part(self, name: str) -> Locator:
        """An element of the widget by its name."""
        return self.page.locator(f'#tro-ly-thu-tuc [data-part="{name}"]')

    @property
    def width(self) -> int:
        """Width of the page in CSS pixels."""
        return int(self.page.evaluate("innerWidth"))

    def open(self) -> None:
        """Press the launcher."""
        self.part("launcher").click()
        expect(self.part("panel")).to_be_visible()

    @property
    def messages(self) -> Locator:
        """All messages but the greeting, oldest first."""
        return self.part("message")

    def said_by(self, who: str) -> list[str]:
        """The texts of "bot" or "citizen"."""
        return self.page.locator(
            f'#tro-ly-thu-tuc [data-part="message"][data-from="{who}"] .said'
        ).all_inner_texts()

    def wait_for_replies(self, count: int) -> list[str]:
        """Wait until the bot has said so many texts since the talk began; all of them."""
        bots = self.page.locator('#tro-ly-thu-tuc [data-part="message"][data-from="bot"]')
        expect(bots).to_have_count(count, timeout=PATIENCE_MS)
        return self.said_by("bot")

    def say(self, text: str) -> str:
        """Write a message and wait until its turn is over; the bot's newest text."""
        before = len(self.said_by("bot"))
        self.write(text)
        replies = self.page.locator('#tro-ly-thu-tuc [data-part="message"][data-from="bot"]')
        # A turn may have several.
        expect(replies.nth(before)).to_be_visible(timeout=PATIENCE_MS)
        # It is over when the server says so.
        on_its_way = self.page.locator('#tro-ly-thu-tuc [data-state="sending"]')
        expect(on_its_way).to_have_count(0)
        return self.said_by("bot")[-1]

    def write(self, text: str) -> None:
        """Write a message and send it."""
        self.part("input").fill(text)
        self.part("input").press("Enter")

    def press(self, title: str) -> None:
        """Press one of the offered buttons."""
        self.part("choices").get_by_role("button", name=title, exact=True).click()

    def choices(self) -> list[str]:
        """Titles of the buttons that are offered now."""
        return self.part("choices").get_by_role("button").all_inner_texts()
