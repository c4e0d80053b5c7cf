"""What an output channel does besides replying, if its pages show the whole conversation."""

from __future__ import annotations

from abc import abstractmethod

from rasa.core.channels.channel import OutputChannel

from bot.support.handover import Line


class ConversationOutput(OutputChannel):
    """A channel whose citizens see their conversation on several pages and come back to it."""

    @abstractmethod
    async def heard(self, recipient_id: str, text: str | None) -> None:
        """Show the citizen's message, as it is stored, where it was not typed."""

    @abstractmethod
    async def send_unasked(self, recipient_id: str, text: str) -> None:
        """What the bot says by itself; pages that are opened later read it in the conversation."""

    @abstractmethod
    async def send_line(self, recipient_id: str, line: Line) -> None:
        """What a person of the staff says, or the bot of them; it is kept already."""
