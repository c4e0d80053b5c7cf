"""The routes of `bot.http`, served without a trained model, and what comes back from them."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from dataclasses import dataclass
from html.parser import HTMLParser

from sanic import Sanic

from bot.http import add_routes

BROWSER, PROGRAM = "text/html,*/*;q=0.8", "application/json"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>&amp;'


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Server:
    """The routes, served on a free port by a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._address = self._socket.getsockname()

    @property
    def origin(self) -> str:
        """As browsers name it."""
        return "http://{}:{}".format(*self._address)

    def start(self) -> None:
        """Serve until `stop`."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(timeout=10)

    async def _serve(self) -> None:
        app = Sanic("page_test", configure_logging=False)
        add_routes(app)
        server = await app.create_server(sock=self._socket, return_asyncio_server=True)
        assert server is not None
        await server.startup()

    def stop(self) -> None:
        """Serve no longer."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._socket.close()

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path as it is written; underscores in headers' names stand for dashes."""
        connection = http.client.HTTPConnection(*self._address, timeout=10)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        found = connection.getresponse()
        answer = Answer(
            found.status,
            {name.lower(): value for name, value in found.getheaders()},
            found.read(),
        )
        connection.close()
        return answer

    def get(self, path: str, accept: str = BROWSER) -> Answer:
        """Ask as a browser does, or a program."""
        return self.ask(path, Accept=accept)


class Outline(HTMLParser):
    """Elements with their attributes, and the text that is shown."""

    VOID = frozenset({"meta", "link", "input", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"
        identifiers = [found["id"] for _, found in self.elements if "id" in found]
        assert len(identifiers) == len(set(identifiers))
        named = [
            found["aria-labelledby"] for _, found in self.elements if "aria-labelledby" in found
        ]
        assert set(named) <= set(identifiers)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of each element of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        """Where the links lead."""
        return [found["href"] for found in self.all("a")]

    def assert_harmless(self) -> None:
        """Nothing that was put in became markup: no foreign script, picture or handler."""
        scripts = [found.get("src", "") for found in self.all("script")]
        assert set(scripts) <= {"/widget.js", "/web/portal.js"}
        assert not self.all("img")
        assert not self.all("style")
        names = {name for _, found in self.elements for name in found}
        assert not [name for name in names if name == "style" or name.startswith("on")]
        assert not [href for href in self.links() if not href.startswith(("/", "http", "#main"))]
