"""The console's API: tickets, prepared answers, and what staff did."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import wording
from bot.http import console_guard as guard
from bot.http import console_json as shown
from bot.http.console_guard import ConsoleRefused, blueprint
from bot.recent import Recent
from bot.settings import settings
from bot.staff import audit
from bot.staff.sessions import Session
from bot.support import routing, tickets
from bot.support.ticket import DENUNCIATION, Ticket

MOST_TICKETS = 500
# Pages ask every two seconds; who has just closed a ticket may see the old number for as long.
COUNTED_FOR = 5.0
_counted: Recent[tuple[float, Counter[tuple[str, str]]]] = Recent(4)
_TITLE = "_title"


def open_count(session: Session) -> int:
    """How many tickets wait for an answer, of those that one sees."""
    database = settings().database_url
    counted_at, counts = _counted.get(database, (0.0, Counter()))
    now = time.monotonic()
    if not counted_at or now - counted_at > COUNTED_FOR:
        counts = Counter((one.kind, one.agency) for one in tickets.listed(tickets.OPEN))
        _counted.put(database, (now, counts))
    return sum(number for key, number in counts.items() if _is_for(session, *key))


@blueprint.get("/tickets")
async def listed(request: Request) -> HTTPResponse:
    """`?state=…` → tickets; those that wait, the oldest first, of the others the newest."""
    state = request.args.get("state") or tickets.OPEN
    if state not in tickets.STATES:
        raise ConsoleRefused(guard.BAD_REQUEST)
    session = guard.staff(request)
    found = await asyncio.to_thread(tickets.listed, state)
    theirs = [ticket for ticket in found if _is_for(session, ticket.kind, ticket.agency)]
    some = theirs if state == tickets.OPEN else theirs[::-1]
    return _json([shown.ticket(ticket) for ticket in some[:MOST_TICKETS]])


@blueprint.get("/tickets/<code:str>")
async def one(request: Request, code: str) -> HTTPResponse:
    """One ticket."""
    return _json(shown.ticket(await asyncio.to_thread(_found, guard.staff(request), code)))


@blueprint.post("/tickets/<code:str>/answer")
async def answer(request: Request, code: str) -> HTTPResponse:
    """`{"text"}`: what the citizen may read."""
    text = guard.string(request, "text", tickets.LONGEST_TEXT, shortest=1)
    return _json(await asyncio.to_thread(_answer, guard.staff(request), code, text))


def _answer(session: Session, code: str, text: str) -> dict[str, Any]:
    known = _found(session, code)
    changed = tickets.answer(known.code, text)
    return _done(session, "ticket_answer", changed)


@blueprint.post("/tickets/<code:str>/close")
async def close(request: Request, code: str) -> HTTPResponse:
    """The ticket is dealt with."""
    return _json(await asyncio.to_thread(_close, guard.staff(request), code))


def _close(session: Session, code: str) -> dict[str, Any]:
    return _done(session, "ticket_close", tickets.close(_found(session, code).code))


@blueprint.post("/tickets/<code:str>/contact")
async def contact(request: Request, code: str) -> HTTPResponse:
    """→ the number that was left; that it was opened is kept."""
    return _json({"number": await asyncio.to_thread(_contact, guard.staff(request), code)})


def _contact(session: Session, code: str) -> str:
    known = _found(session, code)
    number = tickets.contact(known.code)
    # What cannot be written down is not shown.
    audit.record(session.name, "ticket_contact", f"ticket:{known.code}")
    return number


@blueprint.get("/prepared")
async def prepared(_: Request) -> HTTPResponse:
    """Answers to insert."""
    known = wording.responses("prepared_answers")
    names = [name for name in known if not name.endswith(_TITLE)]
    return _json([{"title": known[n + _TITLE]["text"], "text": known[n]["text"]} for n in names])


@blueprint.get("/audit")
async def done(request: Request) -> HTTPResponse:
    """`?limit=…` → what staff did, the latest first; for who oversees them."""
    guard.overseer(request)
    limit = guard.number_asked(request, "limit", 200, audit.MOST_READ)
    entries = await asyncio.to_thread(audit.read, limit)
    return _json([{**vars(entry), "at": shown.moment(entry.at)} for entry in entries])


def _found(session: Session, code: str) -> Ticket:
    ticket = tickets.by_code(code)
    # A code tells nobody that somebody was denounced.
    if ticket is None or not _is_for(session, ticket.kind, ticket.agency):
        raise ConsoleRefused(guard.NOT_FOUND)
    return ticket


def _is_for(session: Session, kind: str, agency: str) -> bool:
    # What is said against officials is not for the offices where they work.
    is_hidden = bool(session.desk) and agency == routing.reception() != session.desk
    return session.oversees or (kind != DENUNCIATION and not is_hidden)


def _done(session: Session, action: str, ticket: Ticket) -> dict[str, Any]:
    audit.record(session.name, action, f"ticket:{ticket.code}")
    return shown.ticket(ticket)


def _json(value: Any) -> HTTPResponse:
    return json(value, ensure_ascii=False)
