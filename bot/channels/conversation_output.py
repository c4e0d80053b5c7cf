"""What an output channel does besides replying, if its pages show the whole conversation."""

from __future__ import annotations

from abc import abstractmethod

from rasa.core.channels.channel import OutputChannel


class ConversationOutput(OutputChannel):
    """A channel whose citizens see their conversation on several pages and come back to it."""

    @abstractmethod
    async def heard(self, recipient_id: str, text: str | None) -> None:
        """Show the citizen's message, as it is stored, where it was not typed."""

    @abstractmethod
    async def send_unasked(self, recipient_id: str, text: str) -> None:
        """What the bot says by itself; pages that are opened later read it in the conversation."""
