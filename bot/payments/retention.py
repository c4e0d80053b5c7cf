"""How long payments are kept, and what goes when a citizen asks for it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from bot import database
from bot.payments.marks import session_hash
from bot.payments.tables import messages, orders


def purge(before: dt.datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Delete orders and messages that last changed before a moment; rows by table.

    `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    outlived = {orders: orders.c.changed_at < before, messages: messages.c.received_at < before}
    counts = {}
    with database.begin() as connection:
        for table, is_old in outlived.items():
            query = sa.select(sa.func.count()).select_from(table).where(is_old)
            counts[table.name] = int(connection.execute(query).scalar() or 0)
            if not dry_run:
                connection.execute(sa.delete(table).where(is_old))
    return counts


def erase(session: str) -> dict[str, int]:
    """Unlink a conversation's orders from it; `payment_orders_kept` tells how many.

    The orders themselves stay: the province answers for each đồng that it was told of. They
    hold nothing of the citizen but the dossier's code.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    own = orders.c.session_hash == session_hash(session)
    with database.begin() as connection:
        unlinked = connection.execute(sa.update(orders).where(own).values(session_hash=""))
    return {"payment_orders_kept": int(unlinked.rowcount)}
