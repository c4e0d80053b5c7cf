"""Accounts of staff: who may sign in, as what, and for which desk."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.personal_data import find as personal_data_in
from bot.staff import passwords
from bot.staff.presence import OPERATOR, ROLES
from bot.staff.tables import staff, staff_sessions

LONGEST_SHOWN_NAME = 128
LONGEST_DESK = 128
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# An account that may sign in.
UNLOCKED = {"failures": 0, "locked_until": None}

_COLUMN = staff.c


class AccountRefused(ValueError):
    """What is asked of an account cannot be done; the text says why, for administrators."""


@dataclass(frozen=True)
class Account:
    """An account; `desk` is an agency, "" the province's information line.

    `shown_name` is what citizens are told. Until `locked_until` (UTC) no sign-in is looked at.
    """

    name: str
    shown_name: str
    role: str
    desk: str
    is_active: bool = True
    failures: int = 0
    locked_until: dt.datetime | None = None


def spelt(name: str) -> str:
    """A name as accounts have it, of what was typed."""
    return name.strip().lower()


def add(name: str, shown_name: str, password: str, role: str = OPERATOR, desk: str = "") -> Account:
    """A new account.

    Raises:
        AccountRefused: the name is taken or none, or something else cannot be used.
        bot.staff.passwords.PasswordRefused: the password is too easy.
        bot.database.DatabaseUnavailable: the database is down.
    """
    shown_name, desk = " ".join(shown_name.split()), " ".join(desk.split())
    if not _NAME.fullmatch(name):
        raise AccountRefused("A name has 2 to 64 of a-z, 0-9, '.', '_', '-', a letter first.")
    if not 1 <= len(shown_name) <= LONGEST_SHOWN_NAME or not _is_fit(shown_name):
        raise AccountRefused(f"A shown name has 1 to {LONGEST_SHOWN_NAME} letters and no numbers.")
    if len(desk) > LONGEST_DESK or not _is_fit(desk):
        raise AccountRefused(f"A desk has at most {LONGEST_DESK} letters.")
    if role not in ROLES:
        raise AccountRefused(f"{role!r} is no role: {', '.join(ROLES)}.")
    passwords.check(password, name)
    values = {
        "name": name,
        "shown_name": shown_name,
        "password_hash": passwords.hashed(password),
        "role": role,
        "desk": desk,
        "made_at": dt.datetime.utcnow(),
    }
    with database.begin() as connection:
        if connection.execute(_select(_COLUMN.name == name)).first() is not None:
            raise AccountRefused(f"There is an account {name} already.")
        connection.execute(sa.insert(staff).values(values))
        return _account(connection.execute(_select(_COLUMN.name == name)).one())


def _is_fit(text: str) -> bool:
    """Whether citizens may be shown it: nothing personal, nothing that a terminal obeys."""
    return not _CONTROL.search(text) and not personal_data_in(text)


def find(name: str) -> Account | None:
    """The account of a name, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        row = connection.execute(_select(_COLUMN.name == name)).first()
    return _account(row) if row else None


def listed() -> list[Account]:
    """All accounts, by name.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return [_account(row) for row in connection.execute(_select())]


def desks() -> list[str]:
    """Desks that somebody answers for, the information line ("") first.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    query = sa.select(_COLUMN.desk).where(_COLUMN.is_active).distinct()
    with database.connect() as connection:
        return sorted({"", *connection.execute(query).scalars()})


def set_password(name: str, password: str) -> None:
    """Change a password; whoever is signed in under the old one is not any more.

    Raises:
        AccountRefused: there is no such account.
        bot.staff.passwords.PasswordRefused: the password is too easy.
        bot.database.DatabaseUnavailable: the database is down.
    """
    passwords.check(password, name)
    hashed = passwords.hashed(password)
    _change(name, {"password_hash": hashed, **UNLOCKED}, ends_sessions=True)


def set_active(name: str, *, is_active: bool) -> None:
    """Disable an account, which signs it out at once, or enable it again.

    Raises:
        AccountRefused: there is no such account.
        bot.database.DatabaseUnavailable: the database is down.
    """
    _change(name, {"is_active": is_active}, ends_sessions=not is_active)


def unlock(name: str) -> None:
    """Let an account sign in that failed too often.

    Raises:
        AccountRefused: there is no such account.
        bot.database.DatabaseUnavailable: the database is down.
    """
    _change(name, UNLOCKED)


def _change(name: str, values: dict[str, Any], *, ends_sessions: bool = False) -> None:
    with database.begin() as connection:
        this = sa.update(staff).where(_COLUMN.name == name).values(values)
        if not connection.execute(this).rowcount:
            raise AccountRefused(f"There is no account {name}.")
        if ends_sessions:
            own = sa.delete(staff_sessions).where(staff_sessions.c.name == name)
            connection.execute(own)


def _select(*where: Any) -> Any:
    columns = (getattr(_COLUMN, field) for field in Account.__dataclass_fields__)
    return sa.select(*columns).where(*where).order_by(_COLUMN.name)


def _account(row: Any) -> Account:
    return Account(*row)
