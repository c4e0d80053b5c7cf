"""The last safety net of every channel: a reply, even when Rasa itself has failed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot import wording

logger = logging.getLogger(__name__)

APOLOGY = "utter_service_unavailable"
# Rasa's own commands answer with silence; a citizen who types one wants to start over.
RASA_COMMANDS = frozenset({"/restart", "/back", "/session_start"})
START_OVER = "/cancel"


def as_citizen_means(text: str) -> str:
    """The text to hand to Rasa for what was typed.

    Halves of a character, which JSON can hold but no encoding, are replaced.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return START_OVER if text.strip().lower() in RASA_COMMANDS else text


def apology() -> dict[str, Any]:
    """Text and answer object of the apology."""
    variant = wording.responses("support")[APOLOGY]
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
