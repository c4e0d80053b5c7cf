"""A portal's web server: pages of another origin than the bot's, under a strict policy."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """A page: its HTML (or script) and its headers."""

    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"


@dataclass
class Portal:
    """Pages by path; tests put theirs in."""

    port: int
    pages: dict[str, Served] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The portal's origin."""
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def running_portal() -> Iterator[Portal]:
    """A portal on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served = portal.pages.get(self.path.split("?")[0])
            self.send_response(200 if served else 404)
            if served:
                self.send_header("Content-Type", served.content_type)
                for name, value in served.headers.items():
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write((served.body if served else "").encode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal = Portal(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
