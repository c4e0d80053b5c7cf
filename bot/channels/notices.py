"""Telling citizens, in the channel where they asked for it, that a dossier has changed."""

from __future__ import annotations

import asyncio
import logging

from rasa.core.channels.channel import OutputChannel

from bot import clock
from bot.channels.conversation_output import ConversationOutput
from bot.database import DatabaseUnavailable
from bot.dossiers import lookup, notices
from bot.dossiers.model import Asker
from bot.dossiers.notices import Notice
from bot.rendering import dossier_lines

# A reply waits no longer for what the procedures system says of another matter.
PATIENCE_SECONDS = 2

logger = logging.getLogger(__name__)


async def tell(notice: Notice, output: OutputChannel) -> bool:
    """Say how the dossier stands now; nothing if there is no such dossier any more.

    Raises:
        bot.dossiers.model.GatewayUnavailable: the procedures system does not answer.
        bot.database.DatabaseUnavailable: the database does not answer.
    """
    asker = Asker(notice.session, notice.channel)
    dossier = await lookup.look_again(notice.dossier_code, asker)
    if dossier is not None:
        text = dossier_lines.change_text(dossier, clock.today())
        if isinstance(output, ConversationOutput):
            await output.send_unasked(notice.session, text)
        else:
            await output.send_text_message(notice.session, text)
    return True


async def tell_waiting(output: OutputChannel, session: str) -> None:
    """Send what a conversation has not been told yet; what fails waits for the next time."""
    try:
        # Nearly always there is nothing: looking takes no write lock.
        if await asyncio.to_thread(notices.pending, session):
            telling = notices.deliver_to(session, lambda notice: tell(notice, output))
            await asyncio.wait_for(telling, PATIENCE_SECONDS)
    except (DatabaseUnavailable, asyncio.TimeoutError) as error:
        logger.error("Notices cannot be looked for: %s", type(error).__name__)
