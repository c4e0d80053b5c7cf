"""What is said in a talk that a person has: kept, read, and brought to the citizen once.

What citizens write is masked; what was masked lies sealed beside it until the talk is closed, so
that its operator may open a number that was meant for them. What operators and the bot say waits
here until a channel has brought it to the citizen.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from bot import database, sealing
from bot.personal_data import mask
from bot.support import handover as h
from bot.support import handover_rows as rows
from bot.support import handovers
from bot.support.citizens import storable
from bot.support.handover import Handover, Line
from bot.support.tables import handover_messages
from bot.support.tables import handovers as handovers_table

LONGEST_TEXT = 2000
# With the operator's name it fits into the column.
LONGEST_KEY = 63
MOST_LINES = 500
# Waiting texts that are offered to channels; whoever comes back later finds the rest by coming.
OFFERED_FOR = dt.timedelta(days=1)

# Behind a citizen's message: what it was answered with at once.
REPLIES = ("place", "left", "danger")

_COLUMN = handover_messages.c


def hear(
    handover: Handover,
    text: str,
    message_id: str,
    concealed: Sequence[dict[str, Any]] = (),
    now: dt.datetime | None = None,
) -> bool:
    """Keep what a citizen wrote (masked) and what was masked in it (sealed); False: it is known.

    Raises:
        HandoverRefused: the talk is closed, or there is none; nothing was written.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    at = now or dt.datetime.utcnow()
    values = {
        "author": h.CITIZEN,
        "text": storable(text)[:LONGEST_TEXT],
        "sealed": json.dumps([p["value"] for p in concealed]) if concealed else "",
        "at": at,
        "delivered_at": at,
    }
    with database.begin() as connection:
        # What lies sealed must not come after what is sealed was deleted.
        if rows.locked(connection, handover.id).state == h.CLOSED:
            raise h.HandoverRefused("The talk is closed.")
        return _add(connection, handover.id, message_id, values) is not None


def say(
    handover: Handover,
    text: str,
    key: str,
    *,
    buttons: Sequence[dict[str, Any]] = (),
    delivered: bool = False,
    now: dt.datetime | None = None,
) -> Line | None:
    """The bot says something in a talk (place in the queue, who answers); None: it is known.

    `delivered`: the citizen gets it at once, as the reply to a message.

    Raises:
        HandoverRefused: there is no such talk.
        bot.database.DatabaseUnavailable: the database is down.
    """
    at = now or dt.datetime.utcnow()
    shown = json.dumps(list(buttons), ensure_ascii=False) if buttons else ""
    values = {"author": h.BOT, "text": text, "buttons": shown, "at": at}
    with database.begin() as connection:
        values["delivered_at"] = at if delivered else None
        return _add(connection, handover.id, key, values)


def answer(
    handover_id: int, name: str, number: int, text: str, key: str, now: dt.datetime | None = None
) -> Line:
    """An operator answers under their claim; the same `key` again is the same answer.

    Raises:
        HandoverRefused: the text is empty or too long, or has a control character; or the key is
            too long.
        Taken: the talk is not theirs (any more); nothing was said.
        bot.database.DatabaseUnavailable: the database is down; nothing was said.
    """
    text = storable(text.replace("\r\n", "\n"))
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise h.HandoverRefused(f"An answer has 1 to {LONGEST_TEXT} letters.")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise h.HandoverRefused("An answer has no control characters.")
    if len(key) > LONGEST_KEY:
        raise h.HandoverRefused(f"A key has at most {LONGEST_KEY} letters.")
    with database.begin() as connection:
        known = rows.check_claim(connection, handover_id, name, number)
        # A number that staff write is in clear nowhere but before its citizen and its operator.
        masked = mask(text)
        sealed = sealing.seal(text, _context(handover_id)) if masked != text else ""
        values = {
            "author": h.OPERATOR,
            "name": known.claimed_name,
            "text": masked,
            "sealed": sealed,
        }
        said = _add(
            connection,
            handover_id,
            f"{name}-{key}",
            {**values, "at": now or dt.datetime.utcnow()},
        )
        return said or _line(_known(connection, handover_id, f"{name}-{key}"))


def read(handover_id: int, after: int = 0) -> list[Line]:
    """Lines of a talk behind the one with an identifier, the oldest first, at most `MOST_LINES`.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    where = (_COLUMN.handover_id == handover_id, _COLUMN.id > after)
    query = sa.select(handover_messages).where(*where).order_by(_COLUMN.id).limit(MOST_LINES)
    with database.connect() as connection:
        return [_line(row) for row in connection.execute(query)]


def of_session(session: str, channel: str | None = None) -> list[Line]:
    """All that was said in hand-overs of a conversation, the oldest first; nothing from before.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    joined = handover_messages.join(handovers_table)
    where = [handovers_table.c.session == session, _COLUMN.earlier.is_(False)]
    if channel is not None:
        where.append(handovers_table.c.channel == channel)
    query = sa.select(handover_messages).select_from(joined).where(*where).order_by(_COLUMN.id)
    with database.connect() as connection:
        return [_line(row) for row in connection.execute(query)]


def turn(session: str, message_id: str) -> list[Line]:
    """A citizen's message in a hand-over of the conversation, and what it was answered with.

    Empty: no hand-over has it.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    names = [message_id, *(f"{message_id}-{kind}" for kind in REPLIES)]
    found = [line for line in of_session(session) if line.message_id in names]
    return found if found and found[0].author == h.CITIZEN else []


def opened(handover_id: int, line_id: int, name: str, number: int) -> list[str]:
    """What was masked in a line, in clear, for the operator who has the talk; [] if nothing.

    Raises:
        Taken: the talk is not theirs (any more).
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.begin() as connection:
        known = rows.check_claim(connection, handover_id, name, number)
        where = (_COLUMN.handover_id == handover_id, _COLUMN.id == line_id)
        sealed = connection.execute(sa.select(_COLUMN.sealed).where(*where)).scalar()
    tokens = json.loads(sealed) if sealed else []
    values = (sealing.unseal(str(token), known.session, None) for token in tokens)
    return [value for value in values if value]


def waiting_talks(now: dt.datetime | None = None) -> list[tuple[Handover, list[Line]]]:
    """Talks with texts that their citizens have not got, of the last day; the oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    since = (now or dt.datetime.utcnow()) - OFFERED_FOR
    where = (_COLUMN.delivered_at.is_(None), _COLUMN.at >= since)
    query = sa.select(handover_messages).where(*where).order_by(_COLUMN.id)
    with database.connect() as connection:
        lines = [_line(row) for row in connection.execute(query)]
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line.handover_id, []).append(line)
    talks = ((handovers.find(number), some) for number, some in found.items())
    return [(talk, some) for talk, some in talks if talk is not None]


def undelivered(session: str, channel: str | None = None) -> list[Line]:
    """What a conversation's citizen has not got yet, the oldest first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return [line for line in of_session(session, channel) if line.delivered_at is None]


def take(lines: Iterable[Line], now: dt.datetime | None = None) -> list[Line]:
    """Those of the lines that are now the caller's to bring: each is given to one caller.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    taken = []
    moment = now or dt.datetime.utcnow()
    with database.begin() as connection:
        for line in lines:
            this = sa.update(handover_messages)
            this = this.where(_COLUMN.id == line.id, _COLUMN.delivered_at.is_(None))
            if connection.execute(this.values(delivered_at=moment)).rowcount:
                taken.append(line)
    return taken


def give_back(lines: Iterable[Line]) -> None:
    """Lines that were taken and could not be brought: they wait again.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    ids = [line.id for line in lines]
    with database.begin() as connection:
        for some in database.chunks(ids):
            this = sa.update(handover_messages).where(_COLUMN.id.in_(some))
            connection.execute(this.values(delivered_at=None))


def _add(connection: Any, handover_id: int, key: str, values: dict[str, Any]) -> Line | None:
    """The new line; None if the talk has one of this name."""
    # Of two that say the same at once, the second waits and sees the first.
    rows.locked(connection, handover_id)
    if _known(connection, handover_id, key) is not None:
        return None
    row = {"handover_id": handover_id, "message_id": key, **values}
    new = connection.execute(sa.insert(handover_messages).values(row)).inserted_primary_key[0]
    query = sa.select(handover_messages).where(_COLUMN.id == new)
    return _line(connection.execute(query).one())


def _known(connection: Any, handover_id: int, key: str) -> Any:
    where = (_COLUMN.handover_id == handover_id, _COLUMN.message_id == key)
    return connection.execute(sa.select(handover_messages).where(*where)).first()


def _context(handover_id: int) -> str:
    return f"operator:{handover_id}"


def _line(row: Any) -> Line:
    is_operators = row.author == h.OPERATOR
    whole = (
        sealing.unseal(row.sealed, _context(row.handover_id), None)
        if is_operators and row.sealed
        else None
    )
    return Line(
        id=row.id,
        handover_id=row.handover_id,
        author=row.author,
        text=row.text if whole is None else whole,
        at=row.at,
        message_id=row.message_id,
        name=row.name,
        earlier=bool(row.earlier),
        has_sealed=bool(row.sealed) and not is_operators,
        buttons=tuple(json.loads(row.buttons)) if row.buttons else (),
        delivered_at=row.delivered_at,
    )
