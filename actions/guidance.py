"""Step-by-step guidance: accounts, signatures, data, feedback, and dossiers under way."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, answer, say
from actions.handover import hand_over_if_attended
from actions.safe_action import Events, SafeAction
from bot.catalogue import guidance
from bot.rendering import procedure_lines as rendering
from bot.support.handover import DENUNCIATION

FEEDBACK = "feedback"


@dataclass(frozen=True)
class Guide:
    """How one general topic is told: as a whole, a narrower part of it, or without a fact.

    `contract` is the topic of the answer object.
    """

    topic: str
    contract: str
    whole: str
    part: str
    otherwise: str


GUIDES = {
    "ask_account_help": Guide(
        "account",
        "account",
        "utter_guidance_account",
        "utter_guidance_account_part",
        "utter_account_help",
    ),
    "ask_digital_signature": Guide(
        "digital_signature",
        "digital_signature",
        "utter_guidance_digital_signature",
        "utter_guidance_digital_signature_part",
        "utter_digital_signature",
    ),
    "ask_privacy": Guide(
        "privacy",
        "privacy",
        "utter_guidance_privacy",
        "utter_guidance_privacy_part",
        "utter_privacy",
    ),
    "give_feedback": Guide(
        "feedback",
        "feedback",
        "utter_guidance_feedback",
        "utter_guidance_feedback_part",
        "utter_give_feedback",
    ),
    "complain_late_dossier": Guide(
        "late_dossier",
        "status",
        "utter_guidance_late_dossier",
        "utter_guidance_late_dossier_part",
        "utter_complain_late_dossier",
    ),
    "supplement_dossier": Guide(
        "supplement",
        "status",
        "utter_guidance_supplement",
        "utter_guidance_supplement_part",
        "utter_supplement_dossier",
    ),
    "withdraw_dossier": Guide(
        "withdraw",
        "status",
        "utter_guidance_withdraw",
        "utter_guidance_withdraw",
        "utter_withdraw_dossier",
    ),
    "forgot_dossier_code": Guide(
        "forgot_code",
        "status",
        "utter_guidance_forgot_code",
        "utter_guidance_forgot_code",
        "utter_forgot_dossier_code",
    ),
    "payment_problem": Guide(
        "payment_problem",
        "payment",
        "utter_guidance_payment_problem",
        "utter_guidance_payment_problem_part",
        "utter_payment_problem",
    ),
    "ask_receipt": Guide(
        "receipt",
        "payment",
        "utter_guidance_receipt",
        "utter_guidance_receipt",
        "utter_receipt",
    ),
    "ask_digital_team": Guide(
        "digital_team",
        "office",
        "utter_guidance_digital_team",
        "utter_guidance_digital_team",
        "utter_digital_team_where",
    ),
}


def tell(dispatcher: CollectingDispatcher, text: str, guide: Guide) -> None:
    """Tell the steps that a message asks for; whom to ask where the database has none."""
    found = guidance.find(text, guide.topic)
    if found is None:
        dispatcher.utter_message(response=guide.otherwise)
        return
    topic, lines, source = found
    say(
        dispatcher,
        guide.whole if topic == guide.topic else guide.part,
        answer(guide.contract, ANSWERED, source=source),
        lines=lines,
        source=source.title,
        checked_on=rendering.date(source.checked_on),
    )


class ActionGuidance(SafeAction):
    """Tells the steps for the intents of `GUIDES`."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_guidance"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class; another intent than those of `GUIDES` leads to a person."""
        message = tracker.latest_message
        guide = GUIDES.get((message.get("intent") or {}).get("name") or "")
        if guide is None:
            dispatcher.utter_message(response="utter_handover")
        else:
            tell(dispatcher, message.get("text") or "", guide)
            if guide.topic == FEEDBACK and _denounces(str(message.get("text") or "")):
                return hand_over_if_attended(dispatcher, tracker, DENUNCIATION) or []
        return []


def _denounces(text: str) -> bool:
    return guidance.topic(text, FEEDBACK) == f"{FEEDBACK}.denounce"
