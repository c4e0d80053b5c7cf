"""The queue of talks that wait for a person (hàng chờ), and who has which.

Only this module changes a hand-over's state. Each change is one transaction that names the state
it starts from: of two operators who take the same talk, or of an operator and a citizen who ends
it, one succeeds. An operator's claim is a lease: it ends when they are not seen for a while.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.personal_data import mask
from bot.settings import settings
from bot.support import handover as h
from bot.support import handover_rows as rows
from bot.support.citizens import session_hash, storable
from bot.support.handover import Handover, Summary
from bot.support.tables import handover_messages, handovers

LONGEST_NOTE = 1000
_COLUMN = handovers.c
_OPEN = _COLUMN.state != h.CLOSED
_NOBODYS = {"state": h.WAITING, "claimed_by": "", "claimed_name": "", "lease_until": None}


def open_handover(
    session: str,
    channel: str,
    reason: str,
    summary: Summary,
    *,
    reply_to: str = "",
    desk: str = "",
    earlier: Sequence[tuple[str, str, dt.datetime]] = (),
    now: dt.datetime | None = None,
) -> Handover:
    """Put a talk into the queue with what was said before (author, masked text, time).

    One that is handed over already stays as it is, but for a more urgent reason.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    values = {
        "session": session,
        "channel": channel,
        "reply_to": reply_to,
        "state": h.WAITING,
        "reason": reason,
        "priority": h.PRIORITY[reason],
        "desk": desk,
        "summary": summary.to_json(),
        "opened_at": now or dt.datetime.utcnow(),
    }
    known = active(session)
    if known is None:
        try:
            return _insert(values, earlier)
        except database.DatabaseUnavailable:
            # Unless another message of the conversation was faster.
            known = active(session)
            if known is None:
                raise
    # It may have ended meanwhile.
    return rows.make_urgent(known.id, reason) or _insert(values, earlier)


def _insert(values: dict[str, Any], earlier: Sequence[tuple[str, str, dt.datetime]]) -> Handover:
    with database.begin() as connection:
        new = connection.execute(sa.insert(handovers).values(values)).inserted_primary_key[0]
        lines = [
            {
                "handover_id": new,
                "author": author,
                "earlier": True,
                "text": mask(storable(text)),
                "message_id": f"earlier-{number}",
                "at": at,
                "delivered_at": at,
            }
            for number, (author, text, at) in enumerate(earlier)
        ]
        if lines:
            connection.execute(sa.insert(handover_messages), lines)
        return rows.one(connection, new)


def active(session: str) -> Handover | None:
    """The conversation's hand-over that is not closed, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        row = connection.execute(rows.select(_COLUMN.session == session, _OPEN)).first()
    return rows.handover_of(row) if row else None


def find(handover_id: int) -> Handover | None:
    """One hand-over, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        row = connection.execute(rows.select(_COLUMN.id == handover_id)).first()
    return rows.handover_of(row) if row else None


def by_external(external_id: str) -> Handover | None:
    """The latest hand-over that another helpdesk has under an identifier, or None."""
    if not external_id:
        return None
    with database.connect() as connection:
        found = connection.execute(rows.select(_COLUMN.external_id == external_id)).all()
    return max(map(rows.handover_of, found), key=lambda one: one.id, default=None)


def of_session(session: str) -> list[Handover]:
    """All hand-overs of a conversation, the oldest first."""
    with database.connect() as connection:
        found = connection.execute(rows.select(_COLUMN.session == session))
        return sorted(map(rows.handover_of, found), key=lambda one: one.id)


def listed(state: str = h.WAITING, desks: Sequence[str] | None = None) -> list[Handover]:
    """Hand-overs in a state, in the order in which they are answered; of some desks, or of all.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    where = [_COLUMN.state == state]
    if desks is not None:
        where.append(_COLUMN.desk.in_(list(desks)))
    with database.connect() as connection:
        return [rows.handover_of(row) for row in connection.execute(rows.select(*where))]


def place(handover: Handover) -> int:
    """Which one it is (from 1) among those that wait for the same desk."""
    before = [one.id for one in listed(h.WAITING, (handover.desk,))]
    return before.index(handover.id) + 1 if handover.id in before else 1


def places() -> dict[int, int]:
    """`place` of all that wait, by their identifiers."""
    counts: dict[str, int] = {}
    found = {}
    for one in listed(h.WAITING):
        found[one.id] = counts[one.desk] = counts.get(one.desk, 0) + 1
    return found


def claim(handover_id: int, name: str, shown_name: str, now: dt.datetime | None = None) -> Handover:
    """An operator takes a waiting talk; their own is theirs already.

    Raises:
        Taken: somebody else has it.
        HandoverRefused: it is closed, there is none, or the operator has as many as they may.
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    with database.begin() as connection:
        # Of several talks that an operator takes at once, each sees what they have by then.
        database.queue_up(connection, [session_hash(name, "operator")])
        known = rows.locked(connection, handover_id)
        if known.state == h.CLOSED:
            raise h.HandoverRefused("The talk is closed.")
        if known.state == h.HELD and known.claimed_by == name:
            return known
        if known.state != h.WAITING:
            raise h.Taken("Somebody else has the talk.")
        own = sa.select(sa.func.count()).where(_COLUMN.state == h.HELD, _COLUMN.claimed_by == name)
        if int(connection.execute(own).scalar() or 0) >= settings().support_talks_per_operator:
            raise h.HandoverRefused("The operator has as many talks as they may.")
        values = {
            "state": h.HELD,
            "claimed_by": name,
            "claimed_name": shown_name,
            "claim": known.claim + 1,
            "lease_until": now + _lease(),
            "told_place": None,
        }
        return rows.change(connection, handover_id, (_COLUMN.state == h.WAITING,), values)


def renew(name: str, now: dt.datetime | None = None) -> None:
    """An operator was seen: their talks stay theirs for a while longer.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    until = (now or dt.datetime.utcnow()) + _lease()
    own = sa.update(handovers).where(_COLUMN.state == h.HELD, _COLUMN.claimed_by == name)
    with database.begin() as connection:
        connection.execute(own.values(lease_until=until))


def give_back(handover_id: int, name: str, number: int) -> Handover:
    """An operator puts a talk back into the queue, at the place of its age.

    Raises:
        Taken: they do not have it (any more) under this claim.
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _release(handover_id, name, number, {})


def transfer(handover_id: int, name: str, number: int, desk: str) -> Handover:
    """An operator sends a talk to the queue of another desk (agency; "" the information line).

    Raises: see `give_back`.
    """
    return _release(handover_id, name, number, {"desk": desk})


def _release(handover_id: int, name: str, number: int, values: dict[str, Any]) -> Handover:
    with database.begin() as connection:
        rows.check_claim(connection, handover_id, name, number)
        this = (_COLUMN.claim == number,)
        return rows.change(connection, handover_id, this, {**_NOBODYS, **values})


def close(
    handover_id: int,
    name: str,
    number: int,
    reason: str,
    note: str = "",
    now: dt.datetime | None = None,
) -> Handover:
    """An operator ends a talk, or returns it to the bot (`RETURNED`).

    What was sealed in it is deleted. `note` is kept, personal data masked.

    Raises:
        HandoverRefused: the reason is none of `BY_OPERATOR` and `RETURNED`.
        Taken: they do not have it (any more) under this claim.
        bot.database.DatabaseUnavailable: the database is down.
    """
    if reason not in (*h.BY_OPERATOR, h.RETURNED):
        raise h.HandoverRefused(f"{reason!r} is no reason: {', '.join(h.BY_OPERATOR)}.")
    with database.begin() as connection:
        rows.check_claim(connection, handover_id, name, number)
        return _end(connection, handover_id, reason, note, now)


def end(
    handover_id: int,
    reason: str,
    note: str = "",
    now: dt.datetime | None = None,
    *,
    states: Sequence[str] = (h.WAITING, h.HELD),
) -> Handover | None:
    """The talk ends without its operator's doing (left, erased, made a ticket), if it is in one of
    the `states`; None: it is not.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.begin() as connection:
        known = rows.locked(connection, handover_id)
        if known.state not in states:
            return None
        return _end(connection, handover_id, reason, note, now)


def _end(
    connection: Connection, handover_id: int, reason: str, note: str, now: dt.datetime | None
) -> Handover:
    values = {
        "state": h.CLOSED,
        "close_reason": reason,
        "close_note": mask(storable(note))[:LONGEST_NOTE],
        "closed_at": now or dt.datetime.utcnow(),
        "lease_until": None,
    }
    # What its citizen has not got yet they still get.
    of_this = sa.and_(
        handover_messages.c.handover_id == handover_id,
        handover_messages.c.delivered_at.is_not(None),
    )
    connection.execute(sa.update(handover_messages).where(of_this).values(sealed=""))
    return rows.change(connection, handover_id, (_OPEN,), values)


def return_vanished(now: dt.datetime | None = None) -> list[tuple[Handover, str]]:
    """Put the talks of operators who are gone back into the queue; with whom they had.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    gone = (_COLUMN.state == h.HELD, _COLUMN.lease_until < now)
    with database.connect() as connection:
        lost = [rows.handover_of(row) for row in connection.execute(rows.select(*gone))]
    returned = []
    for one in lost:
        with database.begin() as connection:
            # Unless they are back meanwhile.
            where = (*gone, _COLUMN.id == one.id, _COLUMN.claim == one.claim)
            changed = connection.execute(sa.update(handovers).where(*where).values(_NOBODYS))
            if changed.rowcount:
                returned.append((rows.one(connection, one.id), one.claimed_name))
    return returned


def note_told(handover_id: int, place: int | None = None, *, long: bool = False) -> bool:
    """Remember what a waiting citizen is told; False if they were told so already.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    if long:
        new, values = _COLUMN.told_long.is_(False), {"told_long": True}
    else:
        new = sa.or_(_COLUMN.told_place.is_(None), _COLUMN.told_place != place)
        values = {"told_place": place}  # type: ignore[dict-item]
    where = (_COLUMN.id == handover_id, _COLUMN.state == h.WAITING, new)
    with database.begin() as connection:
        return bool(connection.execute(sa.update(handovers).where(*where).values(values)).rowcount)


def set_external(handover_id: int, external_id: str) -> None:
    """Remember a talk's identifier in another helpdesk."""
    with database.begin() as connection:
        this = sa.update(handovers).where(_COLUMN.id == handover_id)
        connection.execute(this.values(external_id=external_id))


def _lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings().support_lease_seconds)
