"""What citizens on Zalo are told outside a turn: operators' answers.

Zalo delivers such a message within seven days of what the citizen said last, free of charge
within two; later ones are refused with an error code.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.channels.handover_delivery import spoken
from bot.channels.zalo_client import client_for, is_on
from bot.channels.zalo_http import ZaloFailure
from bot.channels.zalo_output import messages
from bot.recent import Recent
from bot.sealing import unseal
from bot.settings import settings
from bot.support.handover import Handover, Line

MOST_REMEMBERED = 20_000
# How many messages of a text have been sent, by its key; and the keys of those under way.
_SENT: Recent[int] = Recent(MOST_REMEMBERED)
_UNDER_WAY: set[str] = set()

logger = logging.getLogger(__name__)


async def push(
    session: str,
    reply_to: str,
    text: str,
    key: str,
    buttons: Iterable[Mapping[str, Any]] = (),
) -> bool:
    """Send a text; whether all of it was sent, now or before with this key.

    `reply_to`: who reads it, as sealed by `bot.channels.incoming.user_message`. After a failure
    the next call sends what is missing; of two calls at once, one returns False.
    """
    user_id = unseal(reply_to, session, None)
    if user_id is None or not is_on(settings()) or key in _UNDER_WAY:
        return False
    client = client_for(settings())
    _UNDER_WAY.add(key)
    try:
        for number, message in enumerate(messages(text, buttons), start=1):
            if number > _SENT.get(key, 0):
                await client.send(user_id, message)
                _SENT.put(key, number)
    except ZaloFailure as failure:
        logger.error("A message cannot be pushed to Zalo: %s", failure)
        return False
    finally:
        _UNDER_WAY.discard(key)
    return True


async def bring(talk: Handover, lines: Sequence[Line]) -> bool:
    """Send lines of a handed-over talk to its citizen; see `handover_delivery.Bring`."""
    for line in lines:
        key = f"{talk.session}:{line.id}"
        if not await push(talk.session, talk.reply_to, spoken(line), key, line.buttons):
            return False
    return True
