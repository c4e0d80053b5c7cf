"""What the bot says on the web: `bot_uttered` events to all pages of a session."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from socketio import AsyncServer

from bot.channels.conversation_output import ConversationOutput
from bot.channels.transcript import CITIZEN, Said, of_line, reply_id, shown_buttons
from bot.support.handover import Line

MESSAGE_EVENT = "bot_uttered"
HEARD_EVENT = "user_said"
# Puts what was said outside a turn into the conversation: session, text, identifier.
Keep = Callable[[str, str, str], Awaitable[None]]


class WebOutput(ConversationOutput):
    """Sends each message as one `bot_uttered` event to the session's room."""

    def __init__(
        self,
        server: AsyncServer,
        message_id: str = "",
        keep: Keep | None = None,
        *,
        page: str = "",
        quiet: bool = False,
    ) -> None:
        """`message_id` is the citizen's message that is answered, "" outside a turn.

        It came from the connection `page`; a `quiet` one is the page's own and was not typed.
        """
        self._server = server
        self._page = page
        self._quiet = quiet
        self._message_id = message_id
        self._keep = keep
        self._number = 0
        self.has_spoken = False
        # Whether the conversation was erased in this turn: see `actions/privacy.py`.
        self.has_erased = False

    @classmethod
    def name(cls) -> str:
        """Name for channel-specific responses."""
        return "web"

    async def _reply(self, recipient_id: str, message: dict[str, Any]) -> None:
        self._number += 1
        await self._emit(recipient_id, reply_id(self._message_id, self._number), message)

    async def _emit(self, recipient_id: str, identifier: str, message: dict[str, Any]) -> None:
        self.has_spoken = True
        whole = {"id": identifier, "at": time.time(), **message}
        await self._server.emit(MESSAGE_EVENT, whole, room=recipient_id)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """A text, whole."""
        await self._reply(recipient_id, {"text": text})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """A text with the buttons below it."""
        await self._reply(recipient_id, {"text": text, "buttons": shown_buttons(buttons)})

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """The answer object."""
        self.has_erased |= bool(json_message.get("answer", {}).get("erased"))
        await self._reply(recipient_id, {"custom": json_message})

    async def heard(self, recipient_id: str, text: str | None) -> None:
        """The citizen's message to the session's other pages (see parent class)."""
        said = Said(self._message_id, CITIZEN, time.time(), text or "", quiet=self._quiet)
        await self._server.emit(HEARD_EVENT, said.as_dict(), room=recipient_id, skip_sid=self._page)

    async def send_unasked(self, recipient_id: str, text: str) -> None:
        """What the bot says by itself, which is also kept (see parent class)."""
        identifier = f"unasked-{uuid.uuid4().hex}"
        await self._emit(recipient_id, identifier, {"text": text})
        if self._keep is not None:
            await self._keep(recipient_id, text, identifier)

    async def send_line(self, recipient_id: str, line: Line) -> None:
        """A line of a handed-over talk, with its operator's name (see parent class)."""
        self.has_spoken = True
        await self._server.emit(MESSAGE_EVENT, of_line(line).as_dict(), room=recipient_id)
