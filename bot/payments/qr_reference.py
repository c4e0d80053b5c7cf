"""The reference of a QR order, written into the transfer, and the token in its page's address.

A reference is short enough to be read over the telephone, is drawn and not counted, and holds
nothing about anybody: "QNG", ten letters or digits that do not look like others, one to check.
"""

from __future__ import annotations

import hmac
import re
import secrets

from bot.payments.marks import keyed_hash

PREFIX = "QNG"
# Without 0, O, 1, I and L; 31 of them, a prime, so that one wrong or two swapped are noticed.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_DRAWN = 10
_FORM = re.compile(rf"{PREFIX}[{LETTERS}]{{{_DRAWN + 1}}}")
# 128 bits: nobody makes one by trying.
_SIGNATURE_LENGTH = 32
_TOKEN = re.compile(rf"({_FORM.pattern})-([0-9a-f]{{{_SIGNATURE_LENGTH}}})")


def draw() -> str:
    """A new reference; that it is free, the store sees to."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(_DRAWN))
    return f"{PREFIX}{drawn}{_check_letter(drawn)}"


def is_reference(text: str) -> bool:
    """Whether a text has the form of a reference, its last letter included."""
    found = _FORM.fullmatch(text)
    return bool(found) and text[-1] == _check_letter(text[len(PREFIX) : -1])


def token(reference: str) -> str:
    """What stands in the address of a reference's page: nobody else can make it."""
    return f"{reference}-{_signature(reference)}"


def reference_of(text: str) -> str | None:
    """The reference of a token; None if the token was not made here."""
    found = _TOKEN.fullmatch(text)
    if not found or not hmac.compare_digest(found[2], _signature(found[1])):
        return None
    return found[1]


def _signature(reference: str) -> str:
    return keyed_hash("qr-page", reference)[:_SIGNATURE_LENGTH]


def _check_letter(drawn: str) -> str:
    weighted = sum(n * LETTERS.index(letter) for n, letter in enumerate(drawn, start=1))
    return LETTERS[weighted % len(LETTERS)]
