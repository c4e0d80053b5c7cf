"""An adapter between a provider of short messages (SMS) and the hotline; start it with --help.

It takes a provider's message, asks the hotline, and sends each page of the answer through the
provider. What the bot has to say unasked comes as a signed push and is sent the same way.
Numbers and texts are never logged or stored: what waits lies in memory only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

import aiohttp
from aiohttp import web

from bot.hotline_client import (
    HotlineClient,
    HotlineRefused,
    HotlineUnreachable,
    is_signed,
)

logger = logging.getLogger("sms_gateway")

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# So many senders may wait at a time, and so many messages of one; more are put off.
MOST_SENDERS, MOST_MESSAGES = 1000, 20
# Messages that are known when they come again.
REMEMBERED = 10_000
LONGEST_BODY = 64 * 1024


@dataclass(frozen=True)
class Settings:
    """`pauses` are the seconds between tries, of the hotline as of the provider."""

    hotline: str
    secret: str
    provider: str
    provider_token: str = ""
    incoming_token: str = ""
    form: str = ""
    pauses: tuple[float, ...] = (1, 2, 4, 8, 15, 30)


class NotSent(RuntimeError):
    """The provider does not take a page."""


@dataclass
class Gateway:
    """What is under way: `waiting` the messages of each sender, `known` what came already."""

    settings: Settings
    session: aiohttp.ClientSession
    waiting: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    known: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict)
    pushes: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, sender: str, text: str, message_id: str) -> bool:
        """Whether a message was taken; one that is known is taken and nothing more."""
        if ("in", message_id) in self.known:
            return True
        queue = self.waiting.get(sender)
        if len(self.waiting) >= MOST_SENDERS if queue is None else len(queue) >= MOST_MESSAGES:
            return False
        self.remember(("in", message_id), 0)
        message = (text, message_id, int(time.time()))
        if queue is None:
            self.waiting[sender] = [message]
            self.start(self.answer_all(sender))
        else:
            queue.append(message)
        return True

    async def answer_all(self, sender: str) -> None:
        """One message of a sender at a time, in the order of their coming."""
        queue = self.waiting[sender]
        try:
            while queue:
                text, message_id, sent_at = queue[0]
                try:
                    pages = await self.ask(sender, text, message_id, sent_at)
                    await self.send_pages(sender, ("in", message_id), pages)
                except (HotlineRefused, HotlineUnreachable, NotSent) as error:
                    logger.error("a message stays without an answer: %s", error)
                    # If the provider brings it once more, it is tried once more.
                    self.known.pop(("in", message_id), None)
                queue.pop(0)
        finally:
            del self.waiting[sender]

    async def ask(self, sender: str, text: str, message_id: str, sent_at: int) -> list[str]:
        """The hotline's pages; it is asked again under the same identifier.

        Raises:
            HotlineRefused, HotlineUnreachable: nothing helped.
        """
        settings = self.settings
        # It pauses here, so that a hotline that starts anew or wants to wait is waited for.
        client = HotlineClient(self.session, settings.hotline, settings.secret, tries=1)
        for pause in (*settings.pauses, None):
            try:
                return await client.send(
                    sender, text, message_id, form=settings.form, sent_at=sent_at
                )
            except HotlineUnreachable:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            except HotlineRefused as error:
                if pause is None or (error.status != 429 and error.status < 500):
                    raise
                await asyncio.sleep(max(pause, min(error.retry_after or 0, 60)))
        raise AssertionError("the last try returns or raises")

    async def send_pages(self, number: str, key: tuple[str, str], pages: list[str]) -> None:
        """Send the pages that were not sent yet, in order.

        Raises:
            NotSent: the provider does not take one; those before it are not sent again.
        """
        for count in range(self.known.get(key, 0), len(pages)):
            await self.send_page(number, pages[count], f"{key[0]}-{key[1]}-{count + 1}")
            self.remember(key, count + 1)

    async def send_page(self, number: str, page: str, page_id: str) -> None:
        """Hand a page to the provider, several times if need be, under one identifier."""
        token = self.settings.provider_token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reason = ""
        for pause in (*self.settings.pauses[:3], None):
            try:
                async with self.session.post(
                    self.settings.provider,
                    json={"recipient": number, "message": page, "id": page_id},
                    headers=headers,
                    timeout=aiohttp.ClientTimeout(total=15),
                    allow_redirects=False,
                ) as response:
                    if response.status < 300:
                        return
                    reason = f"status {response.status}"
            except (aiohttp.ClientError, asyncio.TimeoutError) as error:
                reason = type(error).__name__
            if pause is not None:
                await asyncio.sleep(pause)
        raise NotSent(f"the provider does not take a page ({reason})")

    async def push(self, number: str, message_id: str, pages: list[str]) -> bool:
        """Send what the bot says unasked; a repeated push waits for the one under way."""
        task = self.pushes.get(message_id)
        if task is None:
            task = self.start(self.send_pages(number, ("out", message_id), pages))
            self.pushes[message_id] = task
            task.add_done_callback(lambda _: self.pushes.pop(message_id, None))
        try:
            # The bot may hang up; the pages are sent all the same.
            await asyncio.shield(task)
        except NotSent as error:
            logger.error("a push is not sent: %s", error)
            return False
        return True

    def remember(self, key: tuple[str, str], pages: int) -> None:
        """Keep how many pages of a message were sent, of the latest messages."""
        self.known[key] = pages
        self.known.move_to_end(key)
        while len(self.known) > REMEMBERED:
            self.known.popitem(last=False)

    def start(self, work: Any) -> asyncio.Task[None]:
        """A task that is not forgotten while it runs."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


GATEWAY = web.AppKey("gateway", Gateway)


async def incoming(request: web.Request) -> web.Response:
    """A message of the provider, as a form or as JSON; answered before the hotline is asked."""
    gateway = request.app[GATEWAY]
    token = gateway.settings.incoming_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not compare_digest(given.encode(), token.encode()):
        return web.json_response({"error": "unauthorized"}, status=401)
    if request.content_type == "application/json":
        fields = parsed(await request.read())
    else:
        fields = dict(await request.post())
    sender, text, message_id = (fields.get(name) for name in ("sender", "message", "id"))
    message_id = str(message_id) if isinstance(message_id, int) else message_id
    for value in (sender, text, message_id):
        if not isinstance(value, str) or not value.strip():
            return web.json_response({"error": "sender, message and id are needed"}, status=400)
    if not gateway.take(str(sender).strip(), str(text), str(message_id)):
        return web.json_response({"error": "busy"}, status=503, headers={"Retry-After": "10"})
    return web.json_response({"status": "accepted"})


async def push(request: web.Request) -> web.Response:
    """What the bot says unasked; 200 once the provider has all pages."""
    gateway = request.app[GATEWAY]
    body = await request.read()
    if not is_signed(gateway.settings.secret, request.headers, body):
        return web.json_response({"error": "unauthorized"}, status=401)
    message = parsed(body)
    number, message_id = message.get("to"), message.get("message_id")
    pages = message.get("messages")
    is_named = isinstance(number, str) and isinstance(message_id, str)
    if not (is_named and isinstance(pages, list) and all(isinstance(p, str) for p in pages)):
        return web.json_response({"error": "to, message_id and messages are needed"}, status=400)
    if not await gateway.push(str(number), str(message_id), pages):
        return web.json_response({"error": "not sent"}, status=502)
    return web.json_response({"status": "sent"})


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object, empty if it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def application(settings: Settings) -> web.Application:
    """The adapter's two addresses, /incoming for the provider and /push for the bot."""
    app = web.Application(client_max_size=LONGEST_BODY)

    async def open_session(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:
            gateway = app[GATEWAY] = Gateway(settings, session)
            yield
            # What is under way is finished, for some seconds.
            if gateway.tasks:
                await asyncio.wait(gateway.tasks, timeout=10)

    app.cleanup_ctx.append(open_session)
    app.router.add_post("/incoming", incoming)
    app.router.add_post("/push", push)
    return app


def main() -> None:
    """Read the settings and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.sms_gateway",
        description=f"{(__doc__ or '').splitlines()[0]} BOT_HOTLINE_SECRET is the bot's; "
        "SMS_PROVIDER_TOKEN goes to the provider, SMS_INCOMING_TOKEN must come from it.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8088)
    parser.add_argument("--hotline", default="http://127.0.0.1:5005", metavar="URL")
    parser.add_argument("--provider", required=True, metavar="URL", help="where pages are sent")
    parser.add_argument("--form", default="", choices=("", "unaccented", "accented"))
    arguments = parser.parse_args()
    settings = Settings(
        arguments.hotline,
        os.environ.get("BOT_HOTLINE_SECRET", ""),
        arguments.provider,
        os.environ.get("SMS_PROVIDER_TOKEN", ""),
        os.environ.get("SMS_INCOMING_TOKEN", ""),
        arguments.form,
    )
    if not settings.secret:
        parser.error("BOT_HOTLINE_SECRET is not set; the bot keeps its own in var/env")
    if arguments.host not in LOOPBACK and not settings.incoming_token:
        parser.error("an address that others reach needs SMS_INCOMING_TOKEN")
    logging.basicConfig(level=logging.INFO)
    # Without a log of accesses: a provider may put a number into an address.
    web.run_app(application(settings), host=arguments.host, port=arguments.port, access_log=None)


if __name__ == "__main__":
    main()
