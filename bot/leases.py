"""Work that only one of several workers may do at a time."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from bot import database
from bot.database import metadata

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("until", sa.DateTime, nullable=False),
)


def take(name: str, duration: dt.timedelta, now: dt.datetime | None = None) -> bool:
    """Whether a piece of work is this worker's for a while; nobody else gets it until then.

    `now` is the time, UTC; for tests.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    free = sa.and_(leases.c.name == name, leases.c.until <= now)
    with database.begin() as connection:
        taken = connection.execute(sa.update(leases).where(free).values(until=now + duration))
        if taken.rowcount:
            return True
        known = connection.execute(sa.select(leases.c.name).where(leases.c.name == name)).first()
        if known is not None:
            return False
    try:
        with database.begin() as connection:
            connection.execute(sa.insert(leases).values(name=name, until=now + duration))
    except database.DatabaseUnavailable:
        # Another worker was faster with the first row; a database that is down says so below.
        with database.connect() as connection:
            if connection.execute(sa.select(leases.c.name).where(leases.c.name == name)).first():
                return False
        raise
    return True
