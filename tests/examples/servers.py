"""A hotline and a provider of short messages as real HTTP servers, with faults to set.

They share nothing with `bot.hotline_client`: the signature is checked in a few lines of their own.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a-secret-that-both-sides-know"

# How the next requests are answered instead of well, one fault each.
LOST, SILENT = "lost", "silent"
Fault = str | tuple[int, dict[str, Any], dict[str, str]]


def signature(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    """The contract's signature, written anew."""
    return (
        "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()
    )


class Server:
    """Answers by `reply(path, message)`; `seen` are path, headers and message of all requests."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.faults: list[Fault] = []
        self.changed = threading.Condition()
        self.closing = threading.Event()
        self.url = ""

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        raise NotImplementedError

    def wait_for(self, what: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something is so, looked at anew with each request."""
        with self.changed:
            assert self.changed.wait_for(what, seconds), self.seen


class Hotline(Server):
    """`pages` answers a text; `waiting` is what the staff have said, asked for by polls."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: Callable[[str], list[str]] = lambda text: [f"Em nghe: {text}"]
        self.waiting: list[str] = []
        self.bad_signatures = 0

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        timestamp = headers.get("x-timestamp", "0")
        fresh = abs(time.time() - int(timestamp)) <= 300
        if not fresh or headers.get("x-signature") != signature(body, timestamp):
            self.bad_signatures += 1
            return 401, {"error": {"code": "unauthorized", "message": "Sai chữ ký."}}
        if path == "/webhooks/hotline/poll":
            said, self.waiting = self.waiting, []
            return 200, {"messages": said}
        if path != "/webhooks/hotline/webhook":
            return 404, {"error": {"code": "not_found", "message": "Không có."}}
        return 200, {"messages": self.pages(json.loads(body)["text"])}

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for path, _, message in self.seen if path.endswith("/webhook")]


class Provider(Server):
    """Takes what is to be sent to telephones."""

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        return 202, {"accepted": True}

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [message for _, _, message in self.seen]


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server on a free port of loopback, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with server.changed:
                server.seen.append((self.path, headers, json.loads(body)))
                fault = server.faults.pop(0) if server.faults else None
                status, answer, more = 0, {}, {}
                if fault is None:
                    status, answer = server.answer(self.path, headers, body)
                server.changed.notify_all()
            if fault == LOST:
                return
            if fault == SILENT:
                server.closing.wait(30)
                return
            if isinstance(fault, tuple):
                status, answer, more = fault
            content = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listener.shutdown()
        listener.server_close()
        thread.join(10)
