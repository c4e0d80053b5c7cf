"""Parts of a report's page, filled with values that are masked and escaped.

The wording stands in intent_report.html, a page cut into parts by lines `<!-- part: name -->`.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable
from pathlib import Path
from string import Template

from bot.codes import mask_personal_numbers

TEMPLATE = Path(__file__).resolve().parent / "intent_report.html"
# What a browser would not show, or take for something else; line ends and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Html(str):
    """Markup, which needs no escaping any more."""


def fill(part: str, **values: str) -> Html:
    """A part with its gaps filled; values that are no markup are masked and escaped.

    Raises:
        KeyError: there is no such part, or a gap has no value.
    """
    safe = {
        name: value if isinstance(value, Html) else html.escape(_clean(value))
        for name, value in values.items()
    }
    return Html(_parts()[part].substitute(safe))


def join(pieces: Iterable[Html]) -> Html:
    """Pieces of markup, one below the other."""
    return Html("\n".join(pieces))


@functools.lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """Names of intents, entities and registers with their meaning in words."""
    lines = _parts()["words"].template.splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def word(name: str) -> str:
    """What a name means; the name itself where nobody told."""
    return words().get(name, name)


def whole(number: int) -> str:
    """A number as Vietnamese write it: 1.096."""
    return f"{number:,}".replace(",", ".")


def decimal(number: float) -> str:
    """Three decimals after a comma."""
    return f"{number:.3f}".replace(".", ",")


def percent(share: float | None) -> str:
    """A share from 0 to 1 in percent; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}%".replace(".", ",")


@functools.lru_cache(maxsize=1)
def _parts() -> dict[str, Template]:
    pieces = re.split(r"^<!-- part: (\w+) -->\n", TEMPLATE.read_text(encoding="utf-8"), flags=re.M)
    return {
        name: Template(text.strip()) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def _clean(text: str) -> str:
    """Masked, and without what UTF-8 or a browser cannot take (a file's name may hold it)."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("\ufffd", mask_personal_numbers(text))
