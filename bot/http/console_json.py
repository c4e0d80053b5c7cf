"""Talks, lines and tickets as the console's API shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.support.handover import Handover, Line
from bot.support.ticket import Ticket


def talk(one: Handover, **more: Any) -> dict[str, Any]:
    """A talk; never where its citizen is answered, nor the conversation's name."""
    about = one.summary
    procedure = {"code": about.procedure_code, "name": about.procedure_name}
    return {
        "id": one.id,
        "channel": one.channel,
        "state": one.state,
        "reason": one.reason,
        "priority": one.priority,
        "desk": one.desk,
        "opened_at": moment(one.opened_at),
        "claimed_name": one.claimed_name,
        "claim": one.claim,
        "need": about.need,
        "procedure": procedure if about.procedure_code else None,
        "tried": list(about.tried),
        "missed": about.missed,
        "dossiers": list(about.dossiers),
        **more,
    }


def line(one: Line) -> dict[str, Any]:
    """A line of a talk."""
    return {
        "id": one.id,
        "from": one.author,
        "name": one.name,
        "text": one.text,
        "at": moment(one.at),
        "earlier": one.earlier,
        "has_sealed": one.has_sealed,
        "delivered": one.delivered_at is not None,
    }


def ticket(one: Ticket) -> dict[str, Any]:
    """A ticket; of the number that was left only whether there is one."""
    return {
        "code": one.code,
        "kind": one.kind,
        "state": one.state,
        "text": one.text,
        "channel": one.channel,
        "made_at": moment(one.made_at),
        "due_at": moment(one.due_at) if one.due_at else None,
        "field": one.field,
        "level": one.level,
        "agency": one.agency,
        "place": one.place,
        "answer": one.answer,
        "has_contact": one.has_contact,
    }


def moment(stored: dt.datetime) -> str:
    """A stored time (UTC, without a zone) in ISO form."""
    return f"{stored.isoformat(timespec='milliseconds')}Z"
