"""Which talks the mirror looks after, and what it knows of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.support import handover as h
from bot.support import handovers
from bot.support.handover import Handover

# A talk that ended longer ago is not looked for when a mirror starts.
LATELY = dt.timedelta(days=1)


@dataclass
class Copy:
    """What this process knows of a talk's conversation; forgotten when anything is doubtful."""

    talk: Handover
    conversation: str
    contact: int = 0
    last_line: int = 0
    last_message: int = 0
    names: set[str] = field(default_factory=set)
    looked_at: float | None = None

    def forget(self) -> None:
        """Read all again before the next line is written."""
        self.last_line = self.last_message = 0
        self.names.clear()
        self.looked_at = None


def open_talks() -> list[Handover]:
    """All that wait or are held, in the order in which they are answered.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return [*handovers.listed(h.WAITING), *handovers.listed(h.HELD)]


def ended_lately(now: dt.datetime | None = None) -> list[Handover]:
    """Those that ended lately and have a conversation.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    since = (now or dt.datetime.utcnow()) - LATELY
    return [
        one
        for one in handovers.listed(h.CLOSED)
        if one.external_id and one.closed_at is not None and one.closed_at >= since
    ]


def ended_of(conversations: Iterable[str]) -> list[Handover]:
    """The talks of some conversations that have ended.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    found = [handovers.by_external(number) for number in sorted(conversations)]
    return [one for one in found if one is not None and one.state == h.CLOSED]
