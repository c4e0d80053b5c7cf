"""What the bot says on Zalo: texts and buttons within Zalo's limits.

Buttons stand beside the text, in an attachment of type "template" without a `template_type`: so
do public examples of v3.0 write it. A pressed button comes back as a text, its payload.
"""

from __future__ import annotations

import logging
import re
import textwrap
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from bot import wording
from bot.channels.conversation_output import ConversationOutput
from bot.channels.handover_delivery import spoken
from bot.channels.transcript import shown_buttons
from bot.channels.zalo_client import ZaloClient
from bot.channels.zalo_http import ZaloFailure
from bot.support.handover import Line

LONGEST_TEXT, LONGEST_TITLE, LONGEST_PAYLOAD, MOST_BUTTONS = 2000, 100, 1000, 5
BUTTON = "oa.query.hide"
_SENTENCE_END = re.compile(r"[.!?…](?=\s)")
# Puts what was said outside a turn into the conversation: session, text.
Keep = Callable[[str, str], Awaitable[None]]

logger = logging.getLogger(__name__)


def parts(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The text in pieces that are short enough, cut behind lines, sentences or words.

    Only a word that is too long by itself is cut.
    """
    found, rest = [], text.strip()
    while len(rest) > longest:
        end = _end(rest, longest)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, rest] if rest else found


def _end(text: str, longest: int) -> int:
    # The sign behind the last that fits tells whether a word ends there.
    window = text[: longest + 1]
    line = window.rfind("\n")
    sentence = max((match.end() for match in _SENTENCE_END.finditer(window)), default=0)
    for end in (line, sentence):
        if end > longest // 2:
            return end
    # A bad end near the limit is worse than a short piece, a cut word worse than both.
    blank = max((match.start() for match in re.finditer(r"\s", window)), default=0)
    return max(line, sentence) if max(line, sentence) > 0 else (blank or longest)


def messages(text: str, buttons: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """The messages that say a text and offer buttons, as Zalo takes them."""
    pieces, shown = parts(text), [_button(button) for button in shown_buttons(buttons)]
    if not shown:
        return [{"text": piece} for piece in pieces]
    more = wording.text("zalo", "utter_zalo_more_choices")
    groups = [shown[i : i + MOST_BUTTONS] for i in range(0, len(shown), MOST_BUTTONS)]
    *before, last = pieces or [more]
    return [
        *({"text": piece} for piece in before),
        _with_buttons(last, groups[0]),
        *(_with_buttons(more, group) for group in groups[1:]),
    ]


def _with_buttons(text: str, buttons: Sequence[dict[str, str]]) -> dict[str, Any]:
    template = {"type": "template", "payload": {"buttons": list(buttons)}}
    return {"text": text, "attachment": template}


def _button(button: Mapping[str, str]) -> dict[str, str]:
    title, payload = button["title"], button["payload"]
    if len(title) > LONGEST_TITLE:
        title = textwrap.shorten(title, LONGEST_TITLE, placeholder="…")
        # Of a single word nothing is left.
        title = title if len(title) > 1 else button["title"][:LONGEST_TITLE]
    # Half a payload means nothing: then the press says what stands on the button.
    payload = payload if len(payload) <= LONGEST_PAYLOAD else title
    return {"title": title, "type": BUTTON, "payload": payload}


class ZaloOutput(ConversationOutput):
    """Sends to one citizen. What cannot be sent ends the turn: a talk with holes misleads."""

    def __init__(self, client: ZaloClient, user_id: str, keep: Keep | None = None) -> None:
        """`keep` is told what the bot says by itself."""
        self._client = client
        self._user_id = user_id
        self._keep = keep
        self._is_cut_off = False
        self.has_spoken = False

    @classmethod
    def name(cls) -> str:
        """Name for channel-specific responses."""
        return "zalo"

    async def say(self, text: str, buttons: Iterable[Mapping[str, Any]] = ()) -> None:
        """Send a text with its buttons; a failure is logged, without what was to be said."""
        self.has_spoken = True
        if self._is_cut_off:
            return
        try:
            await self._send(text, buttons)
        except ZaloFailure as failure:
            self._is_cut_off = True
            logger.error("A message cannot be sent to Zalo: %s", failure)

    async def _send(self, text: str, buttons: Iterable[Mapping[str, Any]] = ()) -> None:
        for message in messages(text, buttons):
            await self._client.send(self._user_id, message)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """A text, with its links as they are."""
        await self.say(text)

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """A text with the buttons below it."""
        await self.say(text, buttons)

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """The picture's address: Zalo shows only pictures that were given to it before."""
        await self.say(image)

    async def send_attachment(self, recipient_id: str, attachment: str, **kwargs: Any) -> None:
        """The attachment's address."""
        await self.say(str(attachment))

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """The answer object, which is for programs and left out."""
        self.has_spoken = True

    async def heard(self, recipient_id: str, text: str | None) -> None:
        """Zalo shows the citizen's message itself."""

    async def send_unasked(self, recipient_id: str, text: str) -> None:
        """What the bot says by itself, which is also kept.

        Raises:
            ZaloFailure: it was not sent.
        """
        await self._send(text)
        if self._keep is not None:
            await self._keep(recipient_id, text)

    async def send_line(self, recipient_id: str, line: Line) -> None:
        """A line of a handed-over talk, with its operator's name (see parent class)."""
        await self.say(spoken(line), line.buttons)
