"""Sessions: only hashes are stored, they end by time, and say who takes talks."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from bot import database
from bot.settings import settings
from bot.staff import accounts, audit, presence, sessions, signing_in
from bot.staff.presence import LONGEST_SESSION
from bot.staff.sessions import Session
from bot.staff.tables import staff_sessions
from tests.staff.accounts import PASSWORD, put

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("quick_hashes")

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
SECOND = dt.timedelta(seconds=1)
IDLE = dt.timedelta(minutes=30)


def signed_in(name: str = "lan", now: dt.datetime = NOON) -> tuple[str, Session]:
    token = signing_in.sign_in(name, PASSWORD, now=now)
    found = sessions.find(token, now)
    assert found is not None
    return token, found


@pytest.mark.usefixtures("either_database")
def test_whoever_reads_the_table_cannot_use_it() -> None:
    put()
    token, found = signed_in()
    assert len(token) >= 43
    with database.connect() as connection:
        stored = connection.execute(sa.select(staff_sessions)).mappings().one()
    assert stored["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in map(str, stored.values())
    assert sessions.find(found.token_hash, NOON) is None
    assert sessions.find("", NOON) is None
    assert sessions.find("\ud83d", NOON) is None


@pytest.mark.usefixtures("either_database")
def test_a_session_ends_when_it_is_not_seen_and_after_half_a_day() -> None:
    put()
    token, found = signed_in()
    assert sessions.find(token, NOON + IDLE - SECOND) == found
    assert sessions.find(token, NOON + IDLE) is None
    now = NOON
    while now + IDLE / 2 < NOON + LONGEST_SESSION:
        now += IDLE / 2
        current = sessions.find(token, now)
        assert current is not None
        assert sessions.touch(current, now) is True
    assert sessions.find(token, NOON + LONGEST_SESSION - SECOND) is not None
    assert sessions.find(token, NOON + LONGEST_SESSION) is None


def test_being_seen_is_written_every_few_seconds_only(
    database_ready: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    token, found = signed_in()
    assert sessions.touch(found, NOON + 4 * SECOND) is False
    assert sessions.touch(found, NOON + 5 * SECOND) is True
    again = sessions.find(token, NOON + 6 * SECOND)
    assert again is not None
    assert again.seen_at == NOON + 5 * SECOND
    # A short lease has to be renewed sooner.
    monkeypatch.setenv("BOT_SUPPORT_LEASE_SECONDS", "4")
    settings.cache_clear()
    assert sessions.touch(again, NOON + 6 * SECOND) is True


@pytest.mark.usefixtures("either_database")
def test_who_signs_out_is_out_and_others_are_not() -> None:
    put()
    token, found = signed_in()
    other, _ = signed_in()
    sessions.end(found)
    assert sessions.find(token, NOON) is None
    assert sessions.find(other, NOON) is not None


def test_sessions_that_are_over_are_deleted(database_ready: object) -> None:
    put()
    put("minh")
    signed_in()
    signed_in("minh", NOON + IDLE / 2)
    assert sessions.purge(NOON + IDLE - SECOND) == 0
    assert sessions.purge(NOON + IDLE) == 1
    # Signing in forgets the account's old ones.
    signed_in("minh", NOON + 2 * IDLE)
    with database.connect() as connection:
        assert connection.execute(sa.select(staff_sessions.c.made_at)).scalars().all() == [
            NOON + 2 * IDLE
        ]


@pytest.mark.usefixtures("either_database")
def test_who_is_on_duty_where() -> None:
    health, building = "Sở Y tế", "Sở Xây dựng"
    put("an")
    put("binh", desk=health)
    put("chi", "supervisor", building)
    put("dung", "admin")
    assert presence.on_duty(now=NOON) == []
    sessions_of = {name: signed_in(name)[1] for name in ("an", "binh", "chi", "dung")}
    assert presence.on_duty(now=NOON) == ["an", "chi", "dung"]
    assert presence.on_duty(health, NOON) == ["binh", "chi", "dung"]
    assert presence.on_duty(building, NOON) == ["chi", "dung"]
    assert presence.on_duty_at(("", health), NOON) == ["an", "binh", "chi", "dung"]
    assert presence.on_duty_at(None, NOON) == ["an", "binh", "chi", "dung"]
    # Somebody in two browsers is one person.
    signed_in("an")
    assert presence.on_duty(now=NOON) == ["an", "chi", "dung"]
    sessions.set_duty(sessions_of["chi"], on_duty=False)
    assert presence.on_duty(building, NOON) == ["dung"]
    accounts.set_active("dung", is_active=False)
    assert presence.on_duty(building, NOON) == []
    sessions.set_duty(sessions_of["chi"], on_duty=True)
    assert presence.on_duty(building, NOON) == ["chi"]


@pytest.mark.usefixtures("either_database")
def test_who_is_not_seen_is_not_on_duty() -> None:
    put()
    _, found = signed_in()
    lease = dt.timedelta(seconds=settings().support_lease_seconds)
    assert presence.on_duty(now=NOON + lease) == ["lan"]
    assert presence.on_duty(now=NOON + lease + SECOND) == []
    sessions.touch(found, NOON + lease)
    assert presence.on_duty(now=NOON + lease + SECOND) == ["lan"]


@pytest.mark.usefixtures("either_database")
def test_the_record_is_read_the_latest_first_and_purged() -> None:
    audit.record("lan", "claim", "handover:1")
    audit.record("lan", "close", "handover:1", "solved" * 100, "a" * 32)
    newest, oldest = audit.read()
    assert (newest.action, len(newest.detail)) == ("close", audit.LONGEST_DETAIL)
    assert (oldest.name, oldest.action, oldest.subject) == ("lan", "claim", "handover:1")
    assert audit.read(1) == [newest]
    assert audit.purge(oldest.at) == 0
    later = newest.at + SECOND
    assert audit.purge(later, dry_run=True) == 2
    assert len(audit.read()) == 2
    assert audit.purge(later) == 2
    assert audit.read() == []
