"""A webhook for a telephone system (IVR) that speaks and listens; start it with --help.

In comes {"call", and "digits" or "speech", optional "id"}, out goes {"say", "expect"}: what to say
and whether a key ("digits") or a spoken answer ("speech") is waited for. The telephone system's
name of the call stands for the caller: no number is asked for, kept or logged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import aiohttp
from aiohttp import web

from bot import wording
from bot.hotline_client import HotlineClient, HotlineRefused, HotlineUnreachable
from bot.speech import offers_keys, spoken

logger = logging.getLogger("ivr")

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# The key that starts a talk anew, so also at the beginning of a call.
START = "#"
DIGITS, SPEECH = "digits", "speech"
LONGEST_BODY = 64 * 1024
# Nobody holds on at the telephone for longer.
TIMEOUT, TRIES, PAUSE = 8.0, 2, 0.2


@dataclass(frozen=True)
class Settings:
    """Where the hotline is; `token` must come with each request unless empty."""

    hotline: str
    secret: str
    token: str = ""
    timeout: float = TIMEOUT


SETTINGS = web.AppKey("settings", Settings)
CLIENT = web.AppKey("client", HotlineClient)


async def turn(request: web.Request) -> web.Response:
    """One turn of a call."""
    settings = request.app[SETTINGS]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.token and not compare_digest(given.encode(), settings.token.encode()):
        return web.json_response({"error": "unauthorized"}, status=401)
    try:
        message = json.loads(await request.read())
    except ValueError:
        message = None
    text = said(message) if isinstance(message, dict) else None
    if text is None:
        return web.json_response({"error": "call and digits or speech are needed"}, status=400)
    caller = "call-" + hidden(message["call"])
    # A telephone system that repeats a request names it, so that it counts once.
    turn_id = f"{caller}-{hidden(str(message['id']))}" if message.get("id") else uuid.uuid4().hex
    return web.json_response(await answer(request.app[CLIENT], caller, text, turn_id))


def said(message: dict[str, Any]) -> str | None:
    """What the caller pressed or said, None if the request is of another form."""
    call, digits, speech = (message.get(name) for name in ("call", DIGITS, SPEECH))
    if not (isinstance(call, str) and call):
        return None
    if not all(value is None or isinstance(value, str) for value in (digits, speech)):
        return None
    return (digits or "").strip() or (speech or "").strip() or START


def hidden(name: str) -> str:
    """A name of the telephone system's that tells nothing; it may hold a number."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


async def answer(client: HotlineClient, caller: str, text: str, turn_id: str) -> dict[str, str]:
    """What to say, an apology if the hotline has no answer."""
    try:
        pages = await client.send(caller, text, turn_id, form="accented", sent_at=int(time.time()))
    except HotlineUnreachable as error:
        logger.error("no answer: %s", error)
        return speak([wording.text("http_errors", "utter_http_unavailable")])
    except HotlineRefused as error:
        logger.error("no answer: %s", error)
        # Its wording is for citizens, but not where the adapter itself is at fault.
        told = error.message if error.status in (409, 413, 422, 429) else ""
        return speak([told or wording.text("http_errors", "utter_http_unavailable")])
    return speak(pages)


def speak(pages: list[str]) -> dict[str, str]:
    """The pages as one speech; a caller hears no pages."""
    text = "\n".join(pages)
    return {"say": spoken(text), "expect": DIGITS if offers_keys(text) else SPEECH}


def application(settings: Settings) -> web.Application:
    """The adapter's one address, /call."""
    app = web.Application(client_max_size=LONGEST_BODY)
    app[SETTINGS] = settings

    async def open_session(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            app[CLIENT] = HotlineClient(
                session, settings.hotline, settings.secret, TRIES, PAUSE, settings.timeout
            )
            yield

    app.cleanup_ctx.append(open_session)
    app.router.add_post("/call", turn)
    return app


def main() -> None:
    """Read the settings and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.ivr",
        description=f"{(__doc__ or '').splitlines()[0]} BOT_HOTLINE_SECRET is the bot's; "
        "IVR_TOKEN must come from the telephone system.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8089)
    parser.add_argument("--hotline", default="http://127.0.0.1:5005", metavar="URL")
    arguments = parser.parse_args()
    settings = Settings(
        arguments.hotline,
        os.environ.get("BOT_HOTLINE_SECRET", ""),
        os.environ.get("IVR_TOKEN", ""),
    )
    if not settings.secret:
        parser.error("BOT_HOTLINE_SECRET is not set; the bot keeps its own in var/env")
    if arguments.host not in LOOPBACK and not settings.token:
        parser.error("an address that others reach needs IVR_TOKEN")
    logging.basicConfig(level=logging.INFO)
    web.run_app(application(settings), host=arguments.host, port=arguments.port, access_log=None)


if __name__ == "__main__":
    main()
