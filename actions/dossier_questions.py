"""How the form of a look-up asks for what it needs."""

from __future__ import annotations

from abc import abstractmethod

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import dossiers
from actions.safe_action import Events, SafeAction
from bot.dossiers import lookup

QUESTIONS = {
    "dossier_code": "utter_ask_for_dossier_code",
    "dossier_digits": "utter_ask_for_dossier_digits",
    "dossier_one_time_code": "utter_ask_for_one_time_code",
    "applicant_phone": "utter_ask_for_applicant_phone",
    "applicant_identity_number": "utter_ask_for_applicant_identity",
}


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

    async def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What a failed answer lacked was said already, and how to give a good one."""
        if not _has_just_failed(tracker):
            dispatcher.utter_message(response=await self.question(tracker))
        return []

    async def question(self, tracker: Tracker) -> str:
        """The response that asks."""
        return QUESTIONS[self.slot]


class ActionAskDossierCode(_Ask):
    """Asks for the code of the dossier, and names the other way."""

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

    async def question(self, tracker: Tracker) -> str:
        """Which proof is wanted, the settings and the state of the limits tell."""
        if lookup.is_one_time_code_wanted():
            return "utter_ask_for_phone_of_dossier"
        if await lookup.wants_whole_number(dossiers.asker_of(tracker)):
            return "utter_ask_for_dossier_number"
        return QUESTIONS[self.slot]


class ActionAskDossierOneTimeCode(_Ask):
    """Asks for the code that was sent, if it was sent."""

    slot = "dossier_one_time_code"

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_dossier_one_time_code"


class ActionAskApplicantPhone(_Ask):
    """Asks for the telephone of the applicant."""

    slot = "applicant_phone"

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_applicant_phone"


class ActionAskApplicantIdentityNumber(_Ask):
    """Asks for the identity number of the applicant."""

    slot = "applicant_identity_number"

    def name(self) -> str:
        """Name in the domain."""
        return "action_ask_applicant_identity_number"
