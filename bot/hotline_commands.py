"""The command `hotline`: a telephone in the terminal; its arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import asyncio
import codecs
import os
import re
import sys
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp

from bot.commands import CommandError
from bot.hotline_client import (
    HotlineClient,
    HotlineNotRunning,
    HotlineRefused,
    HotlineUnreachable,
)
from bot.settings import Settings, settings

NUMBER = "0900000001"
QUIT = "/thoat"
POLL_SECONDS = 2.0
_LIMITS = {"unaccented": 160, "accented": 70}
# These take the place of two letters in the alphabet of short messages.
_DOUBLE = "^{}\\[]~|\u20ac\f"
# What a terminal would obey instead of showing it.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def hotline(arguments: argparse.Namespace) -> None:
    """Talk with the hotline as from an old telephone; it must be running."""
    values = settings()
    url = arguments.url or own_address(values)
    form = arguments.form or values.hotline_form
    asyncio.run(_talk(url, values.hotline_secret, arguments.sender, arguments.form, form))


def own_address(values: Settings) -> str:
    """Where the bot of this computer listens."""
    host = "127.0.0.1" if values.host in ("", "0.0.0.0", "::") else values.host
    return f"http://{f'[{host}]' if ':' in host else host}:{values.port}"


def framed(page: str, form: str) -> str:
    """A page with a border, and how much of the room it takes."""
    shown = _CONTROL.sub(" ", page)
    lines = "\n".join(f"| {line}" for line in shown.split("\n"))
    return f"+-- [{length(page, form)}/{_LIMITS[form]}]\n{lines}\n+--"


def length(page: str, form: str) -> int:
    """The length of a page as networks count it."""
    if form == "accented":
        return len(page.encode("utf-16-le", "surrogatepass")) // 2
    return len(page) + sum(page.count(sign) for sign in _DOUBLE)


async def _talk(url: str, secret: str, number: str, form: str, shown_form: str) -> None:
    async with aiohttp.ClientSession() as session:
        telephone = Telephone(HotlineClient(session, url, secret), number, form, shown_form)
        await telephone.talk()


@dataclass
class Telephone:
    """A talk in the terminal, one line a message, until its end or `/thoat`.

    Between lines of a person at a terminal what the staff say is asked for. One task does
    everything in turn, so nothing is printed amid something else. `form` is what is asked for,
    `shown_form` what pages are measured by.
    """

    client: HotlineClient
    number: str
    form: str
    shown_form: str
    poll_seconds: float = POLL_SECONDS
    _is_polled: bool = field(default=True, init=False)

    async def talk(self) -> None:
        """The whole talk on standard input and output.

        Raises:
            CommandError: the hotline cannot be reached, or does not take this secret.
        """
        is_person = sys.stdin.isatty()
        if is_person:
            print(f"Talking to {self.client.url} as {self.number}.")
            print(f"Type a message and Enter; {QUIT} or Ctrl-D ends.")
            await self._poll(is_first=True)
        lines = _lines()
        while True:
            _prompt(is_person)
            line = await self._next_line(lines, is_person)
            if line is None or line.strip() == QUIT:
                break
            if line.strip():
                await self._say(line.strip())
        if is_person:
            print()

    async def _next_line(self, lines: AsyncIterator[str], is_person: bool) -> str | None:
        """The next line, or None at the end; asks for the staff's words while it waits."""
        waiting = asyncio.ensure_future(_next(lines))
        try:
            while not (await asyncio.wait({waiting}, timeout=self.poll_seconds))[0]:
                if is_person and self._is_polled:
                    await self._poll()
            return waiting.result()
        finally:
            waiting.cancel()

    async def _say(self, text: str) -> None:
        try:
            pages = await self.client.send(
                self.number, text, uuid.uuid4().hex, form=self.form, sent_at=int(time.time())
            )
        except HotlineNotRunning:
            raise self._not_running() from None
        except HotlineUnreachable:
            print("No answer, though asked several times. Send it again a little later.")
        except HotlineRefused as error:
            print(_refused(error))
        else:
            self._show(pages)

    def _not_running(self) -> CommandError:
        return CommandError(
            f"the hotline is not running at {self.client.url}. Start it with scripts/run "
            "in another terminal, then try again."
        )

    async def _poll(self, *, is_first: bool = False) -> None:
        """Show what the staff said; at first a hotline that is not there is an error."""
        try:
            pages = await self.client.poll(self.number)
        except HotlineNotRunning:
            if is_first:
                raise self._not_running() from None
        except HotlineRefused as error:
            # A hotline without this endpoint need not be asked again.
            self._is_polled = error.status in (429, 500, 502, 503, 504)
        except HotlineUnreachable:
            return  # The next message will tell.
        else:
            if pages:
                print()
                self._show(pages)
                _prompt(not is_first)

    def _show(self, pages: list[str]) -> None:
        for page in pages:
            print(framed(page, self.shown_form), flush=True)


def _refused(error: HotlineRefused) -> str:
    """What the user can do about a refusal.

    Raises:
        CommandError: nothing, before the settings are changed.
    """
    if error.status == 401:
        raise CommandError(
            "the hotline does not accept the signature. BOT_HOTLINE_SECRET must be the same here "
            "and where the bot runs (var/env), and both clocks must be right."
        )
    if error.status == 429:
        wait = f"{error.retry_after} seconds" if error.retry_after else "a minute"
        return f"Too many messages at once. Wait {wait}, then send it again."
    if error.status == 409:
        return "The hotline has had another message under this identifier. Send it again."
    said = f": {_CONTROL.sub(' ', error.message)}" if error.message else "."
    return f"The hotline refuses this message (status {error.status}){said}"


def _prompt(is_person: bool) -> None:
    if is_person:
        print("> ", end="", flush=True)


async def _next(lines: AsyncIterator[str]) -> str | None:
    async for line in lines:
        return line
    return None


async def _lines() -> AsyncIterator[str]:
    """Lines of standard input; nothing else waits for them."""
    descriptor = sys.stdin.fileno()
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    rest = ""
    while True:
        await _until_readable(descriptor)
        chunk = os.read(descriptor, 65536)
        *whole, rest = (rest + decode(chunk, final=not chunk)).split("\n")
        for line in whole:
            yield line
        if not chunk:
            break
    if rest:
        yield rest


async def _until_readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
    except PermissionError:
        return  # A file always is; the loop cannot watch one.
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
