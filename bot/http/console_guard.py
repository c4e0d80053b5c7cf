"""What every call of the console's API has to pass: who asks, from which page, and in what form.

Checks stand before all routes of `blueprint`, so that no route can lack them; only signing in is
open. Whoever needs a role asks for it by `overseer`.
"""

from __future__ import annotations

import asyncio
import hmac
import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import origins, wording
from bot.http.private_page import keep_private
from bot.settings import settings
from bot.staff import sessions
from bot.staff.sessions import Session
from bot.support.handover import HandoverRefused, Taken
from bot.support.tickets import TicketRefused

COOKIE, CSRF_HEADER = "console_session", "x-csrf-token"
PREFIX = "/console/api"
SIGN_IN = "/sign-in"
_READING = ("GET", "HEAD")

blueprint = Blueprint("console_api", url_prefix=PREFIX)


@dataclass(frozen=True)
class Problem:
    """What is told of a refusal; `code` for programs, `response` names the wording."""

    status: int
    code: str
    response: str


BAD_REQUEST = Problem(400, "bad_request", "utter_console_bad_request")
NOT_SIGNED_IN = Problem(401, "not_signed_in", "utter_console_not_signed_in")
SIGN_IN_FAILED = Problem(401, "sign_in_failed", "utter_console_sign_in_failed")
FORBIDDEN = Problem(403, "forbidden", "utter_console_forbidden")
CSRF_FAILED = Problem(403, "csrf_failed", "utter_console_csrf_failed")
NOT_FOUND = Problem(404, "not_found", "utter_console_not_found")
TAKEN = Problem(409, "taken", "utter_console_taken")
REFUSED = Problem(409, "refused", "utter_console_refused")
TOO_MANY_TALKS = Problem(409, "refused", "utter_console_too_many_talks")
LOCKED = Problem(429, "locked", "utter_console_locked")
TOO_MANY_TRIES = Problem(429, "locked", "utter_console_too_many_tries")


class ConsoleRefused(Exception):
    """A call is refused; `seconds`: it may be tried again after so many."""

    def __init__(self, problem: Problem, seconds: float = 0) -> None:
        """See the class."""
        super().__init__(problem.code)
        self.problem, self.seconds = problem, seconds


def answered(problem: Problem, seconds: float = 0) -> HTTPResponse:
    """The refusal as it is sent."""
    text = wording.text("console", problem.response)
    if seconds:
        text = text.format(minutes=math.ceil(seconds / 60))
    body = {"error": {"code": problem.code, "message": text}}
    headers = {"Retry-After": str(math.ceil(seconds))} if seconds else {}
    return json(body, status=problem.status, headers=headers, ensure_ascii=False)


@blueprint.middleware("request")
async def check(request: Request) -> HTTPResponse | None:
    """Refuse who is not signed in, and changes that no page of ours asks for."""
    changes = request.method not in _READING
    if changes and not _is_of_our_page(request):
        return answered(CSRF_FAILED)
    if changes and not request.headers.get("content-type", "").startswith("application/json"):
        return answered(BAD_REQUEST)
    if request.path == PREFIX + SIGN_IN:
        return None
    session = await signed_in(request)
    if session is None:
        return answered(NOT_SIGNED_IN)
    given = request.headers.get(CSRF_HEADER, "").encode("utf-8", "replace")
    if changes and not hmac.compare_digest(given, session.csrf.encode()):
        return answered(CSRF_FAILED)
    request.ctx.staff = session
    return None


@blueprint.middleware("response")
async def hide(_: Request, response: HTTPResponse) -> None:
    """Nothing of it is kept anywhere."""
    keep_private(response)


@blueprint.exception(ConsoleRefused)
async def on_refused(_: Request, error: ConsoleRefused) -> HTTPResponse:
    """A route refuses."""
    return answered(error.problem, error.seconds)


@blueprint.exception(Taken)
async def on_taken(_: Request, _error: Taken) -> HTTPResponse:
    """The talk is somebody else's."""
    return answered(TAKEN)


@blueprint.exception(HandoverRefused, TicketRefused)
async def on_impossible(_: Request, _error: ValueError) -> HTTPResponse:
    """A talk or ticket is not in a state for what was asked."""
    return answered(REFUSED)


async def signed_in(request: Request) -> Session | None:
    """Whose session the request's cookie opens."""
    token = request.cookies.get(COOKIE, "")
    return await asyncio.to_thread(sessions.find, token) if token else None


def staff(request: Request) -> Session:
    """Who asks."""
    session: Session = request.ctx.staff
    return session


def overseer(request: Request) -> Session:
    """Who asks, if they oversee all desks.

    Raises:
        ConsoleRefused: they do not.
    """
    session = staff(request)
    if not session.oversees:
        raise ConsoleRefused(FORBIDDEN)
    return session


def string(request: Request, name: str, longest: int, *, shortest: int = 0) -> str:
    """A text of the request's body; one that may be empty may be lacking.

    Raises:
        ConsoleRefused: it is none, too short or too long.
    """
    value = _field(request, name, "" if not shortest else None)
    if not isinstance(value, str) or not shortest <= len(value.strip()) <= longest:
        raise ConsoleRefused(BAD_REQUEST)
    return value


def integer(request: Request, name: str) -> int:
    """A number of the request's body.

    Raises:
        ConsoleRefused: it is none.
    """
    value = _field(request, name, None)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ConsoleRefused(BAD_REQUEST)
    return value


def truth(request: Request, name: str) -> bool:
    """A yes or no of the request's body.

    Raises:
        ConsoleRefused: it is none.
    """
    value = _field(request, name, None)
    if not isinstance(value, bool):
        raise ConsoleRefused(BAD_REQUEST)
    return value


def number_asked(request: Request, name: str, default: int, highest: int) -> int:
    """A number of the request's query.

    Raises:
        ConsoleRefused: it is none, or too high.
    """
    text = request.args.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= highest):
        raise ConsoleRefused(BAD_REQUEST)
    return int(text)


def _field(request: Request, name: str, default: object) -> object:
    body = request.json  # malformed JSON is answered by the app's error handler
    if not isinstance(body, dict):
        raise ConsoleRefused(BAD_REQUEST)
    return body.get(name, default)


def _is_of_our_page(request: Request) -> bool:
    """Whether the console asks; programs name no page, and have to know the session's secrets.

    Portals that hold the chat are allowed origins, but they are not the console.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return True
    public = urlsplit(settings().public_url)
    if origin.lower() == f"{public.scheme}://{public.netloc}".lower():
        return True
    is_portal = origin.lower() in settings().allowed_origins
    return not is_portal and origins.is_allowed(origin, request.headers.get("host", ""))
