"""The last safety net of every channel: a reply, even when Rasa itself has failed."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import yaml
from rasa.core.channels.channel import UserMessage

from bot.settings import PROJECT_ROOT

logger = logging.getLogger(__name__)

APOLOGY = "utter_service_unavailable"
_WORDING = PROJECT_ROOT / "domain" / "support.yml"


@functools.lru_cache(maxsize=1)
def apology() -> dict[str, Any]:
    """Text and answer object of the apology, from the wording folder."""
    responses = yaml.safe_load(_WORDING.read_text(encoding="utf-8"))["responses"]
    variant = responses[APOLOGY][0]
    return {"text": variant["text"], "custom": variant["custom"]}


async def handle(
    on_new_message: Callable[[UserMessage], Awaitable[Any]], message: UserMessage
) -> bool:
    """Hand a message to Rasa; False if it failed. The text is never logged."""
    try:
        await on_new_message(message)
    except Exception:
        logger.exception("A message of channel %s could not be handled", message.input_channel)
        return False
    return True
