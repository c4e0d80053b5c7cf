"""Rasa's shell with personal data masked, as on every other channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.console import CmdlineInput
from sanic import Blueprint

from bot.channels.incoming import user_message


class ShellChannel(CmdlineInput):
    """`rasa shell` talks to itself over HTTP through this channel."""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> ShellChannel:
        """Needs no credentials."""
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's routes (see parent class), whose messages are masked before Rasa sees them."""

        async def receive(message: UserMessage) -> Any:
            assert message.output_channel is not None
            masked = user_message(
                message.text or "",
                message.output_channel,
                message.sender_id,
                self.name(),
                metadata=message.metadata,
            )
            return await on_new_message(masked)

        return super().blueprint(receive)
