"""Whether an asker may read a dossier: a second factor, kept only as keyed hashes.

The factor is the last four digits (or the whole) of the telephone or identity number
given at filing. Hashes are keyed with `BOT_SECRET` and bound to the dossier, so that
equal numbers of two dossiers do not look alike.
"""

from __future__ import annotations

import hashlib
import hmac
import re

TAIL_LENGTH = 4


def digits_of(text: str) -> str:
    """The digits of a number as written; the country's 84 becomes the leading 0."""
    digits = re.sub(r"\D", "", text)
    return f"0{digits[2:]}" if digits.startswith("84") and len(digits) == 11 else digits


def keyed_hash(secret: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts, in hex."""
    message = "\x1f".join(parts).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def number_hashes(secret: str, code: str, kind: str, number: str) -> tuple[str, str]:
    """Hash of a whole number and of its last four digits; empty for an unknown number."""
    digits = digits_of(number)
    if len(digits) < TAIL_LENGTH:
        return "", ""
    return (
        keyed_hash(secret, code, kind, digits),
        keyed_hash(secret, code, f"{kind}-tail", digits[-TAIL_LENGTH:]),
    )


def matches(secret: str, code: str, digits: str, hashes: dict[str, str]) -> bool:
    """Whether the digits are those of one of the dossier's numbers.

    `hashes` maps "phone", "phone-tail", "identity", "identity-tail" to stored hashes.
    Every comparison is made, in constant time, whatever the earlier ones brought.
    """
    suffix = "-tail" if len(digits) == TAIL_LENGTH else ""
    verdict = False
    for kind in ("phone", "identity"):
        stored = hashes.get(kind + suffix) or ""
        offered = keyed_hash(secret, code, kind + suffix, digits)
        verdict |= bool(stored) and hmac.compare_digest(stored, offered)
    return verdict
