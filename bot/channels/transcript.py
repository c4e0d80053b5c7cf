"""What was said in a conversation, as a page shows it, read from the tracker's events.

A message has an identifier. A citizen's is the one that came with it; the bot's replies are
numbered behind the message that they answer ("….1", "….2"), in the order in which an output
channel sends them. So a page recognises a reply that it has, wherever it reads it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Reversible
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered

from bot import wording
from bot.database import DatabaseUnavailable
from bot.dossiers.model import PROVEN_FOR
from bot.support import handover as h
from bot.support import handover_talk
from bot.support.handover import Line

CITIZEN, BOT = "citizen", "bot"
# Keys of an event's metadata: a message that no citizen typed; the identifier of what the bot
# said by itself, outside a turn.
QUIET, MESSAGE_ID = "quiet", "message_id"
# Topic and status of an answer that tells how a dossier stands.
DOSSIER_SHOWN = ("status", "answered")
# Newest messages that a page is sent.
MOST_MESSAGES = 200

logger = logging.getLogger(__name__)


@dataclass
class Said:
    """A message of a conversation; `at` is Unix seconds, `title` the pressed button's.

    `quiet`: the page's own, which no citizen typed. `unasked`: the bot's, outside a turn. `name`:
    the operator's who said it.
    """

    id: str
    by: str
    at: float
    text: str = ""
    title: str = ""
    quiet: bool = False
    unasked: bool = False
    name: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)
    custom: Mapping[str, Any] = field(default_factory=dict)

    def message(self) -> dict[str, Any]:
        """As an output channel takes it."""
        return {"text": self.text, "buttons": self.buttons, "custom": self.custom}

    def as_dict(self) -> dict[str, Any]:
        """As it is sent: only what there is."""
        shown: dict[str, Any] = {"id": self.id, "from": self.by, "at": self.at}
        for key in ("text", "title", "quiet", "name", "buttons", "custom"):
            if value := getattr(self, key):
                shown[key] = value
        return shown


def reply_id(message_id: str, number: int) -> str:
    """Identifier of the bot's `number`th message (from 1) in answer to a citizen's."""
    return f"{message_id}.{number}"


def shown_buttons(buttons: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Buttons as they are sent: title and payload."""
    return [{"title": str(b["title"]), "payload": str(b["payload"])} for b in buttons]


def is_handled(events: Reversible[Event], message_id: str | None) -> bool:
    """Whether a citizen's message is among the events since the session began."""
    for event in reversed(events):
        if isinstance(event, SessionStarted):
            return False
        if isinstance(event, UserUttered) and message_id and event.message_id == message_id:
            return True
    return False


def replies(events: Iterable[Event], message_id: str) -> list[Said]:
    """What the bot said in answer to a message, as it may be shown now."""
    numbered = re.compile(re.escape(message_id) + r"\.\d+")
    return [one for one in read(events) if one.by == BOT and numbered.fullmatch(one.id)]


def read(events: Iterable[Event]) -> list[Said]:
    """All messages since the session began, oldest first, as they may be shown now.

    How a dossier stands is not shown any longer than its owner's proof lasts.
    """
    said = _read(events)
    _hide_dossiers(said, time.time() - PROVEN_FOR)
    return said


def _hide_dossiers(said: list[Said], before: float) -> None:
    """Take out how dossiers stood that were shown before a time (Unix seconds)."""
    hidden = wording.text("web", "utter_web_dossier_hidden")
    texts: list[Said] = []
    for one in said:
        if one.by == CITIZEN:
            texts = []
        elif one.unasked:
            # What the bot says by itself is of a dossier that has changed.
            one.text = hidden if one.at < before else one.text
        elif not one.custom:
            texts.append(one)
        else:
            answer = one.custom.get("answer") or {}
            if one.at < before and _is_of_a_dossier(answer):
                for text in texts:
                    text.text, text.buttons = hidden, []
            texts = []


def _is_of_a_dossier(answer: Mapping[str, Any]) -> bool:
    shown = (answer.get("topic"), answer.get("status")) == DOSSIER_SHOWN
    return shown or bool(answer.get("of_dossier"))


def _read(events: Iterable[Event]) -> list[Said]:
    said: list[Said] = []
    turn, number = "", 0
    for event in events:
        if isinstance(event, SessionStarted):
            said, turn, number = [], "", 0
        elif isinstance(event, UserUttered):
            turn, number = event.message_id or f"at{event.timestamp}", 0
            said.append(_citizens(event, turn, said))
        elif isinstance(event, BotUttered):
            own = _own_id(event)
            for part in _parts(event):
                if not own:
                    number += 1
                part.id, part.unasked = own or reply_id(turn, number), bool(own)
                said.append(part)
    return said


def turn_of(said: list[Said], message_id: str) -> tuple[Said | None, list[Said]]:
    """The citizen's message and the bot's of one turn, by one of the bot's; (None, []): unknown."""
    place = next((i for i, one in enumerate(said) if one.id == message_id and one.by == BOT), None)
    if place is None:
        return None, []
    start = place
    while start > 0 and said[start].by == BOT:
        start -= 1
    end = next((i for i in range(place, len(said)) if said[i].by != BOT), len(said))
    question = said[start] if said[start].by == CITIZEN else None
    return question, [one for one in said[start:end] if one.by == BOT]


async def since(agent: Agent, session: str, known: str = "") -> tuple[list[Said], bool]:
    """A conversation's newest messages, and whether they are all of them.

    `known`: the newest message that the page has; if it is among them, only what came after it.
    A conversation that the bot would begin anew has none but what a person of the staff has said
    in it, or is to read.
    """
    processor = agent.processor
    tracker = await agent.tracker_store.retrieve(session)
    if tracker is None or processor is None or processor._has_session_expired(tracker):
        said = []
    else:
        said = read(tracker.events)
    said = with_people(said, await asyncio.to_thread(_of_people, session))
    if not said:
        return [], True
    place = next((i for i, one in enumerate(said) if known and one.id == known), None)
    if place is not None:
        return said[place + 1 :], False
    return said[-MOST_MESSAGES:], True


def _of_people(session: str) -> list[Line]:
    try:
        return handover_talk.of_session(session)
    except DatabaseUnavailable as error:
        # What the bot has said is elsewhere, and can be shown.
        logger.error("What people said cannot be read: %s", type(error).__name__)
        return []


def with_people(said: list[Said], lines: Iterable[Line]) -> list[Said]:
    """The conversation with what was said in hand-overs, in the order of time."""
    known = {one.id for one in said}
    spoken = [one for one in map(of_line, lines) if one.id not in known]
    # Both are in order: what is said in one of them never changes places.
    return list(heapq.merge(said, spoken, key=lambda one: one.at)) if spoken else said


def of_line(line: Line) -> Said:
    """A line of a handed-over talk as pages show it."""
    by = CITIZEN if line.author == h.CITIZEN else BOT
    at = line.at.replace(tzinfo=dt.timezone.utc).timestamp()
    buttons = shown_buttons(line.buttons)
    return Said(line_id(line), by, at, line.text, name=line.name, buttons=buttons)


def line_id(line: Line) -> str:
    """Identifier of a line for pages: a citizen's own is the one that came with it."""
    return line.message_id if line.author == h.CITIZEN else f"person-{line.id}"


async def add(agent: Agent, session: str, text: str, message_id: str) -> None:
    """Put what the bot has said by itself into the conversation, if it stands."""
    async with agent.lock_store.lock(session):
        tracker = await agent.tracker_store.retrieve(session)
        if tracker is not None:
            tracker.update(BotUttered(text, metadata={MESSAGE_ID: message_id}))
            await agent.tracker_store.save(tracker)


def _own_id(event: BotUttered) -> str:
    return str(event.metadata.get(MESSAGE_ID) or "")


def _citizens(event: UserUttered, message_id: str, before: list[Said]) -> Said:
    text = event.text or ""
    quiet = bool((event.metadata or {}).get(QUIET))
    return Said(message_id, CITIZEN, event.timestamp, text, title(text, before), quiet)


def title(payload: str, before: list[Said]) -> str:
    """Title of the button last shown with a payload; "" if the text is none."""
    if not payload.startswith("/"):
        return ""
    buttons = (button for one in reversed(before) for button in one.buttons)
    return next((button["title"] for button in buttons if button["payload"] == payload), "")


def _parts(event: BotUttered) -> Iterator[Said]:
    """The messages that an output channel makes of an event: text with buttons, then custom."""
    buttons, custom = event.data.get("buttons"), event.data.get("custom")
    if event.text or buttons:
        shown = shown_buttons(buttons or ())
        yield Said("", BOT, event.timestamp, event.text or "", buttons=shown)
    if custom:
        yield Said("", BOT, event.timestamp, custom=custom)
