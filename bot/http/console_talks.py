"""The console's API: the queue, and what an operator does with a talk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels import operators
from bot.http import console_guard as guard
from bot.http import console_json as shown
from bot.http.console_guard import ConsoleRefused, blueprint
from bot.http.console_tickets import open_count
from bot.recent import Recent
from bot.settings import settings
from bot.staff import accounts, audit, presence, sessions
from bot.staff.sessions import Session
from bot.support import handover as h
from bot.support import handover_talk, handovers, routing
from bot.support.handover import Handover

_LONGEST_KEY = 60
_HIGHEST_ID = 2**31 - 1
# The newest answer of talks that are held: what comes before it need not be read again.
_answered: Recent[int] = Recent(1000)


@blueprint.get("/queue")
async def queue(request: Request) -> HTTPResponse:
    """All talks that one sees; says that one is there, so that one's own stay one's own."""
    return await _told(_queue, guard.staff(request))


def _queue(session: Session) -> dict[str, Any]:
    if sessions.touch(session):
        handovers.renew(session.name)
    held = handovers.listed(h.HELD)
    places = handovers.places()
    waiting = [
        one for one in handovers.listed(h.WAITING, session.desks) if _is_of_desks(session, one)
    ]
    mine = [one for one in held if one.claimed_by == session.name]
    others = [one for one in held if one not in mine and _is_of_desks(session, one)]
    return {
        "waiting": [shown.talk(one, place=places.get(one.id, 1)) for one in waiting],
        "mine": [shown.talk(one, unread=_unread(one)) for one in mine],
        "others": [shown.talk(one) for one in others],
        "on_duty": len(presence.on_duty_at(session.desks)),
        "tickets_open": open_count(session),
    }


def _unread(talk: Handover) -> int:
    """Lines of the citizen behind the newest answer."""
    # An embedded database gives the number of a deleted talk to a new one.
    key = f"{talk.id} {talk.opened_at}"
    lines = handover_talk.read(talk.id, _answered.get(key, 0))
    answers = [line.id for line in lines if line.author == h.OPERATOR]
    if answers:
        _answered.put(key, answers[-1])
    newest = answers[-1] if answers else 0
    heard = (one for one in lines if one.author == h.CITIZEN and not one.earlier)
    return sum(one.id > newest for one in heard)


@blueprint.get("/talks/<number:int>")
async def one(request: Request, number: int) -> HTTPResponse:
    """`?after=…` → the talk, and its lines behind one."""
    after = guard.number_asked(request, "after", 0, _HIGHEST_ID)
    return await _told(_read, guard.staff(request), number, after)


def _read(session: Session, number: int, after: int) -> dict[str, Any]:
    talk = _found(number)
    is_theirs = talk.state == h.HELD and talk.claimed_by == session.name
    is_offered = talk.state == h.WAITING and _is_of_desks(session, talk)
    if not (session.oversees or is_theirs or is_offered):
        raise ConsoleRefused(guard.FORBIDDEN)
    if talk.state == h.CLOSED and not after:
        # What is over is read for a reason.
        audit.record(session.name, audit.READ, f"handover:{number}")
    lines = handover_talk.read(number, after)
    return {"talk": shown.talk(talk), "lines": [shown.line(line) for line in lines]}


@blueprint.post("/talks/<number:int>/claim")
async def claim(request: Request, number: int) -> HTTPResponse:
    """Take a waiting talk."""
    return await _told(_claim, guard.staff(request), number)


def _claim(session: Session, number: int) -> dict[str, Any]:
    known = _found(number)
    if not _is_of_desks(session, known):
        raise ConsoleRefused(guard.FORBIDDEN)
    try:
        talk = operators.claim(number, session.name, session.shown_name)
    except h.Taken:
        raise
    except h.HandoverRefused:
        held = [one for one in handovers.listed(h.HELD) if one.claimed_by == session.name]
        if len(held) < settings().support_talks_per_operator:
            raise
        raise ConsoleRefused(guard.TOO_MANY_TALKS) from None
    return _done(session, "claim", talk)


@blueprint.post("/talks/<number:int>/answer")
async def answer(request: Request, number: int) -> HTTPResponse:
    """`{"claim", "text", "key"}`: answer; the same key again is the same answer."""
    text = guard.string(request, "text", handover_talk.LONGEST_TEXT, shortest=1)
    key = guard.string(request, "key", _LONGEST_KEY, shortest=1)
    claimed = guard.integer(request, "claim")
    return await _told(_answer, guard.staff(request), number, claimed, text, key)


def _answer(session: Session, number: int, claimed: int, text: str, key: str) -> dict[str, Any]:
    _found(number)
    line = operators.answer(number, session.name, claimed, text, key)
    audit.record(session.name, "answer", f"handover:{number}")
    return {"line": shown.line(line)}


@blueprint.post("/talks/<number:int>/give-back")
async def give_back(request: Request, number: int) -> HTTPResponse:
    """`{"claim"}`: back to the queue."""
    claimed = guard.integer(request, "claim")
    return await _told(_give_back, guard.staff(request), number, claimed)


def _give_back(session: Session, number: int, claimed: int) -> dict[str, Any]:
    _found(number)
    return _done(session, "give_back", operators.give_back(number, session.name, claimed))


@blueprint.post("/talks/<number:int>/transfer")
async def transfer(request: Request, number: int) -> HTTPResponse:
    """`{"claim", "desk"}`: to another desk, which somebody answers for."""
    claimed = guard.integer(request, "claim")
    desk = guard.string(request, "desk", accounts.LONGEST_DESK)
    return await _told(_transfer, guard.staff(request), number, claimed, desk)


def _transfer(session: Session, number: int, claimed: int, desk: str) -> dict[str, Any]:
    _found(number)
    if desk not in accounts.desks():
        raise ConsoleRefused(guard.BAD_REQUEST)
    talk = operators.transfer(number, session.name, claimed, desk)
    return _done(session, "transfer", talk, desk)


@blueprint.post("/talks/<number:int>/return")
async def return_to_bot(request: Request, number: int) -> HTTPResponse:
    """`{"claim"}`: the bot goes on."""
    claimed = guard.integer(request, "claim")
    return await _told(_return, guard.staff(request), number, claimed)


def _return(session: Session, number: int, claimed: int) -> dict[str, Any]:
    _found(number)
    return _done(session, "return", operators.return_to_bot(number, session.name, claimed))


@blueprint.post("/talks/<number:int>/close")
async def close(request: Request, number: int) -> HTTPResponse:
    """`{"claim", "reason", "note"}`: the talk is over."""
    claimed = guard.integer(request, "claim")
    reason = guard.string(request, "reason", 32, shortest=1)
    note = guard.string(request, "note", handovers.LONGEST_NOTE)
    if reason not in h.BY_OPERATOR:
        raise ConsoleRefused(guard.BAD_REQUEST)
    return await _told(_close, guard.staff(request), number, claimed, reason, note)


def _close(session: Session, number: int, claimed: int, reason: str, note: str) -> dict[str, Any]:
    _found(number)
    talk = operators.close(number, session.name, claimed, reason, note)
    return _done(session, "close", talk, reason)


@blueprint.post("/talks/<number:int>/reveal")
async def reveal(request: Request, number: int) -> HTTPResponse:
    """`{"claim", "line"}` → what was masked in a line; that it was opened is kept."""
    claimed, line = guard.integer(request, "claim"), guard.integer(request, "line")
    return await _told(_reveal, guard.staff(request), number, claimed, line)


def _reveal(session: Session, number: int, claimed: int, line: int) -> dict[str, Any]:
    _found(number)
    values = handover_talk.opened(number, line, session.name, claimed)
    # What cannot be written down is not shown.
    audit.record(session.name, "reveal", f"handover:{number}", f"line {line}")
    return {"values": values}


def _found(number: int) -> Handover:
    talk = handovers.find(number) if number <= _HIGHEST_ID else None
    if talk is None:
        raise ConsoleRefused(guard.NOT_FOUND)
    return talk


def _is_of_desks(session: Session, talk: Handover) -> bool:
    if session.desks is None:
        return True
    # What is said against officials is not for the offices where they work.
    is_hidden = bool(session.desk) and not talk.desk and _accuses(talk)
    return talk.desk in session.desks and not is_hidden


def _accuses(talk: Handover) -> bool:
    return talk.reason == h.DENUNCIATION or routing.accuses(talk.summary.need)


def _done(session: Session, action: str, talk: Handover, detail: str = "") -> dict[str, Any]:
    audit.record(session.name, action, f"handover:{talk.id}", detail)
    return {"talk": shown.talk(talk)}


async def _told(work: Callable[..., dict[str, Any]], *arguments: Any) -> HTTPResponse:
    """What a function that asks the database brings, from a thread."""
    return json(await asyncio.to_thread(work, *arguments), ensure_ascii=False)
