"""A ticket (phiếu) as a plain value: what a citizen leaves for a person to answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

OPEN, ANSWERED, CLOSED = STATES = ("open", "answered", "closed")
# Something to pass on, and a telephone call that is asked for.
MESSAGE, CALL_BACK = "message", "call_back"
# Praise and ideas; what is wrong with a place or a service; what an official did against the law.
SUGGESTION, COMPLAINT, DENUNCIATION = FEEDBACK = ("suggestion", "complaint", "denunciation")
# Of a dossier that was proven to be the citizen's: it is late, or its money is not right.
LATE_DOSSIER, PAYMENT = OF_DOSSIERS = ("late_dossier", "payment")
KINDS = (MESSAGE, CALL_BACK, *FEEDBACK, *OF_DOSSIERS)


class TicketRefused(ValueError):
    """What is asked of a ticket cannot be done; the text says why, for operators."""


class TooManyTickets(RuntimeError):
    """The conversation has opened as many tickets as it may within an hour."""


@dataclass(frozen=True)
class Ticket:
    """A ticket; `state` is one of `STATES`, `kind` usually one of `KINDS`.

    `field`, `level` and `agency` say where it goes, `place` where it happened; unknown ones are
    empty. `due_at` is when an answer was promised. `has_contact`: a telephone number was left.
    Times are UTC, without a zone.
    """

    code: str
    kind: str
    dossier_code: str
    channel: str
    text: str
    made_at: dt.datetime
    state: str = OPEN
    answer: str = ""
    closed_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    field: str = ""
    level: str = ""
    agency: str = ""
    place: str = ""
    has_contact: bool = False
