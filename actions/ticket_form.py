"""The questions before a ticket: what is to be passed on, where it happened, a number to call."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import dossiers
from actions.answers import CLARIFY, answer, say
from actions.memory import intent_of, text_of
from actions.safe_action import Events
from actions.ticket_slots import FORM, LOOK_UP, UNDECIDED, forget, own_number
from bot import aspects, sealing
from bot import text as vn
from bot.aspects import TICKET_CONTACT, TICKET_PLACE, TICKET_TEXT
from bot.codes import PHONE
from bot.database import DatabaseUnavailable
from bot.dossiers.verification import PHONE_LENGTHS
from bot.offices.routing import find_place
from bot.personal_data import mask
from bot.support import routing
from bot.support.ticket import CALL_BACK, DENUNCIATION, FEEDBACK, MESSAGE
from bot.support.tickets import LONGEST_PLACE, LONGEST_TEXT

KINDS = {
    aspects.LEAVE_MESSAGE: MESSAGE,
    aspects.CALL_BACK: CALL_BACK,
    aspects.LEAVE_FEEDBACK: UNDECIDED,
}
# The second answer that will not do ends the question.
MOST_TRIES = 2
# A message of more words tells what happened, and is not asked for again.
LONGEST_ANNOUNCEMENT = 6
# Short messages of these intents are no text to pass on.
TALK = frozenset((
    "greet", "thank", "goodbye", "cancel", "ask_help", "bot_challenge", "request_human",
    "complain_bot", "affirm", "deny", "choose_option",
))  # fmt: skip
# Answered beside the questions that want a place or a number.
SIDE = frozenset((
    "find_procedure", "ask_documents", "ask_fee", "ask_processing_time", "ask_where_to_apply",
    "ask_how_to_apply_online", "ask_steps", "ask_eligibility", "ask_legal_basis",
    "ask_result_delivery", "ask_form", "ask_service_level", "ask_payment_methods", "ask_receipt",
    "ask_account_help", "ask_digital_signature", "ask_privacy", "list_services", "ask_help",
    "greet", "thank", "bot_challenge", "goodbye", "cancel", "request_human", "complain_bot",
))  # fmt: skip
_SHORT = 4
_LEAST_LETTERS = 3
_UNKNOWN = re.compile(
    r"\b(?:khong|chua|chang|dau) (?:co )?(?:biet|ro|nho|chac|ranh)\b|^(?:khong|khoi|bo qua)\b"
)
_DECLINES = re.compile(
    r"^(?:da |thoi |a |em )*(?:khong|khoi|bo qua|chua)\b"
    r"|\b(?:khong|khoi|chua)(?: \w+)? (?:de lai|cho so|can|muon|co so|dua|tien|ghi so)\b"
    r"|\b(?:giau ten|an danh|nac danh)\b"
)
_AGREES = re.compile(r"^(?:da |u |vang |a )*(?:co|duoc|ok|dong y|vang|u|da|phai|dung|cu ghi)\b")

Slots = dict[str, Any]


def leave_message(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Begins the form of a message for an office."""
    return start(dispatcher, tracker, aspects.LEAVE_MESSAGE)


def call_back(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Begins the form of a call that is asked for."""
    return start(dispatcher, tracker, aspects.CALL_BACK)


def leave_feedback(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Begins the form of feedback."""
    return start(dispatcher, tracker, aspects.LEAVE_FEEDBACK)


def start(dispatcher: CollectingDispatcher, tracker: Tracker, wish: str) -> Events:
    """Begins the form with what the message, or the feedback before the button, tells already."""
    known: Slots = {"ticket_kind": KINDS[wish]}
    said = _said_already(tracker)
    if said:
        known.update(_of_text(KINDS[wish], said, tracker))
    elif KINDS[wish] == CALL_BACK:
        known["ticket_contact"] = _number(tracker)
    if known["ticket_kind"] == DENUNCIATION:
        say(dispatcher, "utter_denunciation_note", answer("feedback", CLARIFY))
    kept = [SlotSet(name, value) for name, value in known.items() if value is not None]
    return [*forget(), *kept, FollowupAction(FORM)]


def _said_already(tracker: Tracker) -> str:
    """What was said in feedback just before, or together with the wish itself."""
    said = text_of(tracker)
    if said:
        rest = aspects.without_leaving(vn.fold(vn.normalise(said)))
        return said if len(rest.split()) > LONGEST_ANNOUNCEMENT else ""
    spoken = [event for event in tracker.events if event.get("event") == "user"]
    if len(spoken) < 2:
        return ""
    before = spoken[-2]
    intent = ((before.get("parse_data") or {}).get("intent") or {}).get("name")
    said = str(before.get("text") or "")
    is_told = len(said.split()) > LONGEST_ANNOUNCEMENT and not said.startswith("/")
    return said if is_told and intent == "give_feedback" else ""


def _of_text(kind: str, said: str, tracker: Tracker) -> Slots:
    """The slots that the text fills: itself, its kind, the place and the number in it."""
    told = routing.kind_of(said, "" if kind == UNDECIDED else kind)
    known: Slots = {"ticket_kind": told, "ticket_text": mask(said)[:LONGEST_TEXT]}
    if told in FEEDBACK and _names_place(said):
        known["ticket_place"] = ""
    if told == CALL_BACK:
        known["ticket_contact"] = _number(tracker)
    return {name: value for name, value in known.items() if value is not None}


def _names_place(said: str) -> bool:
    """Whether a text names one commune: where it happened is not asked then."""
    try:
        found = find_place(said)
    except DatabaseUnavailable:
        return False
    return found is not None and len(found.new_wards) == 1


def _number(tracker: Tracker) -> str | None:
    """The telephone number in the latest message, sealed."""
    token = dossiers.number_in(tracker, PHONE)
    return token if token and len(dossiers.opened(tracker, token)) in PHONE_LENGTHS else None


class ValidateTicketForm(FormValidationAction):
    """Two answers that will not do end a question: the ticket goes on without the piece."""

    def name(self) -> str:
        """Name in the domain."""
        return "validate_ticket_form"

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Slots,
    ) -> list[str]:
        """What is to be asked, by the kind of the ticket."""
        kind = tracker.get_slot("ticket_kind")
        if kind == LOOK_UP:
            return [TICKET_CONTACT]
        # Without a text there is no ticket.
        if tracker.get_slot(TICKET_TEXT) == "":
            return []
        has_place = kind == UNDECIDED or kind in FEEDBACK
        return [TICKET_TEXT, *([TICKET_PLACE] if has_place else []), TICKET_CONTACT]

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> list[Any]:
        """None: see `get_validation_events`, which Rasa lets return slots of any name."""
        return []

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> list[Any]:
        """The slots that the answer fills; none lets a side question be answered."""
        hear = HEAR.get(str(tracker.get_slot("requested_slot") or ""))
        found = hear(dispatcher, tracker) if hear else {}
        return [SlotSet(name, value) for name, value in found.items()]


def _hear_text(dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
    said, intent = text_of(tracker), intent_of(tracker)
    words = said.split()
    is_talk = intent in TALK and len(words) <= LONGEST_ANNOUNCEMENT
    if not said or is_talk:
        # "Có", "không" and a button say nothing; "gặp cán bộ", "huỷ" leave the form.
        if intent not in ("affirm", "deny", "choose_option") and intent in (TALK | SIDE):
            return {}
        return _failed(dispatcher, tracker, TICKET_TEXT, "utter_ticket_text_invalid")
    if sum(map(str.isalpha, said)) < _LEAST_LETTERS:
        return _failed(dispatcher, tracker, TICKET_TEXT, "utter_ticket_text_invalid")
    known = str(tracker.get_slot("ticket_kind") or MESSAGE)
    found = _of_text(known, said, tracker)
    if found["ticket_kind"] == DENUNCIATION and known != DENUNCIATION:
        say(dispatcher, "utter_denunciation_note", answer("feedback", CLARIFY))
    return {**found, "ticket_tries": 0.0}


def _hear_place(_: CollectingDispatcher, tracker: Tracker) -> Slots:
    said, intent = text_of(tracker), intent_of(tracker)
    if intent == "deny" or _UNKNOWN.search(vn.fold(vn.normalise(said))):
        return {TICKET_PLACE: "", "ticket_tries": 0.0}
    is_beside = intent in SIDE and (not said or not _is_place(tracker))
    if is_beside:
        return {}
    # A button's payload is no place.
    return {TICKET_PLACE: mask(said)[:LONGEST_PLACE], "ticket_tries": 0.0}


def _is_place(tracker: Tracker) -> bool:
    named = any(next(tracker.get_latest_entity_values(kind), None) for kind in ("place", "agency"))
    # "ở Sa Huỳnh" may be taken for a procedure, a question of more words is one.
    return named and len(text_of(tracker).split()) <= LONGEST_ANNOUNCEMENT


def _hear_contact(dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
    token, intent = _number(tracker), intent_of(tracker)
    # The look-up of a dossier must not take the number for its own.
    done: Slots = {"ticket_tries": 0.0, "dossier_digits": None}
    if token:
        return {TICKET_CONTACT: token, **done}
    said = vn.fold(vn.normalise(text_of(tracker)))
    own = own_number(tracker)
    if own and (intent == "affirm" or _AGREES.search(said)):
        return {TICKET_CONTACT: sealing.seal(own, tracker.sender_id), **done}
    if intent == "deny" or _DECLINES.search(said):
        return {TICKET_CONTACT: "", **done}
    has_digits = dossiers.number_in(tracker) is not None
    is_beside = intent in SIDE and not has_digits
    if is_beside and (not said or len(said.split()) >= _SHORT or intent in TALK):
        return {}
    return _failed(dispatcher, tracker, TICKET_CONTACT, "utter_ticket_contact_invalid")


HEAR = {TICKET_TEXT: _hear_text, TICKET_PLACE: _hear_place, TICKET_CONTACT: _hear_contact}


def _failed(dispatcher: CollectingDispatcher, tracker: Tracker, slot: str, response: str) -> Slots:
    """Say what is wrong; after the last try go on without."""
    tries = int(tracker.get_slot("ticket_tries") or 0) + 1
    if tries < MOST_TRIES:
        dispatcher.utter_message(response=response)
        return {slot: None, "ticket_tries": float(tries)}
    return {slot: "", "ticket_tries": 0.0}
