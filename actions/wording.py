"""Pieces of wording from `domain/fragments.yml`, for lists that actions put together."""

from __future__ import annotations

from typing import Any

from bot import wording


def fragment(name: str, /, **values: Any) -> str:
    """The fragment `utter_fragment_<name>` with its keywords filled in.

    Raises:
        KeyError: there is no such fragment, or one of its keywords is missing.
    """
    return wording.text("fragments", f"utter_fragment_{name}").format(**values)
