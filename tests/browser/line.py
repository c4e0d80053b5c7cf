"""The line between a browser and the bot, where a test can get at it: a TCP proxy.

It passes bytes on until it is told to cut, stall, delay or lose them, as mobile networks, sleeping
phones and proxies of offices do.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator

CHUNK = 65_536
_UPGRADE = b"upgrade: websocket"
_REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Line:
    """A proxy to a port of this machine; its switches act at once.

    `delay`: seconds that each piece of bytes takes. `polling_only`: WebSockets are refused, as
    by proxies that do not know them.
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.delay = 0.0
        self.polling_only = False
        self.refused_upgrades = 0
        self._up = True
        # Connections of before this count carry nothing any more, and nobody is told.
        self._count, self._dead_below = 0, 0
        self._losing_answers = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The bot's address, through this line."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Close what stands and refuse what comes."""
        self._up = False
        for pair in list(self._pairs):
            _close(*pair)

    def mend(self) -> None:
        """Pass everything on again; what was cut or lost does not come back."""
        self._up, self._losing_answers = True, False

    def stall(self) -> None:
        """The connections that stand carry no byte any more, and stay open; new ones work."""
        self._dead_below = self._count

    def lose_answers(self) -> None:
        """What the browser sends arrives; what the bot says to it is lost, until `mend`."""
        self._losing_answers = True

    def close(self) -> None:
        """The end."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            try:
                if not self._up:
                    raise OSError
                bot = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
                bot.settimeout(None)
            except OSError:
                _close(browser)
                continue
            self._count += 1
            arguments = (browser, bot, self._count)
            threading.Thread(target=self._carry, args=arguments, daemon=True).start()

    def _carry(self, browser: socket.socket, bot: socket.socket, number: int) -> None:
        pair = (browser, bot)
        self._pairs.add(pair)
        try:
            while self._up:
                readable, _, _ = select.select(pair, (), (), 0.2)
                for source in readable:
                    piece = source.recv(CHUNK)
                    if not piece:
                        return
                    if number <= self._dead_below:
                        continue
                    if not self._pass(piece, source, *pair):
                        return
        except (OSError, ValueError):
            pass  # closed by either side, or by `cut`
        finally:
            self._pairs.discard(pair)
            _close(*pair)

    def _pass(
        self, piece: bytes, source: socket.socket, browser: socket.socket, bot: socket.socket
    ) -> bool:
        """Pass a piece on; False: the connection is over."""
        if self.delay:
            time.sleep(self.delay)
        if source is bot:
            if not self._losing_answers:
                browser.sendall(piece)
        elif self.polling_only and _UPGRADE in piece.lower():
            self.refused_upgrades += 1
            browser.sendall(_REFUSED)
            return False
        else:
            bot.sendall(piece)
        return True


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to a server on this machine, closed at the end."""
    line = Line(port)
    try:
        yield line
    finally:
        line.close()
