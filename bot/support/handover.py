"""A hand-over (chuyển cán bộ) as a plain value, and who may do what with it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

WAITING, HELD, CLOSED = STATES = ("waiting", "held", "closed")
# Why a talk was handed over; the first in this order is answered first.
DANGER, DENUNCIATION, REQUEST, MISSED = REASONS = ("danger", "denunciation", "request", "missed")
PRIORITY = {DANGER: 0, DENUNCIATION: 1, REQUEST: 2, MISSED: 2}
# How it ended. An operator who closes gives one of the first four.
SOLVED, REFERRED, NO_ANSWER, ABUSE = BY_OPERATOR = ("solved", "referred", "no_answer", "abuse")
RETURNED, LEFT, ERASED, TICKET = "returned", "left", "erased", "ticket"
CLOSE_REASONS = (*BY_OPERATOR, RETURNED, LEFT, ERASED, TICKET)
# Key of a message's metadata: where an answer goes that a person gives later, sealed; of channels
# that name their citizens.
REPLY_TO = "reply_to"
# Who says a message.
CITIZEN, BOT, OPERATOR = "citizen", "bot", "operator"


class HandoverRefused(ValueError):
    """What is asked of a hand-over cannot be done; the text says why, for programs."""


class Taken(HandoverRefused):
    """Another operator has the talk, or the same one under a later claim."""


@dataclass(frozen=True)
class Summary:
    """What an operator should know at once; personal data masked.

    `need` is what the citizen wanted in their own words, `procedure` its code and name, `tried`
    the topics that the bot has told, `missed` how many messages were not understood, `dossiers`
    codes of dossiers that were proven to be the citizen's.
    """

    need: str = ""
    procedure_code: str = ""
    procedure_name: str = ""
    tried: tuple[str, ...] = ()
    missed: int = 0
    dossiers: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps({k: v for k, v in vars(self).items() if v}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Summary:
        """See `to_json`."""
        known = json.loads(text or "{}")
        lists = {name: tuple(known[name]) for name in ("tried", "dossiers") if name in known}
        return cls(**{**known, **lists})


@dataclass(frozen=True)
class Handover:
    """A talk that waits for a person, or has one; `claim` counts who has had it.

    `desk` is the agency whose staff take it, "" the province's information line. Times are UTC
    without a zone.
    """

    id: int
    session: str
    channel: str
    state: str
    reason: str
    priority: int
    opened_at: dt.datetime
    desk: str = ""
    summary: Summary = field(default_factory=Summary)
    reply_to: str = ""
    claimed_by: str = ""
    claimed_name: str = ""
    claim: int = 0
    lease_until: dt.datetime | None = None
    told_place: int | None = None
    told_long: bool = False
    closed_at: dt.datetime | None = None
    close_reason: str = ""
    close_note: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class Line:
    """A message of a talk; `author` is "citizen", "bot" or "operator", whose `name` is told.

    `earlier`: said before the hand-over. `has_sealed`: something in it was masked and may be
    opened. `buttons` as output channels take them. `delivered_at`: when the citizen got it.
    """

    id: int
    handover_id: int
    author: str
    text: str
    at: dt.datetime
    message_id: str
    name: str = ""
    earlier: bool = False
    has_sealed: bool = False
    buttons: tuple[dict[str, Any], ...] = ()
    delivered_at: dt.datetime | None = None
