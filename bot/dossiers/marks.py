"""Keyed hashes (marks) of who looks up and what: tables of look-ups name both by nothing else."""

from __future__ import annotations

from bot.dossiers.model import Asker
from bot.dossiers.verification import keyed_hash
from bot.settings import settings


def mark(kind: str, *parts: str) -> str:
    """64 hex digits for parts of one kind; equal parts of another kind do not look alike."""
    # A caller of REST may put halves of a character into its session, which no encoding holds.
    writable = (part.encode("utf-8", "backslashreplace").decode() for part in parts)
    return keyed_hash(settings().secret, "look-up", kind, *writable)


def session_mark(asker: Asker) -> str:
    """Of the conversation."""
    return mark("session", asker.session)


def address_mark(asker: Asker) -> str:
    """Of the network address; "" for a direct connection from this machine."""
    return mark("address", asker.address) if asker.address else ""


def dossier_mark(code: str) -> str:
    """Of a dossier's code in its official spelling, whether such a dossier exists or not."""
    return mark("dossier", code)


def person_mark(phone: str, identity_number: str) -> str:
    """Of both numbers of a person, digits only."""
    return mark("person", phone, identity_number)
