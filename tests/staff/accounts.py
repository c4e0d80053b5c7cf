"""Accounts for tests: quick to hash, all with the same password."""

from __future__ import annotations

import argon2
import pytest
import sqlalchemy as sa

from bot import database
from bot.staff import accounts, passwords
from bot.staff.accounts import Account
from bot.staff.tables import staff

PASSWORD = "ca phe sua da 1022"
WRONG = "ca phe sua da 1080"


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed with little work."""
    passwords.nobodys.cache_clear()
    quick = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)


def put(name: str = "lan", role: str = "operator", desk: str = "") -> Account:
    """An account is added."""
    return accounts.add(name, f"Cán bộ {name}", PASSWORD, role, desk)


def stored_hash(name: str = "lan") -> str:
    """What is stored of a password."""
    with database.connect() as connection:
        query = sa.select(staff.c.password_hash).where(staff.c.name == name)
        return str(connection.execute(query).scalar())
