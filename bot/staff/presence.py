"""Which staff take talks just now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bot import database
from bot.settings import settings
from bot.staff.tables import staff, staff_sessions

OPERATOR, SUPERVISOR, ADMIN = ROLES = ("operator", "supervisor", "admin")
# See all desks, and count for each.
OVERSEERS = (SUPERVISOR, ADMIN)
# However busy it is, a session ends after so long.
LONGEST_SESSION = dt.timedelta(hours=12)


def on_duty(desk: str = "", now: dt.datetime | None = None) -> list[str]:
    """Names of those who take talks of a desk (agency; "" the information line) just now.

    They were seen within the time after which their talks would go back to the queue. Whoever
    oversees all desks counts for each.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return on_duty_at((desk,), now)


def on_duty_at(desks: Sequence[str] | None, now: dt.datetime | None = None) -> list[str]:
    """`on_duty` of several desks together; None: of all."""
    now = now or dt.datetime.utcnow()
    account, session = staff.c, staff_sessions.c
    where = [
        account.is_active,
        session.on_duty,
        session.seen_at >= now - dt.timedelta(seconds=settings().support_lease_seconds),
        session.made_at > now - LONGEST_SESSION,
    ]
    if desks is not None:
        where.append(sa.or_(account.desk.in_(list(desks)), account.role.in_(OVERSEERS)))
    joined = staff.join(staff_sessions, account.name == session.name)
    query = sa.select(account.name).select_from(joined).where(*where).distinct()
    with database.connect() as connection:
        return list(connection.execute(query.order_by(account.name)).scalars())
