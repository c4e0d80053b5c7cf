"""What browsers may do with the pages: headers of every page, and who may read the catalogue."""

from __future__ import annotations

from urllib.parse import urlsplit

from sanic.request import Request
from sanic.response import HTTPResponse

from bot import origins
from bot.settings import settings


def content_policy() -> str:
    """The Content-Security-Policy: all comes from here, and no script stands in a page itself."""
    public = urlsplit(settings().public_url)
    # Older browsers do not take 'self' for the WebSocket of the same host.
    socket = f"{'wss' if public.scheme == 'https' else 'ws'}://{public.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' {socket}",
            "form-action 'self'",
            "base-uri 'none'",
            " ".join(("frame-ancestors 'self'", *settings().allowed_origins)),
        )
    )


def page_headers() -> dict[str, str]:
    """Headers of a page."""
    return {
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        # An import changes the catalogue at any time; errors depend on who asks.
        "Cache-Control": "no-cache",
        "Vary": "Accept",
    }


def vary(response: HTTPResponse, name: str) -> None:
    """Say that the answer depends on a header of the request, besides those that are named."""
    named = response.headers.get("vary")
    response.headers["Vary"] = f"{named}, {name}" if named else name


def allow_origin(request: Request, response: HTTPResponse) -> None:
    """Let pages of the portals that hold the chat, and of this server, read the answer."""
    vary(response, "Origin")
    origin = request.headers.get("origin", "")
    if origins.is_allowed(origin, request.headers.get("host", "")):
        response.headers["Access-Control-Allow-Origin"] = origin
