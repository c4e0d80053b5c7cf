"""The one-stop desk's identity check as a real HTTP server, with faults to switch on."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-tests"
IDENTITY, PHONE, NAME = "051098001234", "0905123456", "Nguyễn Thị Thử"

OK, SLOW, UNAUTHORIZED, SERVER_ERROR = "ok", "slow", "401", "500"
BROKEN_JSON, TOO_MUCH, REFUSED, REDIRECT = "broken-json", "too-much", "refused", "redirect"
CUT_OFF, GIVEN = "cut-off", "given"
MODES = (
    OK, SLOW, UNAUTHORIZED, SERVER_ERROR, BROKEN_JSON, TOO_MUCH, REFUSED, REDIRECT, CUT_OFF, GIVEN
)  # fmt: skip
SLOW_SECONDS = 10.0


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    authorization: str
    body: Any


@dataclass
class IdentityServer:
    """Knows who has which telephone; `set_mode` switches faults while it runs.

    In the mode `GIVEN` it answers with `body`, whatever it is asked.
    """

    port: int = 0
    people: dict[str, str] = field(default_factory=lambda: {IDENTITY: PHONE})
    mode: str = OK
    body: bytes = b""
    requests: list[Request] = field(default_factory=list)
    _listener: _Listener | None = None
    # Set when the server stops, so that nobody waits for a slow answer.
    _stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """What `BOT_IDENTITY_CHECK_URL` is set to."""
        return f"http://127.0.0.1:{self.port}"

    def set_mode(self, mode: str) -> None:
        """Answer in another way from now on; with `REFUSED` nobody listens at the port."""
        if mode not in MODES:
            raise ValueError(f"{mode!r} is none of {', '.join(MODES)}.")
        self.mode = mode
        if mode == REFUSED:
            self.stop()
        elif self._listener is None:
            self.start()

    def start(self) -> None:
        """Listen, at the same port as before."""
        self._stopped.clear()
        self._listener = _Listener(("127.0.0.1", self.port), _handler(self))
        self.port = self._listener.server_address[1]
        # Looks for the order to stop this often.
        loop = threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True)
        loop.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopped.set()
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def answer(self, request: Request) -> tuple[int, bytes]:
        """Status and body for a request, after the mode."""
        self.requests.append(request)
        if self.mode == SLOW:
            self._stopped.wait(SLOW_SECONDS)
        if self.mode == UNAUTHORIZED or request.authorization != f"Bearer {TOKEN}":
            return 401, b'{"error": "unauthorized"}'
        if self.mode in (SERVER_ERROR, REDIRECT):
            return {SERVER_ERROR: 500, REDIRECT: 307}[self.mode], b'{"match": true}'
        if request.path != "/match" or set(request.body) != {"identity_number", "phone"}:
            return 400, b'{"error": "bad request"}'
        does_match = self.people.get(request.body["identity_number"]) == request.body["phone"]
        answer: dict[str, Any] = {"match": does_match}
        if self.mode == TOO_MUCH:
            answer |= {"full_name": NAME, "identity_number": IDENTITY, "phone": PHONE}
        body = json.dumps(answer, ensure_ascii=False).encode()
        return 200, {BROKEN_JSON: body[:-1], GIVEN: self.body}.get(self.mode, body)


class _Listener(ThreadingHTTPServer):
    # Several clients may knock at once; beyond this many each waits a second.
    request_queue_size = 64


def _handler(server: IdentityServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            authorization = self.headers.get("Authorization", "")
            status, body = server.answer(Request(self.path, authorization, json.loads(raw)))
            with contextlib.suppress(OSError):  # the client does not wait any longer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                more = 1 if server.mode == CUT_OFF else 0
                self.send_header("Content-Length", str(len(body) + more))
                if status == 307:
                    self.send_header("Location", f"{server.url}/elsewhere")
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler


@contextlib.contextmanager
def running_identity_server() -> Iterator[IdentityServer]:
    """A server in a thread, at a free port."""
    server = IdentityServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
