"""Signing in: one answer to all that is wrong, and a lock after a few failures.

A try counts as failed before the password is looked at, and no more when it turns out to be right:
of many tries at the same moment no more are looked at than one after the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from dataclasses import dataclass

import sqlalchemy as sa

from bot import database
from bot.recent import Recent
from bot.staff import accounts, audit, passwords, sessions
from bot.staff.tables import staff

MOST_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
# Names that nobody has are locked as well, or a lock would tell which there are.
MOST_UNKNOWN_NAMES = 10_000

_COLUMN = staff.c


class SignInFailed(Exception):
    """Name or password is wrong, or the account is disabled: it is not said which."""


class SignInLocked(Exception):
    """There were too many failures: not even the right password is looked at for a while."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: for how long."""
        super().__init__(f"No sign-in for {seconds:.0f} seconds.")
        self.seconds = seconds


@dataclass(frozen=True)
class _Count:
    """Failures one after the other, and the lock that they brought."""

    failures: int = 0
    locked_until: dt.datetime | None = None

    def after_another(self, now: dt.datetime) -> _Count:
        """With one failure more; an old lock and what led to it are forgotten.

        Raises:
            SignInLocked: the lock lasts.
        """
        if self.locked_until is not None and self.locked_until > now:
            raise SignInLocked((self.locked_until - now).total_seconds())
        failures = 1 if self.locked_until is not None else self.failures + 1
        return _Count(failures, now + LOCKED_FOR if failures >= MOST_FAILURES else None)


_unknown: Recent[_Count] = Recent(MOST_UNKNOWN_NAMES)
_counting = threading.Lock()


@dataclass(frozen=True)
class _Try:
    """`stored`: the hash to compare with, "" for a name that nobody has."""

    stored: str
    is_locked_now: bool


def sign_in(name: str, password: str, address: str = "", now: dt.datetime | None = None) -> str:
    """The token of a new session; `address` is the keyed hash of the asker's network.

    Hashing takes a while: call it in a thread.

    Raises:
        SignInFailed: name or password is wrong, or the account is disabled.
        SignInLocked: too many failures of this name, whether there is such an account or not.
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    name = accounts.spelt(name)
    nobodys = passwords.nobodys()
    tried = _reserve(name, now)
    is_right = passwords.is_right(password, tried.stored or nobodys)
    token = _succeed(name, tried.stored, password, now) if is_right and tried.stored else None
    if token is None:
        # Whoever mixes the two fields up types a password for a name.
        shown = name if tried.stored else ""
        audit.record(shown, audit.SIGN_IN_FAILED, address=address)
        if tried.is_locked_now:
            audit.record(shown, audit.LOCKED, address=address)
        raise SignInFailed
    audit.record(name, audit.SIGN_IN, address=address)
    return token


def _succeed(name: str, stored: str, password: str, now: dt.datetime) -> str | None:
    """The token; None if the account is disabled, or its password was changed meanwhile."""
    values: dict[str, object] = dict(accounts.UNLOCKED)
    if passwords.is_outdated(stored):
        values["password_hash"] = passwords.hashed(password)
    this = (_COLUMN.name == name, _COLUMN.password_hash == stored, _COLUMN.is_active)
    with database.begin() as connection:
        # Holds the account's row: whoever disables it now finds the new session.
        if not connection.execute(sa.update(staff).where(*this).values(values)).rowcount:
            return None
        return sessions.start(connection, name, now)


def _reserve(name: str, now: dt.datetime) -> _Try:
    columns = (_COLUMN.password_hash, _COLUMN.failures, _COLUMN.locked_until)
    this = _COLUMN.name == name
    with database.begin() as connection:
        row = connection.execute(sa.select(*columns).where(this).with_for_update()).first()
        if row is not None:
            count = _Count(row.failures, row.locked_until).after_another(now)
            connection.execute(sa.update(staff).where(this).values(vars(count)))
            return _Try(row.password_hash, count.locked_until is not None)
    key = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    with _counting:
        count = _unknown.get(key, _Count()).after_another(now)
        _unknown.put(key, count)
    return _Try("", count.locked_until is not None)
