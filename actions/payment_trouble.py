"""Paid, and something is wrong; or the receipt is wanted."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import dossier_payments, dossier_wishes, dossiers, guidance
from actions.answers import CLARIFY, answer, say
from actions.memory import intent_of, text_of
from actions.safe_action import Events, SafeAction
from bot import aspects
from bot.catalogue import guidance as topics

PROBLEM = "payment_problem"


class ActionPaymentTrouble(SafeAction):
    """Tells what is known of the citizen's own payment, then the steps for such a trouble."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_payment_trouble"

    async def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class; a dossier that is named has to be proven first."""
        dossier = await dossier_wishes.present_dossier(tracker)
        if dossier is None and dossiers.codes_in(tracker):
            return dossier_wishes.ask_which_dossier(dispatcher, tracker, aspects.PAYMENT_STATE)
        said = text_of(tracker)
        guide = guidance.GUIDES.get(intent_of(tracker), guidance.GUIDES[PROBLEM])
        is_vague = guide.topic == PROBLEM and topics.topic(said, PROBLEM) == PROBLEM
        if dossier is not None:
            events = await dossier_payments.tell_state(dispatcher, tracker, dossier)
            if not is_vague:
                guidance.tell(dispatcher, said, guide)
            return events
        if is_vague:
            say(dispatcher, "utter_payment_problem_which", answer("payment", CLARIFY))
        else:
            guidance.tell(dispatcher, said, guide)
        return []
