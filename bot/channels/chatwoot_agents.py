"""What an agent of Chatwoot does in a conversation, done to its talk.

An agent's account here is "chatwoot:" + their number there. They have no session with us; Chatwoot
says who is present, so a talk is theirs from their first answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels import operators
from bot.channels.chatwoot_client import PENDING, RESOLVED, Conversation, Message
from bot.channels.chatwoot_notes import say
from bot.settings import settings
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.citizens import storable
from bot.support.handover import Handover, HandoverRefused, Line, Taken

PREFIX = "chatwoot:"
LONGEST_NAME = 128
# How often it is tried again to take a talk that somebody else changes at the same moment.
_TRIES = 5


def is_agents(talk: Handover) -> bool:
    """Whether somebody in Chatwoot has the talk."""
    return talk.state == h.HELD and talk.claimed_by.startswith(PREFIX)


def is_from_chatwoot(line: Line) -> bool:
    """Whether a line was written there."""
    return line.author == h.OPERATOR and line.message_id.startswith(PREFIX)


def renew() -> None:
    """The talks that agents have stay theirs for a while longer.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    for name in sorted({one.claimed_by for one in handovers.listed(h.HELD) if is_agents(one)}):
        handovers.renew(name)


def answer(talk_id: int, messages: Sequence[Message]) -> dict[int, str]:
    """Bring agents' messages to the citizen, each once; a note by message for what could not be.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; the rest may be tried again.
    """
    known = _known(talk_id)
    notes = {}
    for message in messages:
        if f"{_account(message)}-{message.id}" in known:
            continue
        note = _answer(talk_id, message) if message.text.strip() else ""
        if not note and message.has_files:
            note = say("utter_chatwoot_refused_file")
        if note:
            notes[message.id] = note
    return notes


def _answer(talk_id: int, message: Message) -> str:
    name, shown = _account(message), storable(message.sender_name)[:LONGEST_NAME]
    for _ in range(_TRIES):
        talk = handovers.find(talk_id)
        if talk is None or talk.state == h.CLOSED:
            return say("utter_chatwoot_refused_ended", text=message.text)
        if not 1 <= len(storable(message.text)) <= handover_talk.LONGEST_TEXT:
            return say("utter_chatwoot_refused_text", text=message.text)
        if talk.state == h.HELD and talk.claimed_by != name and not is_agents(talk):
            return say("utter_chatwoot_refused_held", name=talk.claimed_name, text=message.text)
        try:
            if talk.claimed_by != name:
                if _has_enough(name):
                    return say("utter_chatwoot_refused_many", text=message.text)
                if talk.state == h.HELD:
                    # Quietly: the citizen does not wait again, but hears who goes on.
                    handovers.give_back(talk.id, talk.claimed_by, talk.claim)
                talk = operators.claim(talk.id, name, shown or say("utter_chatwoot_staff"))
            operators.answer(talk.id, name, talk.claim, message.text, str(message.id))
        except Taken:
            continue
        except HandoverRefused:
            # Ended or filled up at the same moment: looked at again.
            continue
        return ""
    return say("utter_chatwoot_refused_ended", text=message.text)


def follow(talk_id: int, there: Conversation) -> bool:
    """End the talk if its conversation was resolved, or handed back to the bot.

    False: the conversation is closed, but somebody at the console has the talk, which goes on.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    if there.status not in (RESOLVED, PENDING):
        return True
    for _ in range(_TRIES):
        talk = handovers.find(talk_id)
        if talk is None or talk.state == h.CLOSED:
            return True
        if talk.state == h.HELD and not is_agents(talk):
            return False
        try:
            _end(talk, there)
        except Taken:
            continue
        return True
    return True


def _end(talk: Handover, there: Conversation) -> None:
    is_resolved = there.status == RESOLVED
    if talk.state == h.HELD and is_resolved:
        operators.close(talk.id, talk.claimed_by, talk.claim, h.SOLVED)
    elif talk.state == h.HELD:
        operators.return_to_bot(talk.id, talk.claimed_by, talk.claim)
    elif handovers.end(talk.id, h.SOLVED if is_resolved else h.RETURNED) is None:
        return
    elif is_resolved:
        shown = storable(there.assignee)[:LONGEST_NAME] or say("utter_chatwoot_staff")
        operators.tell(talk, "utter_handover_ended", "ended", name=shown)
    else:
        operators.tell(talk, "utter_handover_returned", "returned")


def _account(message: Message) -> str:
    return f"{PREFIX}{message.sender_id}"


def _known(talk_id: int) -> set[str]:
    """Names of what was written there and is said already."""
    found: set[str] = set()
    after = 0
    while lines := handover_talk.read(talk_id, after):
        found |= {line.message_id for line in lines if is_from_chatwoot(line)}
        after = lines[-1].id
    return found


def _has_enough(name: str) -> bool:
    held = [one.claimed_by for one in handovers.listed(h.HELD)]
    return held.count(name) >= settings().support_talks_per_operator
