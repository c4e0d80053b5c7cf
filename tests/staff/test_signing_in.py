"""Signing in: one answer to all that is wrong, and locks that parallel tries cannot pass."""

from __future__ import annotations

import datetime as dt

import argon2
import pytest

from bot.recent import Recent
from bot.staff import accounts, audit, passwords, sessions, signing_in
from bot.staff.signing_in import LOCKED_FOR, MOST_FAILURES, SignInFailed, SignInLocked
from tests.databases import at_the_same_time
from tests.staff.accounts import PASSWORD, WRONG, put, stored_hash

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _nobody_failed(quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "_unknown", Recent(signing_in.MOST_UNKNOWN_NAMES))


def fail(name: str, times: int, password: str = WRONG, now: dt.datetime = NOON) -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            signing_in.sign_in(name, password, now=now)


def actions() -> list[tuple[str, str]]:
    return [(entry.name, entry.action) for entry in reversed(audit.read())]


@pytest.mark.usefixtures("either_database")
def test_the_right_password_makes_a_new_session_each_time() -> None:
    put("lan", "supervisor", "Sở Y tế")
    first, second = (signing_in.sign_in(" LAN ", PASSWORD) for _ in range(2))
    assert first != second
    found = sessions.find(first)
    assert found is not None
    assert (found.name, found.role, found.desk, found.on_duty) == (
        "lan",
        "supervisor",
        "Sở Y tế",
        True,
    )
    other = sessions.find(second)
    assert other is not None
    assert found.csrf != other.csrf
    assert actions() == [("lan", "sign_in")] * 2


@pytest.mark.usefixtures("either_database")
@pytest.mark.parametrize("kind", ["known", "unknown", "disabled"])
def test_five_failures_lock_for_a_quarter_of_an_hour(kind: str) -> None:
    if kind != "unknown":
        put()
        accounts.set_active("lan", is_active=kind == "known")
    # For a disabled account the right password is a failure, too.
    password = PASSWORD if kind == "disabled" else WRONG
    fail("lan", MOST_FAILURES, password)
    for moment, seconds in ((NOON, 900), (NOON + LOCKED_FOR - SECOND, 1)):
        with pytest.raises(SignInLocked) as locked:
            signing_in.sign_in("Lan", PASSWORD, now=moment)
        assert locked.value.seconds == seconds
    # Afterwards there are as many tries as before.
    fail("lan", MOST_FAILURES, password, NOON + LOCKED_FOR)
    with pytest.raises(SignInLocked):
        signing_in.sign_in("lan", PASSWORD, now=NOON + LOCKED_FOR)
    shown = "" if kind == "unknown" else "lan"
    once = [*[(shown, "sign_in_failed")] * MOST_FAILURES, (shown, "locked")]
    assert actions() == once * 2


@pytest.mark.usefixtures("either_database")
def test_the_right_password_ends_the_counting() -> None:
    put()
    for _ in range(2):
        fail("lan", MOST_FAILURES - 1)
        # The last try that is left counts as failed only if it fails.
        assert signing_in.sign_in("lan", PASSWORD, now=NOON)
    found = accounts.find("lan")
    assert found is not None
    assert (found.failures, found.locked_until) == (0, None)


@pytest.mark.usefixtures("either_database")
@pytest.mark.parametrize("is_known", [True, False])
def test_of_many_tries_at_once_no_more_are_looked_at(
    is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_known:
        put()
    passwords.nobodys()
    looked_at = []
    is_right = passwords.is_right

    def counted(password: str, stored: str) -> bool:
        looked_at.append(stored)
        return is_right(password, stored)

    monkeypatch.setattr(passwords, "is_right", counted)

    def try_to() -> str:
        try:
            return signing_in.sign_in("lan", WRONG, now=NOON)
        except (SignInFailed, SignInLocked) as error:
            return type(error).__name__

    outcomes = sorted(at_the_same_time(try_to))
    assert outcomes == ["SignInFailed"] * MOST_FAILURES + ["SignInLocked"] * 3
    assert len(looked_at) == MOST_FAILURES


def test_an_unknown_name_is_as_much_work_as_a_known_one(
    database_ready: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    worked = []
    verify = argon2.PasswordHasher.verify

    def counted(hasher: argon2.PasswordHasher, stored: str, password: str) -> bool:
        worked.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(hasher, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    fail("lan", 1)
    fail("nobody", 1)
    fail("", 1)
    assert len(worked) == 3
    assert len(set(worked)) == 1


def test_names_that_nobody_has_are_not_written_down(database_ready: object) -> None:
    # Whoever mixes the fields up types the password for the name.
    fail(PASSWORD, 1)
    assert [(e.name, e.subject, e.detail) for e in audit.read()] == [("", "", "")]


def test_unknown_names_take_no_more_memory_than_fits(
    database_ready: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "_unknown", Recent(2))
    fail("one", MOST_FAILURES)
    fail("two", 1)
    with pytest.raises(SignInLocked):
        signing_in.sign_in("one", WRONG, now=NOON)
    fail("three", 1)
    fail("one", 1)


def test_a_hash_with_other_parameters_is_renewed(
    database_ready: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    stronger = argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", stronger)
    fail("lan", 1)
    assert "t=1" in stored_hash()
    signing_in.sign_in("lan", PASSWORD)
    assert "t=2" in stored_hash()
    assert signing_in.sign_in("lan", PASSWORD)


def test_a_password_that_changes_meanwhile_signs_nobody_in(
    database_ready: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    is_right = passwords.is_right

    def slow(password: str, stored: str) -> bool:
        accounts.set_password("lan", "bun bo hue 1 to lon")
        return is_right(password, stored)

    monkeypatch.setattr(passwords, "is_right", slow)
    with pytest.raises(SignInFailed):
        signing_in.sign_in("lan", PASSWORD)
