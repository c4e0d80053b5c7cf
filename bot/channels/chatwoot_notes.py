"""What staff read in Chatwoot beside the citizen's words: the summary, the earlier talk, ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot import wording
from bot.support import handover as h
from bot.support.citizens import session_hash
from bot.support.handover import Handover, Line

TOPIC = "chatwoot"
# Letters of a note; the end of an earlier talk tells more than its beginning.
LONGEST_NOTE = 20_000
_REASONS = {
    h.DANGER: "utter_chatwoot_reason_danger",
    h.DENUNCIATION: "utter_chatwoot_reason_denunciation",
    h.REQUEST: "utter_chatwoot_reason_request",
    h.MISSED: "utter_chatwoot_reason_missed",
}
_ENDS = {
    h.LEFT: "utter_chatwoot_end_left",
    h.TICKET: "utter_chatwoot_end_ticket",
    h.RETURNED: "utter_chatwoot_end_returned",
    h.ERASED: "utter_chatwoot_end_erased",
}
_LINES = {
    h.CITIZEN: "utter_chatwoot_line_citizen",
    h.BOT: "utter_chatwoot_line_bot",
    h.OPERATOR: "utter_chatwoot_line_operator",
}


def say(response: str, **values: Any) -> str:
    """One of `domain/chatwoot.yml`, its keywords filled in."""
    return wording.text(TOPIC, response).format(**values)


def identifier(session: str) -> str:
    """A citizen's name as a contact: a keyed hash, which tells nobody the conversation's."""
    return session_hash(session, "chatwoot")[:32]


def contact_name(session: str) -> str:
    """What staff call a citizen of whom nothing is known."""
    return say("utter_chatwoot_contact", code=identifier(session)[:6].upper())


def reference(talk: Handover) -> str:
    """A talk's name there, which no other talk gets, also after it was erased."""
    return session_hash(f"{talk.session}:{talk.id}:{talk.opened_at.isoformat()}", TOPIC)[:32]


def summary(talk: Handover, lines: Iterable[Line]) -> str:
    """The note that a conversation starts with: what is wanted, and what was said before."""
    known = talk.summary
    head = [say(_REASONS[talk.reason])]
    if talk.desk:
        head.append(say("utter_chatwoot_desk", desk=talk.desk))
    if known.need:
        head.append(say("utter_chatwoot_need", need=known.need))
    if known.procedure_code:
        head.append(
            say("utter_chatwoot_procedure", name=known.procedure_name, code=known.procedure_code)
        )
    if known.dossiers:
        head.append(say("utter_chatwoot_dossiers", codes=", ".join(known.dossiers)))
    if known.missed:
        head.append(say("utter_chatwoot_missed", count=known.missed))
    head.append(say("utter_chatwoot_how"))
    earlier = "\n".join(spoken(line) for line in lines if line.earlier)
    if earlier:
        head.append(say("utter_chatwoot_earlier"))
    return "\n".join([*head, earlier[-LONGEST_NOTE:]]).strip()


def spoken(line: Line) -> str:
    """A line with who said it."""
    return say(_LINES[line.author], name=line.name, text=line.text)


def end(reason: str) -> str:
    """The note that a conversation ends with."""
    return say(_ENDS.get(reason, "utter_chatwoot_end"))
