"""Messages of a conversation that is handed over: for the operator, and not for the bot.

Asked by the processor for each message, under the conversation's lock. While a talk waits, the
citizen hears their place in the queue; while an operator has it, the bot is silent. It still gives
the number to call to whoever is in danger, and obeys whoever wants their data erased.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot import aspects, leaving, wording
from bot.channels import incoming, operators, transcript
from bot.channels.conversation_output import ConversationOutput
from bot.channels.handover_delivery import send_line
from bot.database import DatabaseUnavailable
from bot.support import handover as h
from bot.support import handover_rows, handover_talk, handovers
from bot.support.handover import Handover, Line

# Understands a message: Rasa's parse data.
Parse = Callable[[UserMessage], Awaitable[Mapping[str, Any]]]
# Key of an answer object: who has the talk.
PERSON = "person"
_CANCEL = "/cancel"
_ASPECT = re.compile(r'"aspect":\s*"(\w+)"')
# Buttons for whoever will not wait: the bot takes a message down.
_INSTEAD = frozenset(("leave_message", "call_back"))
_ERASING = frozenset((aspects.ERASE, aspects.ERASE_NOW))

logger = logging.getLogger(__name__)


async def take(message: UserMessage, parse: Parse, title: Callable[[], str] = str) -> bool:
    """Keep a message for its operator; False: the conversation is the bot's, or becomes it now.

    `title` finds the title of the pressed button, "" if none was.
    """
    try:
        talks = await asyncio.to_thread(handovers.of_session, message.sender_id)
        talk = next((one for one in talks if one.state != h.CLOSED), None)
        if talk is None:
            # Nearly always there was none: one look is all that it costs.
            return bool(talks) and await _is_repeated(message)
        if message.input_channel != talk.channel:
            # Who only knows a conversation's name neither hears nor says anything in its talk.
            logger.warning("A message of another channel than its talk's was refused.")
            return True
        return await _take(talk, message, parse, title)
    except h.HandoverRefused:
        # It was closed or erased meanwhile: nobody would read the message.
        return False
    except DatabaseUnavailable as error:
        # The bot says that there is an outage, and nobody waits for what nobody reads.
        logger.error("A handed-over talk cannot be looked for: %s", type(error).__name__)
        return False


async def _is_repeated(message: UserMessage) -> bool:
    """Whether a talk that is over has the message; what it was answered with is sent again."""
    session, output = message.sender_id, message.output_channel
    lines = await asyncio.to_thread(handover_talk.turn, session, str(message.message_id))
    if lines and output is not None:
        for line in lines[1:]:
            await send_line(output, session, line)
        await output.send_custom_json(session, _state(h.CLOSED))
    return bool(lines)


async def _take(
    talk: Handover, message: UserMessage, parse: Parse, title: Callable[[], str]
) -> bool:
    text = message.text or ""
    aspect = (_ASPECT.search(text) or [""] * 2)[1] if text.startswith("/") else ""
    if aspect in _ERASING:
        return False
    is_waiting = talk.state == h.WAITING
    if is_waiting and aspect in _INSTEAD:
        await asyncio.to_thread(handovers.end, talk.id, h.LEFT)
        return False
    output = message.output_channel
    if (message.metadata or {}).get(transcript.QUIET):
        # What a page says by itself is for the bot, which has nothing to say now.
        await _hear(message)
        await _show_state(talk, output, message.sender_id)
        return True
    if _leaves(text, is_waiting=is_waiting):
        await _hear(message)
        await _leave(talk, message, output)
        return True
    understood = await _aspect_of(message, parse)
    if understood in _ERASING:
        return False
    await _hear(message)
    concealed = (message.metadata or {}).get(incoming.CONCEALED) or ()
    said = text
    if text.startswith("/"):
        # A key of the hotline, say: what has no words on any page says nothing to an operator.
        said = title() or await asyncio.to_thread(_title, talk, text)
    key = str(message.message_id)
    is_new = False
    if said:
        is_new = await asyncio.to_thread(handover_talk.hear, talk, said, key, concealed)
    elif await asyncio.to_thread(handovers.active, message.sender_id) is None:
        # It has ended while the message came.
        return False
    if understood in aspects.DANGERS:
        await _warn(talk, message, understood, key)
    if talk.state == h.WAITING:
        await _tell_place(talk, output, message.sender_id, key, is_new=is_new)
    await _show_state(talk, output, message.sender_id)
    return True


async def _hear(message: UserMessage) -> None:
    """Show a message on the conversation's other pages."""
    if isinstance(message.output_channel, ConversationOutput):
        await message.output_channel.heard(message.sender_id, message.text)


def _leaves(text: str, *, is_waiting: bool) -> bool:
    if text.startswith(_CANCEL):
        return True
    return leaving.turns_to_bot(text) or (is_waiting and leaving.leaves_queue(text))


def _title(talk: Handover, payload: str) -> str:
    """Title of a button that was shown in the talk itself; "" if none was."""
    if not payload.startswith("/"):
        return ""
    lines = reversed(handover_talk.of_session(talk.session))
    buttons = (button for line in lines for button in line.buttons)
    return next((str(b["title"]) for b in buttons if b["payload"] == payload), "")


async def _leave(talk: Handover, message: UserMessage, output: OutputChannel | None) -> None:
    await asyncio.to_thread(handover_talk.hear, talk, message.text or "", str(message.message_id))
    await asyncio.to_thread(handovers.end, talk.id, h.LEFT)
    line = await asyncio.to_thread(
        _noted, talk, "utter_handover_left", f"{message.message_id}-left", {}
    )
    if output is not None and line is not None:
        await send_line(output, message.sender_id, line)
        await _show_state(talk, output, message.sender_id, state=h.CLOSED)


async def _aspect_of(message: UserMessage, parse: Parse) -> str:
    """What more is known of a message than its words; "" of a button."""
    if (message.text or "").startswith("/"):
        return ""
    return aspects.aspect_of(await parse(message), in_form=False)


async def _warn(talk: Handover, message: UserMessage, danger: str, key: str) -> None:
    """Whoever is in danger must not wait for an operator to read it, and is answered first."""
    await asyncio.to_thread(handover_rows.make_urgent, talk.id, h.DANGER)
    output = message.output_channel
    if output is None:
        return
    text = wording.text("limits", f"utter_danger_{danger}", output.name())
    line = await asyncio.to_thread(
        functools.partial(handover_talk.say, talk, text, f"{key}-danger", delivered=True)
    )
    if line is not None:
        await send_line(output, message.sender_id, line)
    else:
        await output.send_text_message(message.sender_id, text)


async def _tell_place(
    talk: Handover, output: OutputChannel | None, session: str, key: str, *, is_new: bool
) -> None:
    place = await asyncio.to_thread(handovers.place, talk)
    await asyncio.to_thread(handovers.note_told, talk.id, place)
    values = {"place": place}
    line = await asyncio.to_thread(_noted, talk, "utter_handover_waiting", f"{key}-place", values)
    if output is not None and (line is not None or not is_new):
        text, buttons = operators.worded(talk.channel, "utter_handover_waiting", **values)
        if line is not None:
            await send_line(output, session, line)
        else:
            await output.send_text_with_buttons(session, text, buttons)


def _noted(talk: Handover, response: str, key: str, values: dict[str, Any]) -> Line | None:
    text, buttons = operators.worded(talk.channel, response, **values)
    return handover_talk.say(talk, text, key, buttons=buttons, delivered=True)


async def _show_state(
    talk: Handover, output: OutputChannel | None, session: str, state: str = ""
) -> None:
    """The answer object of a turn in which the bot says nothing."""
    if output is None:
        return
    await output.send_custom_json(session, _state(state or talk.state, talk.claimed_name))


def _state(state: str, name: str = "") -> dict[str, Any]:
    person = {"state": state, **({"name": name} if name else {})}
    return {"answer": {"topic": operators.TOPIC, "status": "handover", PERSON: person}}
