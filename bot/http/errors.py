"""Errors as `{"error": {"code", "message"}}`, in Vietnamese for people to read."""

from __future__ import annotations

import logging

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import wording
from bot.database import DatabaseUnavailable
from bot.http import layout

logger = logging.getLogger(__name__)

PROGRAMS = (
    "/api/",
    "/webhooks/",
    "/health/",
    "/socket.io",
    "/results",
    "/payments/callback",
    "/console/api/",
    "/chatwoot/",
)
# What Sanic says of a request whose connection ended before the answer.
GONE = "Cancelled"
_STATUS_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def error_response(code: str, status: int) -> HTTPResponse:
    """The error with its wording.

    Raises:
        KeyError: the wording lacks the code.
    """
    message = wording.text("http_errors", f"utter_http_{code}")
    body = {"error": {"code": code, "message": message}}
    # People are told the same in a page, and the next answer may be another.
    headers = {"Vary": "Accept", "Cache-Control": "no-store"}
    return json(body, status=status, ensure_ascii=False, headers=headers)


def wants_page(request: Request) -> bool:
    """Whether a person asks by a browser, and not a program."""
    return "text/html" in request.headers.get("accept", "").lower()


def told(request: Request, code: str, status: int) -> HTTPResponse:
    """The error in the form that the asker reads; programs' addresses answer in JSON always."""
    if wants_page(request) and not request.path.startswith(PROGRAMS):
        reason = wording.text("http_errors", f"utter_http_{code}")
        advice = layout.say("utter_portal_advice_ask")
        return layout.problem(layout.say("utter_portal_problem"), [reason, advice], status)
    return error_response(code, status)


def handle_errors(app: Sanic) -> None:
    """Answer every exception of a route in this form, people in a browser with a page."""

    def on_sanic_error(request: Request, error: SanicException) -> HTTPResponse:
        status = getattr(error, "status_code", 500)
        if str(error) == GONE:
            logger.debug("%s %s: the asker has gone", request.method, request.path)
        elif status >= 500:
            logger.error("%s %s: %r", request.method, request.path, error)
        return told(request, _STATUS_CODES.get(status, "internal"), status)

    def on_database_error(request: Request, error: DatabaseUnavailable) -> HTTPResponse:
        logger.error("%s %s: the database is down: %s", request.method, request.path, error)
        return told(request, "unavailable", 503)

    def on_any_error(request: Request, error: Exception) -> HTTPResponse:
        logger.exception("%s %s failed", request.method, request.path, exc_info=error)
        return told(request, "internal", 500)

    app.error_handler.add(SanicException, on_sanic_error)
    app.error_handler.add(DatabaseUnavailable, on_database_error)
    app.error_handler.add(Exception, on_any_error)
