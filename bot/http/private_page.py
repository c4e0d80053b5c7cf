"""Answers that nothing keeps, finds by searching or shows inside a page of its own."""

from __future__ import annotations

from sanic.response import HTTPResponse

from bot.http.headers import content_policy


def keep_private(response: HTTPResponse) -> HTTPResponse:
    """The answer with the headers that say so."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    rules = (r for r in content_policy().split("; ") if not r.startswith("frame-ancestors"))
    response.headers["Content-Security-Policy"] = "; ".join((*rules, "frame-ancestors 'none'"))
    return response
