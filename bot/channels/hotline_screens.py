"""What a caller of the hotline has before them, and what they can go back to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.channels.hotline_menu import NEXT, Content, Layout, lay_out
from bot.dossiers.model import PROVEN_FOR
from bot.sealing import seal, unseal
from bot.support import hotline_store

# Screens that a caller can go back to.
MOST_BACK = 5


@dataclass
class Screen:
    """A content, and what its keys stand for; it was shown last, and said, at times (Unix seconds).

    `is_private`: it tells of a dossier, and is not shown any longer than its owner's proof lasts.
    """

    content: Content
    shown_at: float
    said_at: float
    is_private: bool = False
    options: list[str] = field(default_factory=list)
    after: Content | None = None


@dataclass
class Screens:
    """A caller's screen and the ones before it; `form` is that of the last request."""

    form: str
    screen: Screen | None = None
    before: list[Screen] = field(default_factory=list)
    # Whether the line of keys was shown in this talk.
    keys_told: bool = False

    @property
    def has_menu(self) -> bool:
        """Whether keys stand for something on the present screen."""
        return self.screen is not None and bool(self.screen.options)

    @property
    def goes_on(self) -> bool:
        """Whether the first key shows what follows on the present one."""
        return self.screen is not None and self.screen.options[:1] == [NEXT]

    def show(self, shown: Content, now: float, most: int, *, is_private: bool = False) -> list[str]:
        """Pages of a new screen; there is a way back to the one that was shown."""
        self.leave()
        self.screen = Screen(shown, now, now, is_private)
        return self.again(now, most)

    def go_on(self, now: float, most: int, notice: str = "") -> list[str]:
        """Pages of what comes after the present screen, and was said with it."""
        last = self.screen
        if last is None or last.after is None:
            return self.again(now, most, notice)
        self.leave()
        self.screen = Screen(last.after, now, last.said_at, last.is_private)
        return self.again(now, most, notice)

    def again(self, now: float, most: int, notice: str = "") -> list[str]:
        """Pages of the present screen, below a notice; only that if there is no screen."""
        if self.screen is None:
            return self._lay_out(Content(notice), most).pages
        shown = self.screen.content
        text = "\n".join(part for part in (notice, shown.text) if part)
        layout = self._lay_out(Content(text, shown.choices), most)
        self.screen.shown_at = now
        self.screen.options, self.screen.after = layout.options, layout.after
        return layout.pages

    def leave(self) -> None:
        """Leave the present screen; there is a way back to it."""
        if self.screen is not None:
            self.before = [*self.before, self.screen][-MOST_BACK:]
        self.screen = None

    def back(self) -> bool:
        """Go back to the screen before; False if this is the first."""
        if not self.before:
            return False
        self.screen = self.before.pop()
        return True

    def forget_private(self, now: float) -> None:
        """Drop screens whose dossier may not be shown any more."""
        too_old = now - PROVEN_FOR
        self.before = [one for one in self.before if not one.is_private or one.said_at >= too_old]
        if self.screen is not None and self.screen.is_private and self.screen.said_at < too_old:
            self.screen = None

    def _lay_out(self, shown: Content, most: int) -> Layout:
        layout = lay_out(shown, self.form, most, with_keys=not self.keys_told)
        self.keys_told |= layout.has_keys
        return layout


def sealed(screens: Screens, sender: str) -> str:
    """As the database keeps them."""
    return seal(json.dumps(asdict(screens)), sender)


def opened(token: str | None, sender: str, form: str, now: float) -> Screens:
    """What the database has kept; a new talk's if that is nothing, or of another secret."""
    text = unseal(token, sender, None) if token else None
    if text is None:
        return Screens(form)
    kept = json.loads(text)
    screen = kept["screen"] and _screen(kept["screen"])
    before = [_screen(one) for one in kept["before"]]
    screens = Screens(form or kept["form"], screen, before, kept["keys_told"])
    screens.forget_private(now)
    return screens


def load(sender: str, form: str, now: float) -> Screens:
    """A caller's screens, to be shown in a form; "": that of the last request.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return opened(hotline_store.screen(sender), sender, form, now)


def _screen(kept: dict[str, Any]) -> Screen:
    after = kept["after"] and _content(kept["after"])
    shown = _content(kept["content"])
    times = (kept["shown_at"], kept["said_at"])
    return Screen(shown, *times, kept["is_private"], kept["options"], after)


def _content(kept: dict[str, Any]) -> Content:
    choices: Sequence[Sequence[str]] = kept["choices"]
    return Content(kept["text"], tuple((title, said) for title, said in choices))
