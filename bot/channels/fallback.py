"""The last safety net of every channel: a reply, even when Rasa itself has failed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot import wording
from bot.channels import handover_delivery, notices

logger = logging.getLogger(__name__)

APOLOGY = "utter_service_unavailable"


def apology() -> dict[str, Any]:
    """Text and answer object of the apology."""
    variant = wording.responses("support")[APOLOGY]
    return {"text": variant["text"], "custom": variant["custom"]}


async def handle(
    on_new_message: Callable[[UserMessage], Awaitable[Any]], message: UserMessage
) -> bool:
    """Hand a message to Rasa; False if it failed. The text is never logged.

    Behind the reply comes what the citizen asked to be told and was not there to hear.
    """
    try:
        await on_new_message(message)
    except Exception:
        logger.exception("A message of channel %s could not be handled", message.input_channel)
        return False
    if message.output_channel is not None:
        await notices.tell_waiting(message.output_channel, message.sender_id)
        await handover_delivery.tell_waiting(
            message.output_channel, message.sender_id, message.input_channel
        )
    return True
