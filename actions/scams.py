"""Warnings of swindlers (lừa đảo): who asks for money, a code, or to open a link."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, HANDOVER, answer, say
from actions.memory import text_of
from actions.safe_action import Events
from bot.catalogue import guidance
from bot.links import strange_hosts
from bot.rendering import procedure_lines as rendering

TOPIC = "scam"
LINK = "link"


def warn(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Says what to do about a call, a link, an account, a code asked for, or money already gone."""
    said = text_of(tracker)
    topic = guidance.topic(said, TOPIC)
    if topic == TOPIC and strange_hosts(said):
        topic = f"{TOPIC}.{LINK}"
    found = guidance.fact(topic, TOPIC)
    if found is None:
        say(dispatcher, "utter_scam_not_published", answer("payment", HANDOVER))
        return []
    known, lines, source = found
    say(
        dispatcher,
        f"utter_scam_{known.partition('.')[2] or 'general'}",
        answer("payment", ANSWERED, source=source),
        lines=lines,
        source=source.title,
        checked_on=rendering.date(source.checked_on),
    )
    return []
