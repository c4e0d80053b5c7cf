"""What the commands about staff accounts do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot import clock
from bot.commands import CommandError, db_upgrade

BY = "command line"


def staff_add(arguments: argparse.Namespace) -> None:
    """Add an account; its password is read from standard input, or made and printed once."""
    from bot.staff import accounts, audit

    db_upgrade(arguments)
    name = accounts.spelt(arguments.name)
    with _refusals():
        if accounts.find(name) is not None:
            raise accounts.AccountRefused(f"There is an account {name} already.")
        password = _password(arguments)
        account = accounts.add(name, arguments.shown_name, password, arguments.role, arguments.desk)
        audit.record(account.name, "account_add", detail=f"{BY}: {account.role}")
    print(f"{account.name} is added as {account.role}.")
    _print_made(arguments, password)


def staff_password(arguments: argparse.Namespace) -> None:
    """Change a password; whoever is signed in under the old one is signed out."""
    from bot.staff import accounts, audit

    db_upgrade(arguments)
    name = accounts.spelt(arguments.name)
    with _refusals():
        if accounts.find(name) is None:
            raise accounts.AccountRefused(f"There is no account {name}.")
        password = _password(arguments)
        accounts.set_password(name, password)
        audit.record(name, "account_password", detail=BY)
    print(f"{name} has a new password.")
    _print_made(arguments, password)


def staff_list(arguments: argparse.Namespace) -> None:
    """List accounts by name."""
    from bot.staff import accounts

    db_upgrade(arguments)
    now = dt.datetime.utcnow()
    for account in accounts.listed():
        state = "active" if account.is_active else "disabled"
        if account.locked_until is not None and account.locked_until > now:
            state += f", locked until {clock.in_vietnam(account.locked_until):%H:%M}"
        about = " / ".join(filter(None, (account.shown_name, account.desk)))
        print(f"{account.name:20} {account.role:10} {state:10} {about}")


def staff_disable(arguments: argparse.Namespace) -> None:
    """Disable an account, which signs it out at once."""
    _set_active(arguments, is_active=False)


def staff_enable(arguments: argparse.Namespace) -> None:
    """Enable a disabled account."""
    _set_active(arguments, is_active=True)


def staff_unlock(arguments: argparse.Namespace) -> None:
    """Let an account sign in that failed too often."""
    from bot.staff import accounts, audit

    db_upgrade(arguments)
    name = accounts.spelt(arguments.name)
    with _refusals():
        accounts.unlock(name)
        audit.record(name, "account_unlock", detail=BY)
    print(f"{name} is unlocked.")


def _set_active(arguments: argparse.Namespace, *, is_active: bool) -> None:
    from bot.staff import accounts, audit

    db_upgrade(arguments)
    name = accounts.spelt(arguments.name)
    with _refusals():
        accounts.set_active(name, is_active=is_active)
        audit.record(name, "account_enable" if is_active else "account_disable", detail=BY)
    print(f"{name} is {'enabled' if is_active else 'disabled'}.")


def _password(arguments: argparse.Namespace) -> str:
    """Made, typed twice at a terminal, or the first line of standard input."""
    from bot.staff import passwords

    if arguments.generate:
        return passwords.made()
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords differ.")
    return password


def _print_made(arguments: argparse.Namespace, password: str) -> None:
    if arguments.generate:
        print(f"Password, shown only now: {password}")


@contextmanager
def _refusals() -> Iterator[None]:
    from bot.staff.accounts import AccountRefused
    from bot.staff.passwords import PasswordRefused

    try:
        yield
    except (AccountRefused, PasswordRefused) as error:
        raise CommandError(str(error)) from error
