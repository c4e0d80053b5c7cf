"""How often one network address may ask for pages, files and the catalogue."""

from __future__ import annotations

import math

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.incoming import address_of_request
from bot.http.errors import told
from bot.rate_limits import RateLimit
from bot.settings import settings

# Channels count messages, not requests; whether the server lives may always be asked. A payment
# gateway tells of all payments from one address, and what it tells must not be lost. Consoles of an
# office ask every second from one address; signing in has limits of its own.
UNLIMITED = (
    "/socket.io",
    "/webhooks/",
    "/health/",
    "/payments/callback",
    "/console/api/",
    "/chatwoot/",
)


def add_limits(app: Sanic) -> None:
    """Turn away who asks more than `BOT_REQUESTS_PER_ADDRESS` times a minute, with 429."""
    limit = RateLimit(settings().requests_per_address)

    async def check(request: Request) -> HTTPResponse | None:
        if request.path.startswith(UNLIMITED):
            return None
        # This machine itself has no address and no limit.
        address = address_of_request(request)
        wait = limit.seconds_to_wait(address) if address else 0
        if not wait:
            return None
        response = told(request, "too_many_requests", 429)
        response.headers["Retry-After"] = str(math.ceil(wait))
        return response

    app.register_middleware(check, "request")
