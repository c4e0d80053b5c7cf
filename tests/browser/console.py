"""The staff's console as an operator uses it in a browser: a page object."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.widget import PATIENCE_MS

PATH = "/console/"


class Console:
    """The console on a page; `part("answer")` is the element with `data-part="answer"`."""

    def __init__(self, page: Page) -> None:
        """`page`: one that shows the console, or will."""
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    @classmethod
    def on(cls, context: BrowserContext, url: str) -> Console:
        """The console of a bot on a page of its own, before anybody has signed in."""
        page = context.new_page()
        page.goto(url + PATH)
        console = cls(page)
        expect(console.part("sign-in")).to_be_visible()
        return console

    def part(self, name: str) -> Locator:
        """An element by its name."""
        return self.page.locator(f'[data-part="{name}"]')

    def try_to_sign_in(self, name: str, password: str) -> None:
        """Fill in the form and send it."""
        self.part("name").fill(name)
        self.part("password").fill(password)
        self.part("sign-in").click()

    def sign_in(self, name: str, password: str) -> None:
        """Sign in, and wait for the first look at the queue."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/console/api/queue")):
            self.try_to_sign_in(name, password)
        expect(self.part("on-duty-count")).not_to_be_empty()

    @property
    def talks(self) -> Locator:
        """The talks that wait, the next one first."""
        return self.part("waiting").locator("li")

    def waiting(self) -> list[tuple[str, str]]:
        """Place and need of the talks that wait: ("Thứ 1", "làm khai sinh")."""
        return [
            (
                talk.locator('[data-part="place"]').inner_text(),
                talk.locator('[data-part="need"]').inner_text(),
            )
            for talk in self.talks.all()
        ]

    def wait_for(self, need: str) -> Locator:
        """The waiting talk with a need, as soon as the queue shows it."""
        talk = self.talks.filter(has_text=need)
        expect(talk).to_have_count(1)
        return talk

    def press_claim(self, index: int = 0) -> None:
        """Ask for a waiting talk."""
        self.talks.nth(index).locator('[data-part="claim"]').click()

    def claim(self, index: int = 0) -> None:
        """Take a waiting talk, which then is open."""
        self.press_claim(index)
        expect(self.part("answer")).to_be_visible()

    def claim_of(self, need: str) -> None:
        """Take the waiting talk with a need."""
        self.wait_for(need).locator('[data-part="claim"]').click()
        # Another talk may be open until then.
        expect(self.part("talk")).to_contain_text(need)
        expect(self.part("answer")).to_be_visible()

    def open_mine(self, need: str) -> None:
        """Open the operator's own talk with a need."""
        mine = self.part("mine").locator("li", has_text=need)
        mine.locator('[data-part="open"]').click()
        expect(self.part("talk")).to_contain_text(need)

    @property
    def said(self) -> Locator:
        """The texts of the open talk, the oldest first."""
        return self.part("line").locator('[data-part="text"]')

    def lines(self) -> list[str]:
        """What was said in the open talk so far, the oldest first."""
        return self.said.all_inner_texts()

    def wait_for_line(self, text: str) -> None:
        """Wait until a text stands in the open talk."""
        expect(self.said.filter(has_text=text).last).to_be_visible()

    def answer(self, text: str) -> None:
        """Write an answer, send it, and wait until it stands in the talk."""
        self.part("answer").fill(text)
        self.part("answer").press("Enter")
        expect(self.part("answer")).to_have_value("")
        expect(self.said.last).to_have_text(text)

    def prepared(self, title: str) -> str:
        """Put a prepared answer into the box; what stands there then."""
        self.part("prepared").get_by_role("button", name=title, exact=True).click()
        expect(self.part("answer")).not_to_have_value("")
        return self.part("answer").input_value()

    def transfer(self, desk: str) -> None:
        """Send the open talk to the desk with this shown name."""
        self.part("transfer").click()
        self.part("transfer-desk").select_option(label=desk)
        self._confirm()

    def give_back(self) -> None:
        """Put the open talk back into the queue."""
        self.part("give-back").click()
        self._confirm()

    def return_to_bot(self) -> None:
        """Let the bot go on with the open talk."""
        self.part("return").click()
        self._confirm()

    def close(self, reason: str, note: str = "") -> None:
        """End the open talk for a reason ("solved", "referred" …)."""
        self.part("close").click()
        self.page.locator(f'dialog input[value="{reason}"]').check()
        self.part("close-note").fill(note)
        self._confirm()

    def _confirm(self) -> None:
        self.part("dialog-yes").click()
        expect(self.part("talk")).to_be_hidden()

    def error(self) -> str:
        """What went wrong, as soon as it is told."""
        shown = self.part("error").filter(visible=True)
        expect(shown).not_to_be_empty()
        return shown.inner_text()
