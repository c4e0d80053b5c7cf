"""Passwords of staff: which are accepted, and how they are kept (argon2id)."""

from __future__ import annotations

import functools
import secrets
import unicodedata

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
# A password of a few different letters is tried first.
FEWEST_LETTERS = 5
# What people who must take twelve letters take; compared without regard to capitals.
COMMON = frozenset(
    {
        "password1234", "password12345", "password123456", "passwordpassword", "p@ssword1234",
        "p@ssw0rd1234", "administrator", "admin1234567", "admin123456789", "adminadmin12",
        "123456789012", "1234567890123", "12345678901234", "1234567890abc", "abc123456789",
        "abcdefghijkl", "qwertyuiop12", "qwertyuiop123", "qwerty123456", "qwerty1234567",
        "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qaz2wsx3edc", "asdfghjkl123", "zxcvbnm12345",
        "iloveyou1234", "welcome12345", "changeme1234", "letmein12345", "vietnam12345",
        "vietnam123456", "quangngai123", "quangngai1234", "quangngai2025", "quangngai2026",
        "matkhau12345", "matkhau123456", "matkhaumatkhau", "hanhchinhcong", "trolythutuc1",
        "dichvucong123", "tongdai1022tongdai", "anhyeuem1234", "0123456789ab", "a1b2c3d4e5f6",
    }
)  # fmt: skip

_hasher = argon2.PasswordHasher()


class PasswordRefused(ValueError):
    """A password is too easy to guess; the text says why."""


def check(password: str, name: str) -> None:
    """Accept a new password of an account.

    Raises:
        PasswordRefused: it is too short, too long, common, or like the account's name.
    """
    written = _written(password)
    lower = written.lower()
    if not SHORTEST <= len(written) <= LONGEST:
        raise PasswordRefused(f"A password has {SHORTEST} to {LONGEST} letters.")
    if name in lower:
        raise PasswordRefused("The account's name must not stand in its password.")
    if lower in COMMON or len(set(lower)) < FEWEST_LETTERS:
        raise PasswordRefused("The password is one of those that are tried first.")


def made() -> str:
    """A new password that nobody guesses."""
    return secrets.token_urlsafe(15)


def hashed(password: str) -> str:
    """As it is stored. Takes some 50 ms and 64 MB, as it has to."""
    return _hasher.hash(_written(password))


def is_right(password: str, stored: str) -> bool:
    """Whether the password is the stored one; takes as long if it is not."""
    try:
        return _hasher.verify(stored, _written(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether it was hashed with other parameters than would be taken today."""
    return _hasher.check_needs_rehash(stored)


@functools.lru_cache(maxsize=1)
def nobodys() -> str:
    """A hash to verify for names that nobody has."""
    return hashed(made())


def _written(password: str) -> str:
    # Keyboards write the same Vietnamese letter in two ways; JSON may hold half a character.
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode())
