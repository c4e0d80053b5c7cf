"""How long traces of look-ups, subscriptions and notices stay, and how a citizen's go at once.

Dossiers themselves are the procedures system's and stay. Times are UTC, without a zone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.dossiers import tables as t
from bot.dossiers.limits import FORGOTTEN_AFTER
from bot.dossiers.marks import session_mark
from bot.dossiers.model import Asker
from bot.dossiers.subscriptions import LASTS
from bot.settings import settings

ONE_TIME_CODES_KEPT = dt.timedelta(days=1)
# For whoever asks why they were told something, or were not.
ENDED_KEPT = dt.timedelta(days=30)


def purge(now: dt.datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Delete what has been kept long enough, all in one transaction; rows by table.

    `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    with database.begin() as connection:
        counts = {}
        for table, outlived in _outlived(now).items():
            query = sa.select(sa.func.count()).select_from(table).where(outlived)
            counts[table.name] = int(connection.execute(query).scalar() or 0)
            if not dry_run:
                connection.execute(sa.delete(table).where(outlived))
    return counts


def _outlived(now: dt.datetime) -> dict[sa.Table, Any]:
    subscriptions, notices = t.subscriptions.c, t.notices.c
    audit_kept = dt.timedelta(days=settings().keep_audit_days)
    return {
        t.lookup_failures: t.lookup_failures.c.failed_at < now - FORGOTTEN_AFTER,
        t.one_time_codes: t.one_time_codes.c.made_at < now - ONE_TIME_CODES_KEPT,
        t.lookup_audit: t.lookup_audit.c.tried_at < now - audit_kept,
        t.subscriptions: sa.or_(
            subscriptions.ended_at < now - ENDED_KEPT,
            subscriptions.consented_at < now - LASTS - ENDED_KEPT,
        ),
        # What nobody came back for is no news any more when no subscription can be left.
        t.notices: sa.or_(notices.delivered_at < now - ENDED_KEPT, notices.made_at < now - LASTS),
    }


def erase(session: str) -> dict[str, int]:
    """Delete a conversation's subscriptions, notices and one-time codes, all or none.

    Two things stay. The record of its look-ups (`lookup_audit_kept` tells how many) holds keyed
    hashes only and answers for who was shown what. Failed look-ups count for a day: else a
    guesser would begin anew by asking to be forgotten.

    Returns:
        rows by table, and `lookup_audit_kept`.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    session_hash = session_mark(Asker(session))
    owned = {
        t.subscriptions: t.subscriptions.c.session == session,
        t.notices: t.notices.c.session == session,
        t.one_time_codes: t.one_time_codes.c.session_hash == session_hash,
    }
    audit = t.lookup_audit.c
    kept = sa.select(sa.func.count(audit.id)).where(audit.session_hash == session_hash)
    with database.begin() as connection:
        counts = {
            table.name: int(connection.execute(sa.delete(table).where(own)).rowcount)
            for table, own in owned.items()
        }
        return {**counts, "lookup_audit_kept": int(connection.execute(kept).scalar() or 0)}
