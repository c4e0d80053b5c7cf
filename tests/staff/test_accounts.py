"""Accounts: names, passwords that are refused, and changes that sign somebody out."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import database
from bot.staff import accounts, passwords, sessions, signing_in
from bot.staff.accounts import Account, AccountRefused
from bot.staff.passwords import PasswordRefused
from bot.staff.tables import staff
from tests.staff.accounts import PASSWORD, put, stored_hash

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("quick_hashes")

OTHER = "bun bo hue 1 to lon"


@pytest.mark.usefixtures("either_database")
def test_an_account_is_added_once_and_found() -> None:
    added = put("lan", "operator", "Sở Xây dựng")
    assert added == Account("lan", "Cán bộ lan", "operator", "Sở Xây dựng")
    assert accounts.find("lan") == added
    assert accounts.find("Lan") is None
    with pytest.raises(AccountRefused, match="an account lan already"):
        put("lan", "admin")
    assert accounts.listed() == [added]


def test_desks_are_those_of_active_accounts(database_ready: object) -> None:
    assert accounts.desks() == [""]
    put("an", desk="Sở Y tế")
    put("binh", desk="Sở Xây dựng")
    assert accounts.desks() == ["", "Sở Xây dựng", "Sở Y tế"]
    accounts.set_active("an", is_active=False)
    assert accounts.desks() == ["", "Sở Xây dựng"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "Lan"}, "A name has"),
        ({"name": "l"}, "A name has"),
        ({"name": "0912345678"}, "A name has"),
        ({"name": "lan\n"}, "A name has"),
        ({"name": "x" * 65}, "A name has"),
        ({"shown_name": " "}, "A shown name has"),
        ({"shown_name": "Lan \x1b[31m"}, "A shown name has"),
        ({"shown_name": "Lan 0905111222"}, "A shown name has"),
        ({"shown_name": "x" * 129}, "A shown name has"),
        ({"desk": "x" * 129}, "A desk has"),
        ({"role": "root"}, "'root' is no role"),
    ],
)
def test_what_no_account_can_have_is_refused(
    database_ready: object, changes: dict[str, str], reason: str
) -> None:
    values = {"name": "lan", "shown_name": "Lan", "password": PASSWORD, **changes}
    with pytest.raises(AccountRefused, match=reason):
        accounts.add(**values)
    assert accounts.listed() == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("ca phe sua", "12 to 256"),
        ("x1y2z3" * 50, "12 to 256"),
        ("Quang-Lan-2026!", "name must not stand"),
        ("PassWord1234", "tried first"),
        ("aaaaaaaabbbbbbbb", "tried first"),
    ],
)
def test_passwords_that_are_guessed_are_refused(
    database_ready: object, password: str, reason: str
) -> None:
    with pytest.raises(PasswordRefused, match=reason):
        accounts.add("lan", "Lan", password)
    put()
    before = stored_hash()
    with pytest.raises(PasswordRefused, match=reason):
        accounts.set_password("lan", password)
    assert stored_hash() == before


def test_passwords_that_are_made_are_accepted_and_never_the_same() -> None:
    made = {passwords.made() for _ in range(20)}
    assert len(made) == 20
    for password in made:
        passwords.check(password, "lan")


def test_the_hash_is_argon2id_with_the_librarys_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right(PASSWORD, kept)
    assert not passwords.is_right(PASSWORD + " ", kept)
    assert not passwords.is_outdated(kept)


def test_a_letter_written_in_two_ways_is_the_same() -> None:
    kept = passwords.hashed("tr\u1eddi m\u01b0a qu\u00e1 l\u00e2u")
    assert passwords.is_right("tro\u031b\u0300i mu\u031ba qua\u0301 la\u0302u", kept)
    assert not passwords.is_right("\ud83d", kept)
    assert not passwords.is_right(PASSWORD, "no hash")


@pytest.mark.usefixtures("either_database")
def test_a_new_password_or_disabling_signs_out() -> None:
    put()
    token, other = (signing_in.sign_in("lan", PASSWORD) for _ in range(2))
    accounts.set_password("lan", OTHER)
    assert sessions.find(token) is None
    assert sessions.find(other) is None
    token = signing_in.sign_in("lan", OTHER)
    accounts.set_active("lan", is_active=False)
    assert sessions.find(token) is None
    accounts.set_active("lan", is_active=True)
    # What ended stays ended.
    assert sessions.find(token) is None
    assert sessions.find(signing_in.sign_in("lan", OTHER)) is not None


def test_an_account_that_is_disabled_behind_our_back_is_signed_out_as_well(
    database_ready: object,
) -> None:
    put()
    token = signing_in.sign_in("lan", PASSWORD)
    with database.begin() as connection:
        connection.execute(sa.update(staff).values(is_active=False))
    assert sessions.find(token) is None


def test_unlocking_forgets_failures(database_ready: object) -> None:
    put()
    later = dt.datetime.utcnow() + dt.timedelta(hours=1)
    with database.begin() as connection:
        connection.execute(sa.update(staff).values(failures=5, locked_until=later))
    accounts.unlock("lan")
    found = accounts.find("lan")
    assert found is not None
    assert (found.failures, found.locked_until) == (0, None)


def test_an_account_that_there_is_not_is_not_changed(database_ready: object) -> None:
    changes = (
        lambda: accounts.unlock("lan"),
        lambda: accounts.set_active("lan", is_active=True),
        lambda: accounts.set_password("lan", PASSWORD),
    )
    for change in changes:
        with pytest.raises(AccountRefused, match="no account lan"):
            change()
