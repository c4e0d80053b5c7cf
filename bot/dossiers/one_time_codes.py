"""One-time codes: six digits, sent to a dossier's telephone, that open it once.

A code is good for five minutes and three tries, in the conversation that asked for it and for
that dossier only. The table holds keyed hashes.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.dossiers.marks import dossier_mark, mark, session_mark
from bot.dossiers.model import Asker
from bot.dossiers.tables import one_time_codes

LENGTH = 6
VALID = dt.timedelta(minutes=5)
MOST_TRIES = 3
_column = one_time_codes.c


def make(code: str, asker: Asker, now: dt.datetime) -> str:
    """A new code for a dossier; earlier ones of the conversation for it no longer open it.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; no code was made.
    """
    one_time_code = f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
    values = {
        "session_hash": session_mark(asker),
        "dossier_hash": dossier_mark(code),
        "code_hash": _hash(code, one_time_code, asker),
        "made_at": now,
        "expires_at": now + VALID,
        "tries": 0,
    }
    useless = sa.or_(_belongs(code, asker), _column.expires_at <= now)
    with database.begin() as connection:
        connection.execute(sa.delete(one_time_codes).where(useless))
        connection.execute(sa.insert(one_time_codes).values(values))
    return one_time_code


def use(code: str, one_time_code: str, asker: Asker, now: dt.datetime) -> bool:
    """Whether a code opens a dossier; a right one is used up, a wrong one has cost a try.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; the code is as it was.
    """
    usable = sa.and_(_belongs(code, asker), _column.expires_at > now, _column.tries < MOST_TRIES)
    offered = _hash(code, one_time_code, asker)
    with database.begin() as connection:
        # Whoever tries at the same moment waits for the row, and sees this try counted.
        rows = connection.execute(sa.select(one_time_codes).where(usable).with_for_update()).all()
        tried = [row.id for row in rows]
        right = [row.id for row in rows if hmac.compare_digest(row.code_hash, offered)]
        connection.execute(
            sa.update(one_time_codes).where(_column.id.in_(tried)).values(tries=_column.tries + 1)
        )
        connection.execute(sa.delete(one_time_codes).where(_column.id.in_(right)))
    return bool(right)


def _belongs(code: str, asker: Asker) -> Any:
    return sa.and_(
        _column.session_hash == session_mark(asker), _column.dossier_hash == dossier_mark(code)
    )


def _hash(code: str, one_time_code: str, asker: Asker) -> str:
    return mark("one-time code", asker.session, code, one_time_code)
