"""Whether an asker may read a dossier: a second factor, kept only as keyed hashes.

The factor is the last four digits (or the whole) of the telephone or identity number
given at filing. Hashes are keyed with `BOT_SECRET` and bound to the dossier, so that
equal numbers of two dossiers do not look alike.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from bot.dossiers.model import NumberHashes

TAIL_LENGTH = 4
PHONE_LENGTHS = (10, 11)
IDENTITY_LENGTHS = (9, 12)


def digits_of(text: str) -> str:
    """The digits of a number as written; the country's 84 becomes the leading 0."""
    digits = re.sub(r"\D", "", text)
    return f"0{digits[2:]}" if digits.startswith("84") and len(digits) == 11 else digits


def keyed_hash(secret: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts, in hex."""
    message = "\x1f".join(parts).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def number_hashes(secret: str, code: str, phone: str, identity_number: str) -> NumberHashes:
    """Hashes of both numbers of a dossier's applicant, whole and of their last four digits."""
    whole_phone, phone_tail = _hashes(secret, code, "phone", phone)
    whole_identity, identity_tail = _hashes(secret, code, "identity", identity_number)
    return NumberHashes(whole_phone, phone_tail, whole_identity, identity_tail)


def _hashes(secret: str, code: str, kind: str, number: str) -> tuple[str, str]:
    digits = digits_of(number)
    # Who has no number gets zeros at some desks: they would be guessed first.
    if len(digits) < TAIL_LENGTH or len(set(digits)) == 1:
        return "", ""
    return (
        keyed_hash(secret, code, kind, digits),
        keyed_hash(secret, code, f"{kind}-tail", digits[-TAIL_LENGTH:]),
    )


def person_hash(secret: str, phone: str, identity_number: str) -> str:
    """Hash of both numbers together, the same in each dossier; "" unless both are whole."""
    phone_digits, identity_digits = digits_of(phone), digits_of(identity_number)
    if len(phone_digits) not in PHONE_LENGTHS or len(identity_digits) not in IDENTITY_LENGTHS:
        return ""
    return keyed_hash(secret, "person", phone_digits, identity_digits)


def matches(secret: str, code: str, digits: str, numbers: NumberHashes) -> bool:
    """Whether the digits are those of one of the dossier's numbers.

    Every comparison is made, in constant time, whatever the earlier ones brought.
    """
    is_tail = len(digits) == TAIL_LENGTH
    verdict = False
    for kind, whole, tail in (
        ("phone", numbers.phone, numbers.phone_tail),
        ("identity", numbers.identity, numbers.identity_tail),
    ):
        stored = tail if is_tail else whole
        offered = keyed_hash(secret, code, f"{kind}-tail" if is_tail else kind, digits)
        verdict |= bool(stored) and hmac.compare_digest(stored, offered)
    return verdict
