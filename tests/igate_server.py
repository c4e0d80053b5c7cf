"""A procedures system (VNPT iGate 2) for tests and for showing, with faults on demand.

`python -m tests.igate_server --port 8999` serves the invented dossiers; `running_igate()` serves
others from a thread. It speaks the token endpoint, the search (by part of a code, as a real one
may), and a dossier as its owner sees it. `POST /__mode {"mode", "times", "seconds"}` switches to
one of `MODES` for so many requests (null: until further notice); `GET /__counts` tells what was
asked so far.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import socket
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.clock import today
from tests.igate_dossiers import demo_dossiers

CLIENT_ID, CLIENT_SECRET = "bot-of-the-tests", "secret-of-the-tests"
USERNAME, PASSWORD = "user-of-the-tests", "password-of-the-tests"
HUGE = 3 * 1024 * 1024
STATUSES = {"404": 404, "403": 403, "429": 429, "500": 500, "502": 502, "503": 503}
TOKEN_MODES = ("token-500", "token-broken", "token-slow")
# Seconds in 429 and 503 are those of the header Retry-After; without them there is none.
MODES = (
    *("ok", "slow", "drip", "401", "401-always", *STATUSES, "302", "html", "broken-json"),
    *("wrong-shape", "wrong-code", "empty", "huge", "reset", *TOKEN_MODES),
)


class IGate:
    """The system's state and its handlers."""

    def __init__(self, dossiers: Sequence[dict[str, Any]], expires_in: Any = 300) -> None:
        self.dossiers = list(dossiers)
        self.expires_in = expires_in
        self.mode, self.times, self.seconds = "ok", None, None
        self.tokens: set[str] = set()
        self.requests = self.token_requests = 0
        self.peers: set[Any] = set()

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._count_connections])
        app.router.add_post("/auth/realms/digo/protocol/openid-connect/token", self._sign_in)
        app.router.add_get("/pa/dossier/search", self._search)
        app.router.add_get("/pa/dossier/{id}/--online", self._dossier)
        app.router.add_post("/__mode", self._set_mode)
        app.router.add_get("/__counts", self._counts)
        return app

    @web.middleware
    async def _count_connections(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if not request.path.startswith("/__") and request.transport:
            self.peers.add(request.transport.get_extra_info("peername"))
        return await handler(request)

    async def _set_mode(self, request: web.Request) -> web.Response:
        wish = await request.json()
        if wish["mode"] not in MODES:
            return web.json_response({"error": f"mode must be one of {MODES}"}, status=400)
        self.mode, self.times = wish["mode"], wish.get("times")
        self.seconds = wish.get("seconds")
        return web.json_response({})

    async def _counts(self, request: web.Request) -> web.Response:
        counts = {"requests": self.requests, "connections": len(self.peers)}
        return web.json_response({**counts, "tokens": self.token_requests})

    def _next_mode(self, for_token: bool) -> str:
        if (self.mode in TOKEN_MODES) != for_token:
            return "ok"
        mode = self.mode
        if self.times is not None:
            self.times -= 1
            self.mode = self.mode if self.times > 0 else "ok"
        return mode

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        self.token_requests += 1
        mode = self._next_mode(for_token=True)
        if mode == "token-500":
            return web.json_response({"error": "unknown_error"}, status=500)
        if mode == "token-broken":
            return web.json_response({"token_type": "Bearer"})
        # Also in normal times signing in takes long enough for others to come.
        await asyncio.sleep((self.seconds or 0) if mode == "token-slow" else 0.02)
        form = dict(await request.post())
        person = (form.pop("username", ""), form.pop("password", ""))
        if form == {
            "grant_type": "password" if any(person) else "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        } and person in (("", ""), (USERNAME, PASSWORD)):
            token = f"token-{self.token_requests}"
            self.tokens.add(token)
            expiry = {} if self.expires_in is None else {"expires_in": self.expires_in}
            return web.json_response({"access_token": token, "token_type": "Bearer", **expiry})
        return web.json_response({"error": "unauthorized_client"}, status=401)

    async def _search(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        code, identity = query.get("code", ""), query.get("identity-number", "")
        mode, fault = await self._fault(request)
        if fault is not None:
            return fault
        found = [
            entry
            for entry in self.dossiers
            if code in str(entry.get("code"))
            and identity in str(entry.get("applicant", {}).get("data", {}).get("identityNumber"))
        ]
        if mode == "wrong-code":
            found = [entry for entry in self.dossiers if entry.get("code") != code][:1]
        if mode == "empty":
            found = []
        page, size = int(query["page"]), int(query["size"])
        content = found[page * size : (page + 1) * size]
        body = {"content": content, "last": len(found) <= (page + 1) * size, "number": page}
        return web.json_response(body)

    async def _dossier(self, request: web.Request) -> web.StreamResponse:
        _, fault = await self._fault(request)
        if fault is not None:
            return fault
        found = [entry for entry in self.dossiers if entry.get("id") == request.match_info["id"]]
        return web.json_response(found[0]) if found else web.json_response({}, status=404)

    async def _fault(self, request: web.Request) -> tuple[str, web.StreamResponse | None]:
        """The mode of this request, and what is answered in it unless that is dossiers."""
        self.requests += 1
        mode = self._next_mode(for_token=False)
        if mode == "401":
            self.tokens.clear()
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if mode == "401-always" or bearer not in self.tokens:
            return mode, web.json_response({"error": "invalid_token"}, status=401)
        if mode == "slow":
            await asyncio.sleep(self.seconds or 0)
        if mode in STATUSES:
            wait = {} if self.seconds is None else {"Retry-After": str(self.seconds)}
            body = {"message": f"fault {request.query_string}"}
            return mode, web.json_response(body, status=STATUSES[mode], headers=wait)
        if mode == "302":
            return mode, web.Response(status=302, headers={"Location": "/__counts"})
        if mode == "html":
            return mode, web.Response(text="<html>{}</html>", content_type="text/html")
        if mode == "broken-json":
            text = json.dumps({"content": self.dossiers})[:-20]
            return mode, web.Response(text=text, content_type="application/json")
        if mode == "wrong-shape":
            return mode, web.json_response({"content": self.dossiers[0]})
        if mode == "huge":
            return mode, web.json_response({"content": [], "filler": "x" * HUGE})
        if mode == "reset" and request.transport:
            request.transport.abort()
        if mode == "drip":
            return mode, await _drip(request)
        return mode, None


async def _drip(request: web.Request) -> web.StreamResponse:
    """One byte after the other, until the client has enough."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)
    return response


@dataclass
class RunningIGate:
    """A system that listens on this machine."""

    url: str
    state: IGate

    @property
    def sso_url(self) -> str:
        """Where tokens are given."""
        return self.url

    def set_mode(self, mode: str, times: int | None = None, seconds: float | None = None) -> None:
        """Behave so for a number of requests."""
        self._call("/__mode", {"mode": mode, "times": times, "seconds": seconds})

    def counts(self) -> dict[str, int]:
        """Requests, connections and tokens so far."""
        return self._call("/__counts", None)

    def _call(self, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.url + path, data, timeout=10) as response:
            return json.load(response)


async def _listen(state: IGate, port: int) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(state.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, runner.addresses[0][1]


async def _stop(runner: web.AppRunner) -> None:
    await runner.cleanup()
    # Handlers that still wait, because their mode is to be slow.
    waiting = asyncio.all_tasks() - {asyncio.current_task()}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


@contextlib.contextmanager
def running_igate(
    dossiers: Sequence[dict[str, Any]] = (), expires_in: Any = 300
) -> Iterator[RunningIGate]:
    """A system with the dossiers on a free port, in a thread with a loop of its own."""
    state, loop = IGate(dossiers, expires_in), asyncio.new_event_loop()
    runner, port = loop.run_until_complete(_listen(state, 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield RunningIGate(f"http://127.0.0.1:{port}", state)
    finally:
        asyncio.run_coroutine_threadsafe(_stop(runner), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


def _list(day: dt.date) -> Iterator[str]:
    """Lines that tell which codes and digits can be tried."""
    yield "Invented dossiers to ask for, with the last four digits of either number:"
    for entry in demo_dossiers(day):
        owner = entry["applicant"]["data"]
        tails = f"{owner['phoneNumber'][-4:]} or {owner['identityNumber'][-4:]}"
        yield f"  {entry['code']}   {tails}   {entry['dossierTaskStatus']['name'][1]['name']}"


async def _serve(port: int, parent: int | None) -> None:
    """Serve the invented dossiers, for ever or as long as the parent process is the same."""
    await _listen(IGate(demo_dossiers(today())), port)
    while parent is None or os.getppid() == parent:
        await asyncio.sleep(0.5)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.igate_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8999)
    parser.add_argument("--free-port", action="store_true", help="only name a free port")
    parser.add_argument("--list", action="store_true", help="only name the dossiers")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end with this process")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(_list(today())))
        return
    if options.free_port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            print(probe.getsockname()[1])
        return
    try:
        asyncio.run(_serve(options.port, options.with_parent))
    except OSError:
        sys.exit(f"Cannot listen on port {options.port}: is it taken?")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
