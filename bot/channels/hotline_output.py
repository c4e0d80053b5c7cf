"""What the bot says in a turn of the hotline, collected."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

from bot.channels.conversation_output import ConversationOutput
from bot.channels.handover_delivery import spoken
from bot.channels.transcript import DOSSIER_SHOWN
from bot.support.handover import Line


class HotlineOutput(CollectingOutputChannel, ConversationOutput):
    """Texts and the last buttons; of answer objects only what they say of the text.

    What was said outside a turn stands before the reply.
    """

    def __init__(self) -> None:
        """Nothing was said yet."""
        super().__init__()
        self._meanwhile: list[str] = []
        # Whether it tells how a dossier stands: not to be shown for longer than its proof lasts.
        self.is_private = False
        # Whether the conversation was erased in this turn: see `actions/privacy.py`.
        self.has_erased = False

    @classmethod
    def name(cls) -> str:
        """Name for channel-specific responses."""
        return "hotline"

    @property
    def text(self) -> str:
        """All texts, one below the other."""
        reply = [message["text"] for message in self.messages if message.get("text")]
        return "\n".join([*self._meanwhile, *reply])

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons of the last message that has any."""
        return next((m["buttons"] for m in reversed(self.messages) if m.get("buttons")), [])

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """The answer object, which nobody is sent."""
        answer = json_message.get("answer") or {}
        self.has_erased |= bool(answer.get("erased"))
        shown = (answer.get("topic"), answer.get("status")) == DOSSIER_SHOWN
        self.is_private |= shown or bool(answer.get("of_dossier"))

    async def heard(self, recipient_id: str, text: str | None) -> None:
        """A telephone shows what was sent with it by itself (see parent class)."""

    async def send_unasked(self, recipient_id: str, text: str) -> None:
        """What the bot says by itself is of a dossier that has changed (see parent class)."""
        self.is_private = True
        self._meanwhile.append(text)

    async def send_line(self, recipient_id: str, line: Line) -> None:
        """What a person of the staff says, or the bot of them (see parent class)."""
        self.is_private = True
        self._meanwhile.append(spoken(line))
        if line.buttons and not self.buttons:
            # Below a reply with buttons of its own there would be two menus.
            self.messages.append({"buttons": [dict(button) for button in line.buttons]})
