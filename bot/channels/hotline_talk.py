"""A turn of the hotline: what a message or a key does, and what is shown then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot import wording
from bot.channels import hotline_menu as menu
from bot.channels.hotline_screens import Screens

# Seconds between what a telephone and a gateway take for one moment.
SAME_MOMENT = 2


@dataclass(frozen=True)
class Said:
    """What the bot says in a turn; nothing while a person has the talk."""

    text: str = ""
    buttons: tuple[dict[str, str], ...] = ()
    is_private: bool = False
    has_erased: bool = False


# Says something to the bot; brings what was said outside a turn meanwhile.
Ask = Callable[[str], Awaitable[Said]]
Waiting = Callable[[], Awaitable[Iterable[str]]]


class Talk:
    """A turn of one caller."""

    def __init__(
        self, screens: Screens, ask: Ask, waiting: Waiting, clock: Callable[[], float], most: int
    ) -> None:
        """`clock` brings Unix seconds; `most`: pages that are sent at a time."""
        self.screens = screens
        self._ask, self._waiting, self._clock, self._most = ask, waiting, clock, most
        # Whether the caller's conversation was erased: then nothing of it is kept here.
        self.has_erased = False

    async def turn(self, text: str, is_late: bool) -> list[str]:
        """Pages for a message; `is_late`: it was sent before the present screen was shown."""
        key = menu.key_pressed(text, self.screens.has_menu, self.screens.goes_on)
        if key is None:
            return await self._say(text)
        # A person, and the beginning, are the same on every screen.
        if is_late and self.screens.has_menu and key not in (menu.PERSON_KEY, menu.START_KEY):
            return await self._notice("utter_hotline_late")
        if key == menu.PERSON_KEY:
            return await self._say(menu.PERSON)
        if key == menu.START_KEY:
            self.screens.screen, self.screens.before = None, []
            return await self._say(menu.START_OVER)
        if key == menu.BACK_KEY:
            return await self._notice("" if self.screens.back() else "utter_hotline_first")
        return await self._choose(int(key))

    async def _choose(self, key: int) -> list[str]:
        screen = self.screens.screen
        if screen is None or key > len(screen.options):
            return await self._notice("utter_hotline_no_such_key", key=key)
        option = screen.options[key - 1]
        if option != menu.NEXT:
            return await self._say(option)
        meanwhile = "\n".join(await self._waiting())
        return self.screens.go_on(self._clock(), self._most, meanwhile)

    async def _say(self, text: str) -> list[str]:
        said = await self._ask(text)
        self.has_erased = said.has_erased
        shown = menu.content(said.text, said.buttons)
        return await self._show(shown, said.is_private)

    async def _show(self, shown: menu.Content, is_private: bool) -> list[str]:
        """A new screen, below what was said meanwhile; none if there is nothing to show."""
        waiting = list(await self._waiting())
        text = "\n".join([*waiting, *([shown.text] if shown.text else [])])
        if not text and not shown.choices:
            # A person has the talk: what is typed now is for them, digits, too.
            self.screens.leave()
            return []
        whole = menu.Content(text, shown.choices)
        private = is_private or bool(waiting)
        return self.screens.show(whole, self._clock(), self._most, is_private=private)

    async def _notice(self, name: str, **values: int) -> list[str]:
        """The present screen once more, below a notice."""
        notice = wording.text("hotline", name).format(**values) if name else ""
        parts = [*await self._waiting(), *([notice] if notice else [])]
        return self.screens.again(self._clock(), self._most, "\n".join(parts))
