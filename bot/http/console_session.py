"""The console's API: signing in and out, who one is, and whether one takes talks."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.channels import operators
from bot.channels.incoming import address_of_request
from bot.http import console_guard as guard
from bot.http.console_guard import ConsoleRefused, blueprint
from bot.rate_limits import RateLimit
from bot.settings import settings
from bot.staff import accounts, audit, sessions, signing_in
from bot.staff.passwords import LONGEST
from bot.staff.sessions import Session
from bot.staff.signing_in import SignInFailed, SignInLocked
from bot.support import handover as h
from bot.support import handovers

TRIES_PER_MINUTE = 20
_LONGEST_NAME = 200
_tries = RateLimit(TRIES_PER_MINUTE)
# Each hash takes 64 MB: more at once would help nobody but who wants the server to run out.
_hashing = ThreadPoolExecutor(2, thread_name_prefix="hashing")


@blueprint.post(guard.SIGN_IN)
async def sign_in(request: Request) -> HTTPResponse:
    """`{"name", "password"}` → who one is, and a cookie."""
    name = guard.string(request, "name", _LONGEST_NAME, shortest=1)
    password = guard.string(request, "password", 4 * LONGEST)
    address = address_of_request(request)
    wait = _tries.seconds_to_wait(address) if address else 0
    if wait:
        raise ConsoleRefused(guard.TOO_MANY_TRIES, wait)
    try:
        loop = asyncio.get_running_loop()
        work = functools.partial(signing_in.sign_in, name, password, address)
        token = await loop.run_in_executor(_hashing, work)
    except SignInFailed:
        raise ConsoleRefused(guard.SIGN_IN_FAILED) from None
    except SignInLocked as error:
        raise ConsoleRefused(guard.LOCKED, error.seconds) from None
    session = await asyncio.to_thread(sessions.find, token)
    if session is None:
        raise ConsoleRefused(guard.NOT_SIGNED_IN)
    before = await guard.signed_in(request)
    if before is not None:
        await asyncio.to_thread(sessions.end, before)
    response = json(_identity(session), ensure_ascii=False)
    _put_cookie(response, token)
    return response


@blueprint.post("/sign-out")
async def sign_out(request: Request) -> HTTPResponse:
    """End the session; one's talks go back to the queue → `{"given_back": how many}`."""
    session = guard.staff(request)
    number = await asyncio.to_thread(_leave, session, address_of_request(request))
    response = json({"given_back": number})
    _put_cookie(response, "")
    response.cookies[guard.COOKIE]["max-age"] = 0
    return response


@blueprint.get("/me")
async def me(request: Request) -> HTTPResponse:
    """Who one is, and what there is to choose from."""
    session = guard.staff(request)
    more = {
        "desks": await asyncio.to_thread(accounts.desks),
        "close_reasons": list(h.BY_OPERATOR),
        "idle_minutes": settings().console_idle_minutes,
        "public_url": settings().public_url,
    }
    return json({**_identity(session), **more}, ensure_ascii=False)


@blueprint.post("/duty")
async def duty(request: Request) -> HTTPResponse:
    """`{"on"}`: take talks from now on, or no longer."""
    on_duty = guard.truth(request, "on")
    await asyncio.to_thread(sessions.set_duty, guard.staff(request), on_duty=on_duty)
    return json({"on_duty": on_duty})


def _leave(session: Session, address: str) -> int:
    given_back = 0
    for talk in handovers.listed(h.HELD):
        if talk.claimed_by != session.name:
            continue
        try:
            operators.give_back(talk.id, session.name, talk.claim)
        except h.HandoverRefused:  # its citizen has left just now
            continue
        given_back += 1
        audit.record(session.name, "give_back", f"handover:{talk.id}", audit.SIGN_OUT)
    sessions.end(session)
    audit.record(session.name, audit.SIGN_OUT, address=address)
    return given_back


def _identity(session: Session) -> dict[str, Any]:
    shown = ("name", "shown_name", "role", "desk", "on_duty")
    return {"staff": {key: getattr(session, key) for key in shown}, "csrf": session.csrf}


def _put_cookie(response: HTTPResponse, token: str) -> None:
    response.cookies[guard.COOKIE] = token
    cookie = response.cookies[guard.COOKIE]
    cookie["path"], cookie["samesite"], cookie["httponly"] = "/console", "Strict", True
    cookie["secure"] = settings().public_url.startswith("https:")
