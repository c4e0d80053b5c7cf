"""A citizen's open page without a browser: its Socket.IO connection."""

from __future__ import annotations

import itertools
from typing import Any

import engineio
import socketio

from tests.running_bot import Reply

SECONDS = 30
EVENTS = ("session_history", "user_said", "session_erased", "session_refused", "message_refused")


class _InOrder(engineio.Client):
    """Handles messages in their order: by itself it gives each a thread, and an acknowledgement may
    overtake what was said before it.
    """

    def _trigger_event(
        self, event: str, *arguments: Any, run_async: bool = False, **named: Any
    ) -> Any:
        in_background = run_async and event != "message"
        return super()._trigger_event(event, *arguments, run_async=in_background, **named)


class _Client(socketio.Client):
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _InOrder


class Page:
    """A citizen's open page; without a session it gets a new one that the server signs."""

    def __init__(self, url: str, session: str = "", known: str = "", **headers: str) -> None:
        self.heard: list[dict[str, Any]] = []
        self.events: list[tuple[str, Any]] = []
        self.session = ""
        # The WebSocket library names an origin of its own unless told another.
        origin = headers.pop("Origin", None)
        options = {"origin": origin} if origin else {}
        self._client = _Client(reconnection=False, websocket_extra_options=options)
        self._client.on("bot_uttered", self.heard.append)
        self._client.on("session_confirm", lambda confirmed: setattr(self, "session", confirmed))
        for event in EVENTS:
            self._client.on(event, self._hearer(event))
        self._client.connect(url, transports=["websocket"], headers=headers)
        # Answered when the server has done all that belongs to it: what waited was told.
        data = {"session_id": session, "known": known} if session else {}
        self.confirmation = self.ask("session_request", data)

    def _hearer(self, event: str) -> Any:
        return lambda *data: self.events.append((event, data[0] if data else None))

    def ask(self, event: str, data: Any) -> dict[str, Any]:
        """Send an event; what the server answers when it is done."""
        answer = self._client.call(event, data, timeout=SECONDS)
        assert isinstance(answer, dict), answer
        return answer

    def send(self, message: Any, **further: Any) -> dict[str, Any]:
        """One message; what the server answers when its turn is over."""
        return self.ask("user_uttered", {"session_id": self.session, "message": message, **further})

    def say(self, message: str, **further: Any) -> Reply:
        """One message and all that the bot says until the server has handled it."""
        self.heard.clear()
        self.send(message, **further)
        return Reply(list(self.heard))

    def heard_of(self, event: str) -> list[Any]:
        """What came with all events of a name."""
        return [data for name, data in self.events if name == event]

    @property
    def history(self) -> list[dict[str, Any]]:
        """The messages that the page was sent when it opened."""
        return list(
            itertools.chain.from_iterable(h["messages"] for h in self.heard_of("session_history"))
        )

    @property
    def texts(self) -> list[str]:
        """What the bot has said since the page's last message."""
        return [message["text"] for message in self.heard if "text" in message]

    def close(self) -> None:
        """Leave the page."""
        self._client.disconnect()
