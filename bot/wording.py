"""Wording from `domain/<topic>.yml` for parts that speak outside Rasa's responses.

Pieces of lists, HTTP errors and the last apology of a channel stand in the wording folder
like all that citizens read; see docs/adr/0002-domain-in-two-places.md.
"""

from __future__ import annotations

import functools
from typing import Any

import yaml

from bot.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "domain"


@functools.lru_cache(maxsize=32)
def responses(topic: str, channel: str = "") -> dict[str, dict[str, Any]]:
    """One variant of each response of a topic, by name: the channel's own, else the first."""
    document = yaml.safe_load((FOLDER / f"{topic}.yml").read_text(encoding="utf-8"))
    return {
        name: next((v for v in variants if channel and v.get("channel") == channel), variants[0])
        for name, variants in document["responses"].items()
    }


def text(topic: str, name: str, channel: str = "") -> str:
    """The text of one response, on a channel.

    Raises:
        KeyError: there is no such response.
    """
    return str(responses(topic, channel)[name]["text"])


def fragment(name: str, /, **values: Any) -> str:
    """The fragment `utter_fragment_<name>` of `domain/fragments.yml` with its keywords filled in.

    Raises:
        KeyError: there is no such fragment, or one of its keywords is missing.
    """
    return text("fragments", f"utter_fragment_{name}").format(**values)
