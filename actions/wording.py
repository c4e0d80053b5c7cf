"""Pieces of wording from `domain/fragments.yml`, for lists that actions put together."""

from __future__ import annotations

import functools
from typing import Any

import yaml

from bot.settings import PROJECT_ROOT

FRAGMENTS = PROJECT_ROOT / "domain" / "fragments.yml"
_PREFIX = "utter_fragment_"


@functools.lru_cache(maxsize=1)
def _fragments() -> dict[str, str]:
    responses = yaml.safe_load(FRAGMENTS.read_text(encoding="utf-8"))["responses"]
    return {name[len(_PREFIX) :]: variants[0]["text"] for name, variants in responses.items()}


def fragment(name: str, /, **values: Any) -> str:
    """The fragment `utter_fragment_<name>` with its keywords filled in.

    Raises:
        KeyError: there is no such fragment, or one of its keywords is missing.
    """
    return _fragments()[name].format(**values)
