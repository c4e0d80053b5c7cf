"""What stands on a screen of the hotline: pages, and what the keys do there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot import text as vn
from bot import wording
from bot.channels.hotline_pages import begin, paginate, shortened
from bot.channels.hotline_text import LIMITS, as_sent

PERSON_KEY, BACK_KEY, START_KEY = "0", "*", "#"
PERSON, START_OVER = "/request_human", "/cancel"
# What a key stands for that goes on with the screen, and says nothing to the bot.
NEXT = ""
LAST_KEY = 9
# A long text and a beginning of its menu on one screen: with fewer choices, the menu waits.
_FEWEST_CHOICES = 3
_KEY = re.compile(r"((?:(?:phim|bam|nhan|chon|so) ?){0,2})([0-9*#])\.?")
_GO_ON = re.compile(r"(?:(?:1 )?(?:xem|doc|nghe|noi) )?(?:tiep|them|tiep tuc|nua)(?: di| nua)?")
_ITEM = re.compile(r"(\d+)[.)] +(\S.*)")

Choice = tuple[str, str]


@dataclass(frozen=True)
class Content:
    """A text and choices (title, what is said to the bot) that are still to be shown."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A screen: its pages, what the keys from 1 on stand for, and what comes with `NEXT`."""

    pages: list[str]
    options: list[str]
    after: Content | None = None
    has_keys: bool = False


def key_pressed(text: str, has_menu: bool, goes_on: bool = False) -> str | None:
    """The key that a message is, or None; digits are keys of a menu only, but for a person's.

    `goes_on`: the first key shows what follows; so do words for that.
    """
    # Digits of wide alphabets are keys as well.
    said = vn.fold(unicodedata.normalize("NFKC", text)).strip()
    if goes_on and _GO_ON.fullmatch(said):
        return "1"
    match = _KEY.fullmatch(said)
    if match is None:
        return None
    if not has_menu and (match[1] or match[2] not in (PERSON_KEY, BACK_KEY, START_KEY)):
        return None
    return match[2]


def content(text: str, buttons: Iterable[Mapping[str, str]]) -> Content:
    """What the bot said, with the numbered lines that its buttons repeat as choices.

    Choosing a person is left out: there is a key for that everywhere.
    """
    offered = [
        (str(button["title"]).strip(), str(button["payload"]))
        for button in buttons
        if str(button["payload"]).strip() != PERSON
    ]
    payloads = dict(offered)
    lines = [line.strip() for line in text.split("\n")]
    if not any(line in payloads and _ITEM.fullmatch(line) for line in lines):
        return Content(text, tuple((_without_number(title), said) for title, said in offered))
    items = [line for line in lines if _ITEM.fullmatch(line)]
    # Of a list that is longer than its buttons, the bot understands the number.
    chosen = [(_without_number(line), payloads.get(line) or _number(line)) for line in items]
    others = [choice for choice in offered if choice[0] not in items]
    # What tells to type a number that no longer stands before a line.
    told = wording.fragment("list_pick")
    rest = "\n".join(line for line in lines if line not in items and line != told)
    return Content(rest, tuple(chosen + others))


def lay_out(shown: Content, form: str, most: int, with_keys: bool) -> Layout:
    """The screen for a content in at most `most` pages; the line of keys if wanted, or a menu.

    A menu stands on one screen with the end of its text; of one that does not fit, the last key
    shows the next part.
    """
    limit = LIMITS[form]
    text = as_sent(shown.text, form)
    body = paginate(text, limit)
    count = len(shown.choices)
    keys = [_say("utter_hotline_keys", form)] if with_keys or shown.choices else []
    fewest = min(_FEWEST_CHOICES if text else 1, count)
    for number in range(min(count, LAST_KEY), fewest - 1, -1):
        if number == LAST_KEY and count > LAST_KEY:
            continue
        menu = _menu(shown.choices, number, form, most)
        # The line of keys is what a screen can best do without.
        for last_lines in [keys, []] if number == fewest else [keys]:
            pages = _with_lines(body, [*menu, *last_lines], limit)
            if len(pages) <= most:
                return _whole(shown, number, pages, has_keys=bool(last_lines))
    pages, rest = begin(text, limit, most, _say("utter_hotline_more", form))
    return Layout(pages, [NEXT], Content(rest, shown.choices))


def _whole(shown: Content, number: int, pages: list[str], *, has_keys: bool) -> Layout:
    options = [payload for _, payload in shown.choices[:number]]
    left = shown.choices[number:]
    if not left:
        return Layout(pages, options, None, has_keys)
    return Layout(pages, [*options, NEXT], Content("", left), has_keys)


def _menu(choices: tuple[Choice, ...], number: int, form: str, most: int) -> list[str]:
    """Lines of the first choices, and one for the others if there are any."""
    others = _say("utter_hotline_others", form, number=number + 1)
    # On the only page there must be room for one choice and the others.
    room = LIMITS[form] - 2 - (len(others) + 1 if most == 1 else 0)
    lines = []
    for key, (title, _) in enumerate(choices[:number], start=1):
        named = as_sent(title, form).replace("\n", " ")
        lines.append(f"{key} {shortened(named, room)}")
    return [*lines, others] if number < len(choices) else lines


def _with_lines(pages: list[str], lines: list[str], limit: int) -> list[str]:
    """Pages with lines at their end: together on one page if they fit, else whole each."""
    block = "\n".join(lines)
    if not lines:
        return pages
    if pages and len(pages[-1]) + 1 + len(block) <= limit:
        return [*pages[:-1], f"{pages[-1]}\n{block}"]
    if len(block) <= limit:
        return [*pages, block]
    filled = list(pages)
    for line in lines:
        if filled and len(filled[-1]) + 1 + len(line) <= limit:
            filled[-1] = f"{filled[-1]}\n{line}"
        else:
            filled.append(line)
    return filled


def _say(name: str, form: str, **values: int) -> str:
    return as_sent(wording.text("hotline", name).format(**values), form)


def _without_number(title: str) -> str:
    item = _ITEM.fullmatch(title)
    return item[2] if item else title


def _number(line: str) -> str:
    return line.partition(".")[0].partition(")")[0]
