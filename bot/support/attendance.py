"""Whether somebody is there to take a talk over, and whether all of them are busy."""

from __future__ import annotations

import datetime as dt

from bot.settings import SettingsError, settings
from bot.staff.presence import on_duty
from bot.support import handover as h
from bot.support import handovers, promises

# Whether conversations can be handed over here: our own processor keeps the bot silent meanwhile
# (`bot.engine`). Under stock `rasa run` nothing must be promised.
hands_over = False
# More are nobody's to answer: who comes then leaves a message.
MOST_WAITING = 200


def is_attended(desk: str = "", moment: dt.datetime | None = None) -> bool:
    """Whether staff take talks of a desk now: within their hours, and somebody is on duty.

    Another helpdesk knows who is there; within the hours it counts as attended. `moment` is local.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    if not hands_over or not promises.is_open(moment):
        return False
    if len(handovers.listed(h.WAITING)) >= MOST_WAITING:
        return False
    return bool(settings().chatwoot_url) or bool(on_duty(desk))


def are_all_busy(desk: str = "") -> bool:
    """Whether every operator on duty has as many talks as they may.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    present = on_duty(desk)
    held = [one.claimed_by for one in handovers.listed(h.HELD)]
    most = settings().support_talks_per_operator
    return bool(present) and all(held.count(name) >= most for name in present)


def check_helpdesk() -> None:
    """See to it that a helpdesk that is named can be used: citizens would wait for nobody.

    Raises:
        bot.settings.SettingsError: something of it is missing.
    """
    names = ("url", "account", "inbox", "token", "secret")
    given = {name: bool(getattr(settings(), f"chatwoot_{name}")) for name in names}
    if any(given.values()) and not all(given.values()):
        missing = ", ".join(f"BOT_CHATWOOT_{n.upper()}" for n in names if not given[n])
        raise SettingsError(f"For Chatwoot all of its settings are needed; missing: {missing}.")
    numbers = (settings().chatwoot_account, settings().chatwoot_inbox)
    if any(given.values()) and not all(number.isdecimal() for number in numbers):
        raise SettingsError("BOT_CHATWOOT_ACCOUNT and BOT_CHATWOOT_INBOX must be whole numbers.")
