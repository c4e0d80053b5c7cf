"""Handing a talk over to a person (gặp cán bộ): into the queue, if somebody is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import ticket_slots
from actions.answers import HANDOVER, answer, say
from actions.dossiers import forget_question, proven
from actions.memory import turns_missed
from actions.safe_action import Events, SafeAction
from bot.catalogue import service
from bot.rendering.moments import moment_text
from bot.support import attendance, handovers, promises
from bot.support import handover as h
from bot.support.handover import Handover, Summary

TOPIC = "handover"
# What an operator is shown of the talk before.
MOST_EARLIER = 40
# What was said last is rarely the need: "gặp cán bộ".
NO_NEED = frozenset(("request_human", "greet", "affirm", "deny", "thank", "choose_option"))
LONGEST_NEED = 300


class ActionHandover(SafeAction):
    """Leads to a person; what a look-up was waiting for is not waited for any more."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_handover"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        if attendance.is_attended():
            return hand_over(dispatcher, tracker, h.REQUEST)
        if attendance.hands_over:
            due = moment_text(promises.due())
            say(dispatcher, "utter_handover_closed", answer(TOPIC, HANDOVER), due=due)
        else:
            dispatcher.utter_message(response="utter_handover")
        return _no_look_up()


def hand_over_if_attended(
    dispatcher: CollectingDispatcher, tracker: Tracker, reason: str
) -> Events | None:
    """Put the talk into the queue if somebody is there to take it; None: nobody is."""
    return hand_over(dispatcher, tracker, reason) if attendance.is_attended() else None


def hand_over(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> Events:
    """Put the talk into the queue, and tell its place."""
    metadata = tracker.latest_message.get("metadata") or {}
    talk = handovers.open_handover(
        tracker.sender_id,
        tracker.get_latest_input_channel() or "",
        reason,
        _summary(tracker),
        reply_to=str(metadata.get(h.REPLY_TO) or ""),
        earlier=list(_earlier(tracker))[-MOST_EARLIER:],
    )
    _tell_place(dispatcher, talk)
    return _no_look_up()


def _tell_place(dispatcher: CollectingDispatcher, talk: Handover) -> None:
    place = handovers.place(talk)
    handovers.note_told(talk.id, place)
    response = "utter_handover_busy" if attendance.are_all_busy() else "utter_handover_queued"
    contract = answer(TOPIC, HANDOVER, person={"state": talk.state, "place": place})
    say(dispatcher, response, contract, place=place)


def _no_look_up() -> Events:
    return [*forget_question(), *ticket_slots.forget(), SlotSet("dossier_wish", None)]


def _summary(tracker: Tracker) -> Summary:
    code = str(tracker.get_slot("procedure_code") or "")
    procedure = service.procedure(code) if code else None
    return Summary(
        need=_need(tracker),
        procedure_code=procedure.code if procedure else "",
        procedure_name=procedure.name if procedure else "",
        tried=tuple(dict.fromkeys(_told_topics(tracker))),
        missed=turns_missed(tracker),
        dossiers=tuple(proven(tracker)),
    )


def _need(tracker: Tracker) -> str:
    """What the citizen wants in their own words, as it was stored."""
    said = [
        str(event.get("text") or "")
        for event in tracker.events
        if event.get("event") == "user"
        and not str(event.get("text") or "").startswith("/")
        and _intent(event) not in NO_NEED
    ]
    return (str(tracker.get_slot("need") or "") or (said[-1] if said else ""))[:LONGEST_NEED]


def _intent(event: dict[str, object]) -> str:
    data = event.get("parse_data")
    intent = data.get("intent") if isinstance(data, dict) else None
    return str(intent.get("name") or "") if isinstance(intent, dict) else ""


def _told_topics(tracker: Tracker) -> Iterator[str]:
    for event in tracker.events:
        if event.get("event") == "bot":
            custom = (event.get("data") or {}).get("custom") or {}
            topic = (custom.get("answer") or {}).get("topic")
            if topic and topic != TOPIC:
                yield str(topic)


def _earlier(tracker: Tracker) -> Iterator[tuple[str, str, dt.datetime]]:
    """What was said so far: author, text as it is stored, time (UTC)."""
    for event in tracker.events:
        text = str(event.get("text") or "")
        if text and event.get("event") in ("user", "bot") and not text.startswith("/"):
            author = h.CITIZEN if event["event"] == "user" else h.BOT
            at = dt.datetime.fromtimestamp(float(event["timestamp"]), tz=dt.timezone.utc)
            yield author, text, at.replace(tzinfo=None)
