"""A citizen's rating of an answer, kept with what was asked and what was answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.core.lock_store import LockError

from bot.channels import transcript
from bot.database import DatabaseUnavailable
from bot.support import ratings

logger = logging.getLogger(__name__)


async def rate(agent: Agent, session: str, channel: str, data: Mapping[str, Any]) -> str:
    """Keep a rating of a message of the session; "" or the code of why it was not kept.

    `data`: `message_id`, `rating`, `reason`, `comment` as the page sends them.
    """
    try:
        # A conversation that is erased meanwhile must not leave a rating behind.
        async with agent.lock_store.lock(session):
            return await _rate(agent, session, channel, data)
    except ratings.RatingRefused:
        return "rating_refused"
    except ratings.TooManyRatings:
        return "too_many_ratings"
    except (DatabaseUnavailable, LockError) as error:
        logger.error("A rating cannot be kept: %s", type(error).__name__)
        return "rating_not_kept"


async def _rate(agent: Agent, session: str, channel: str, data: Mapping[str, Any]) -> str:
    message_id = str(data.get("message_id") or "")
    said, _ = await transcript.since(agent, session)
    question, replies = transcript.turn_of(said, message_id)
    if not replies:
        return "rating_unknown_message"
    answer = _answer(replies, message_id)
    await asyncio.to_thread(
        ratings.rate,
        session,
        message_id,
        str(data.get("rating") or ""),
        reason=str(data.get("reason") or ""),
        comment=str(data.get("comment") or ""),
        topic=str(answer.get("topic") or ""),
        procedure_code=str((answer.get("procedure") or {}).get("code") or ""),
        question=(question.title or question.text) if question else "",
        channel=channel,
    )
    return ""


def _answer(replies: list[transcript.Said], message_id: str) -> Mapping[str, Any]:
    """The answer object of a message: it comes behind its text; a turn may have several."""
    place = next(i for i, one in enumerate(replies) if one.id == message_id)
    found = next((one for one in replies[place:] if one.custom), None)
    return found.custom.get("answer") or {} if found else {}
