"""Pages and lists are sent compressed: a home page takes a second less on a slow line.

Nothing in them is secret, so their size tells nothing to whoever listens.
"""

from __future__ import annotations

import gzip

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.http.assets import takes_gzip
from bot.http.headers import vary

# Below this a packet is a packet.
SMALLEST = 1400
# Twice as fast as the highest and nearly as small.
LEVEL = 6
TYPES = ("text/html", "application/json")


async def compress(request: Request, response: HTTPResponse) -> None:
    """Compress an answer that is worth it, for an asker who takes it."""
    kind = str(response.content_type or "").partition(";")[0]
    # Files are compressed already, and channels have few words.
    if kind not in TYPES or "content-encoding" in response.headers or not response.body:
        return
    vary(response, "Accept-Encoding")
    accepted = ", ".join(request.headers.getall("accept-encoding", []))
    if len(response.body) >= SMALLEST and takes_gzip(accepted):
        response.body = gzip.compress(response.body, compresslevel=LEVEL, mtime=0)
        response.headers["Content-Encoding"] = "gzip"


def add_compression(app: Sanic) -> None:
    """Compress the app's answers."""
    app.register_middleware(compress, "response")
