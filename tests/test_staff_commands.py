"""Commands about staff accounts: passwords never shown but once, and exit statuses."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from bot import database
from bot.staff import accounts, audit, passwords, sessions, signing_in
from bot.staff.tables import staff
from tests.staff.accounts import PASSWORD, put, quick_hashes, stored_hash
from tests.test_dossier_commands import run

__all__ = ["quick_hashes"]
pytestmark = pytest.mark.usefixtures("database_ready", "quick_hashes")
Captured = pytest.CaptureFixture[str]
OTHER = "bun bo hue 1 to lon"
ADD = ("staff", "add", "lan", "--shown-name", "Chị Lan", "--role", "operator")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\r\nmore\n"))


@pytest.mark.usefixtures("typed")
def test_an_account_is_added_with_the_password_of_the_first_line(capsys: Captured) -> None:
    said = (0, "lan is added as operator.\n", "")
    assert run(capsys, *ADD, "--desk", "Sở Y tế") == said
    account = accounts.find("lan")
    assert account is not None
    assert (account.shown_name, account.desk) == ("Chị Lan", "Sở Y tế")
    assert passwords.is_right(PASSWORD, stored_hash())
    assert signing_in.sign_in("lan", PASSWORD)


def test_a_password_that_is_made_is_shown_once(capsys: Captured) -> None:
    status, output, errors = run(capsys, *ADD, "--generate")
    assert (status, errors) == (0, "")
    shown = output.splitlines()[1].partition(": ")[2]
    assert len(shown) >= passwords.SHORTEST
    assert passwords.is_right(shown, stored_hash())
    status, output, _ = run(capsys, "staff", "password", "LAN", "--generate")
    again = output.splitlines()[1].partition(": ")[2]
    assert (status, again != shown) == (0, True)
    assert passwords.is_right(again, stored_hash())


def test_a_new_password_signs_out_and_unlocks(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    token = signing_in.sign_in("lan", PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO(OTHER))
    said = (0, "lan has a new password.\n", "")
    assert run(capsys, "staff", "password", "lan") == said
    assert sessions.find(token) is None
    assert signing_in.sign_in("lan", OTHER)


@pytest.mark.parametrize(
    ("typed_text", "reason"),
    [
        ("", "A password has 12 to 256 letters."),
        ("short\n", "A password has 12 to 256 letters."),
        ("matkhau12345\n", "The password is one of those that are tried first."),
        ("cho lan vao voi\n", "The account's name must not stand in its password."),
    ],
)
def test_easy_passwords_are_refused(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, typed_text: str, reason: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed_text))
    assert run(capsys, *ADD) == (1, "", f"Error: {reason}\n")
    assert accounts.listed() == []


@pytest.mark.usefixtures("typed")
def test_a_name_that_is_taken_or_none_is_refused(capsys: Captured) -> None:
    put()
    assert run(capsys, *ADD) == (1, "", "Error: There is an account lan already.\n")
    for command in ("password", "disable", "enable", "unlock"):
        expected = (1, "", "Error: There is no account minh.\n")
        assert run(capsys, "staff", command, "minh") == expected


def test_accounts_are_listed_disabled_enabled_and_unlocked(capsys: Captured) -> None:
    put("lan", "supervisor", "Sở Y tế")
    put("minh")
    token = signing_in.sign_in("lan", PASSWORD)
    assert run(capsys, "staff", "disable", "lan") == (0, "lan is disabled.\n", "")
    assert sessions.find(token) is None
    until = dt.datetime.utcnow() + dt.timedelta(hours=1)
    with database.begin() as connection:
        this = sa.update(staff).where(staff.c.name == "minh")
        connection.execute(this.values(failures=5, locked_until=until))
    status, output, _ = run(capsys, "staff", "list")
    first, second = output.splitlines()
    assert (status, first) == (0, "lan                  supervisor disabled   Cán bộ lan / Sở Y tế")
    assert "active, locked until " in second
    assert "argon2" not in output
    assert run(capsys, "staff", "enable", "lan") == (0, "lan is enabled.\n", "")
    assert run(capsys, "staff", "unlock", "minh") == (0, "minh is unlocked.\n", "")
    assert "locked" not in run(capsys, "staff", "list")[1]
    assert signing_in.sign_in("minh", PASSWORD)
    actions = [(entry.name, entry.action) for entry in audit.read()]
    assert actions == [
        ("minh", "sign_in"),
        ("minh", "account_unlock"),
        ("lan", "account_enable"),
        ("lan", "account_disable"),
        ("lan", "sign_in"),
    ]
