"""The demo page and its static files."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, file

from bot.settings import PROJECT_ROOT

WEB = PROJECT_ROOT / "web"
HEADERS = {
    # Nothing from elsewhere is loaded, and no script stands in the page itself.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

blueprint = Blueprint("pages")
blueprint.static("/web", str(WEB))


@blueprint.get("/")
async def index(_: Request) -> HTTPResponse:
    """The demo portal page."""
    return await file(WEB / "index.html", headers=HEADERS)
