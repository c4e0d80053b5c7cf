"""Where a dossier stands: the form's checks and the look-up."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, answer, say
from actions.memory import intent_of
from actions.safe_action import Events, SafeAction
from bot.catalogue import service
from bot.catalogue.model import Source
from bot.codes import normalise_dossier_code
from bot.dossiers.lookup import DossierStatus, look_up
from bot.dossiers.verification import TAIL_LENGTH, digits_of
from bot.rendering import procedure_lines as rendering
from bot.wording import fragment

MOST_TRIES = 2
# Slot → what is said to a first and a second answer that will not do.
FAILED = {
    "dossier_code": ("utter_dossier_code_invalid", "utter_dossier_code_example"),
    "dossier_digits": ("utter_dossier_digits_invalid", "utter_dossier_digits_example"),
}
QUESTIONS = {
    "dossier_code": "utter_ask_for_dossier_code",
    "dossier_digits": "utter_ask_for_dossier_digits",
}
NUMBER_LENGTHS = (TAIL_LENGTH, 9, 10, 12)

Slots = dict[str, Any]


class ValidateDossierStatusForm(FormValidationAction):
    """Two failed tries at a question end the form and lead to a person."""

    def name(self) -> str:
        """Name in the domain."""
        return "validate_dossier_status_form"

    def validate_dossier_code(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """A code in any spelling becomes the official one."""
        # A button was pressed, or the wish said again: no try at all.
        asks_again = intent_of(tracker) == "check_dossier_status" and not digits_of(str(value))
        if asks_again or str(value).startswith("/"):
            return {"dossier_code": None}
        code = normalise_dossier_code(str(value))
        if code:
            return {"dossier_code": code, "dossier_tries": 0.0}
        return self._failed("dossier_code", dispatcher, tracker)

    def validate_dossier_digits(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """Four digits, or the whole number."""
        if str(value).startswith("/"):
            return {"dossier_digits": None}
        digits = digits_of(str(value))
        if len(digits) in NUMBER_LENGTHS:
            return {"dossier_digits": digits, "dossier_tries": 0.0}
        return self._failed("dossier_digits", dispatcher, tracker)

    @staticmethod
    def _failed(slot: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> Slots:
        """Say what is wrong, then show an example, then give up."""
        tries = int(tracker.get_slot("dossier_tries") or 0) + 1
        if tries > MOST_TRIES:
            return {slot: None, "dossier_tries": float(tries), "requested_slot": None}
        dispatcher.utter_message(response=FAILED[slot][tries - 1])
        return {slot: None, "dossier_tries": float(tries)}


def _has_just_failed(tracker: Tracker) -> bool:
    """Whether the latest message was an answer that would not do."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "slot" and event.get("name") == "dossier_tries":
            return bool(event.get("value"))
    return False


class _Ask(SafeAction):
    """Asks the form's question; not in the same words after an answer that failed."""

    slot: str

    @abstractmethod
    def name(self) -> str:
        """Name in the domain."""

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What a failed answer lacked was said already, and how to give a good one."""
        if not _has_just_failed(tracker):
            dispatcher.utter_message(response=QUESTIONS[self.slot])
        return []


class ActionAskDossierCode(_Ask):
    """Asks for the code of the dossier."""

    slot = "dossier_code"

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_dossier_code"


class ActionAskDossierDigits(_Ask):
    """Asks for the second factor."""

    slot = "dossier_digits"

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_dossier_digits"


class ActionDossierStatus(SafeAction):
    """Looks the dossier up; the second factor is forgotten whatever comes of it."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_dossier_status"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        code, digits = tracker.get_slot("dossier_code"), tracker.get_slot("dossier_digits")
        forget = [SlotSet("dossier_digits", None), SlotSet("dossier_tries", None)]
        if not code or not digits:
            dispatcher.utter_message(response="utter_dossier_form_given_up")
            return [*forget, SlotSet("dossier_code", None)]
        status = look_up(code, digits)
        if status is None:
            # The code stays, so that other digits can be sent right away.
            dispatcher.utter_message(response="utter_dossier_refused")
            return forget
        self._tell(dispatcher, status)
        return [*forget, SlotSet("dossier_code", None)]

    @staticmethod
    def _tell(dispatcher: CollectingDispatcher, status: DossierStatus) -> None:
        procedure = service.procedure(status.procedure_code) if status.procedure_code else None
        lines = []
        if procedure is not None:
            lines.append(fragment("dossier_procedure", procedure=procedure.display_name))
        for name, day in (
            ("received", status.received_on),
            ("due", status.due_on),
            ("finished", status.finished_on),
        ):
            if day is not None:
                lines.append(fragment(name, date=rendering.date(day)))
        if status.agency:
            lines.append(fragment("dossier_agency", agency=status.agency))
        if status.note:
            lines.append(fragment("note", text=status.note))
        source = Source(status.source_title, "", status.checked_on)
        say(
            dispatcher,
            "utter_dossier_status",
            answer("status", ANSWERED, procedure=procedure, source=source),
            code=status.code,
            status=status.status or fragment("status_unknown"),
            lines="\n".join(lines) or fragment("item", text=fragment("status_unknown")),
            source=source.title,
            checked_on=rendering.date(source.checked_on),
        )
