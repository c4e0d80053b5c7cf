"""The questions before a look-up: a code and its proof, or both numbers of a person."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import dossiers
from actions.memory import intent_of, text_of
from bot import text as vn
from bot.codes import IDENTITY_NUMBER, PHONE, normalise_dossier_code, normalise_partial_dossier_code
from bot.database import DatabaseUnavailable
from bot.dossiers import lookup, sms
from bot.dossiers.model import GatewayUnavailable
from bot.dossiers.one_time_codes import LENGTH as ONE_TIME_CODE_LENGTH
from bot.dossiers.verification import IDENTITY_LENGTHS, PHONE_LENGTHS, TAIL_LENGTH, digits_of
from bot.wording import text as wording

MOST_TRIES = 2
# Slot → what is said to a first and a second answer that will not do.
FAILED = {
    "dossier_code": ("utter_dossier_code_invalid", "utter_dossier_code_example"),
    "dossier_digits": ("utter_dossier_digits_invalid", "utter_dossier_digits_example"),
    "dossier_one_time_code": ("utter_one_time_code_invalid", "utter_one_time_code_example"),
    "applicant_phone": ("utter_applicant_phone_invalid", "utter_applicant_phone_example"),
    "applicant_identity_number": (
        "utter_applicant_identity_invalid",
        "utter_applicant_identity_example",
    ),
}
WHOLE_FAILED = ("utter_dossier_number_invalid", "utter_dossier_number_example")
# Whatever else is said leaves the form, or is answered beside it (domain.yml: answers_to_a_form).
ANSWERS = frozenset((
    "inform", "check_dossier_status", "choose_option", "out_of_scope", "affirm", "deny",
    "nlu_fallback",
))  # fmt: skip
PERSON, CODE = "person", "code"
# Folded: the citizen wants to be found by numbers; or has no code, which without accents may be
# another word ("rồi mà"), with accents not.
_BY_NUMBERS = re.compile(
    r"\b(?:so dien thoai|can cuoc|chung minh|dinh danh|hai so|2 so)\b(?!.*\bma ho so\b)"
)
_NO_CODE = re.compile(
    r"\b(?:khong|chua|dau|lam gi) (?:co|con|biet|nho|thay|giu|duoc cho) (?:cai )?ma\b"
    r"|\b(?:mat|quen|lac|rot) (?:cai )?ma\b"
)
_BY_CODE = re.compile(r"\b(?:bang|theo|qua) (?:cai )?ma\b")
_CODE_WORD = unicodedata.normalize("NFC", "ma\u0303")
# Folded: "hồ sơ của tôi", "xong chưa", "tới đâu" … the one that was shown.
_PRESENT_DOSSIER = re.compile(
    r"\b(?:cua|toi|em|minh|con|chau|do|nay|no|lai|xong|dau|chua|sao|khi nao|bao gio|bao lau)\b"
    r"|\bthe nao\b"
)
_OTHER_DOSSIER = re.compile(r"\b(?:ho so|cai|ma) (?:khac|kia|con lai|nua)\b|\b1 ho so nua\b")

Slots = dict[str, Any]


class ValidateDossierStatusForm(FormValidationAction):
    """Two failed tries at a question end the form and lead to a person."""

    def name(self) -> str:
        """Name in the domain."""
        return "validate_dossier_status_form"

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Slots,
    ) -> list[str]:
        """What is to be asked: it depends on how the citizen wants to be found."""
        if _way(tracker) == PERSON:
            return ["applicant_phone", "applicant_identity_number"]
        if tracker.get_slot("dossier_code") in dossiers.proven(tracker):
            return ["dossier_code"]
        if lookup.is_one_time_code_wanted():
            return ["dossier_code", "dossier_digits", "dossier_one_time_code"]
        return ["dossier_code", "dossier_digits"]

    async def next_requested_slot(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Any:
        """The next question; none after too many answers that would not do."""
        if int(tracker.get_slot("dossier_tries") or 0) > MOST_TRIES:
            return SlotSet("requested_slot", None)
        return await super().next_requested_slot(dispatcher, tracker, domain)

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> list[Any]:
        """None: see `get_validation_events`, which Rasa lets return slots of any name."""
        return []

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> list[Any]:
        """Slots that the message fills beside those that Rasa maps, then all of them checked."""
        filled = _filled(tracker)
        tracker.add_slots([SlotSet(name, value) for name, value in filled.items()])
        checked = await super().get_validation_events(dispatcher, tracker, domain)
        names = {event["name"] for event in checked}
        return [*(SlotSet(n, value) for n, value in filled.items() if n not in names), *checked]

    def validate_dossier_code(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """A code in any spelling becomes the official one; further ones of the message wait."""
        codes = dossiers.codes_in(tracker)
        code = codes[0] if codes else normalise_dossier_code(str(value))
        # A button was pressed, or the wish said again: no try at all.
        asks_again = intent_of(tracker) == "check_dossier_status" and not digits_of(str(value))
        if not code and (asks_again or str(value).startswith("/")):
            return {"dossier_code": None}
        code = code or normalise_partial_dossier_code(str(value))
        if code:
            return {"dossier_code": code, "dossier_queue": codes[1:] or None, "dossier_tries": 0.0}
        return self._failed("dossier_code", dispatcher, tracker)

    async def validate_dossier_digits(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """Four digits, or the whole number; with one-time codes the telephone they are sent to."""
        if str(value).startswith("/"):
            return {"dossier_digits": None}
        if tracker.get_slot("requested_slot") == "dossier_one_time_code":
            return {"dossier_digits": value}
        token = dossiers.sealed(tracker, value)
        length = len(dossiers.opened(tracker, token))
        if lookup.is_one_time_code_wanted():
            if not _is_code(tracker.get_slot("dossier_code")):
                # The telephone came before the code, which is asked for first.
                return {"dossier_digits": None}
            if length == ONE_TIME_CODE_LENGTH:
                # Sent once more after a slip, without the telephone.
                sent = {"dossier_digits": token, "dossier_one_time_code": token}
                return {**sent, "dossier_tries": 0.0}
            if length not in PHONE_LENGTHS:
                return self._failed("applicant_phone", dispatcher, tracker, "dossier_digits")
            return await _send_one_time_code(token, tracker)
        whole = await lookup.wants_whole_number(dossiers.asker_of(tracker))
        lengths = (*IDENTITY_LENGTHS, *PHONE_LENGTHS, *(() if whole else (TAIL_LENGTH,)))
        if length in lengths:
            return {"dossier_digits": token, "dossier_tries": 0.0}
        return self._failed(
            "dossier_digits", dispatcher, tracker, said=WHOLE_FAILED if whole else ()
        )

    def validate_dossier_one_time_code(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """The code that was sent."""
        if str(value).startswith("/"):
            return {"dossier_one_time_code": None}
        token = dossiers.sealed(tracker, value)
        if len(dossiers.opened(tracker, token)) == ONE_TIME_CODE_LENGTH:
            return {"dossier_one_time_code": token, "dossier_tries": 0.0}
        return self._failed("dossier_one_time_code", dispatcher, tracker)

    def validate_applicant_phone(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """A whole telephone number."""
        return self._number("applicant_phone", PHONE_LENGTHS, value, dispatcher, tracker)

    def validate_applicant_identity_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots
    ) -> Slots:
        """A whole identity number, of the card or of the old one."""
        name = "applicant_identity_number"
        return self._number(name, IDENTITY_LENGTHS, value, dispatcher, tracker)

    def _number(
        self,
        slot: str,
        lengths: tuple[int, ...],
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
    ) -> Slots:
        token = dossiers.sealed(tracker, value)
        if len(dossiers.opened(tracker, token)) in lengths:
            return {slot: token, "dossier_tries": 0.0}
        return self._failed(slot, dispatcher, tracker)

    @staticmethod
    def _failed(
        question: str,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        slot: str = "",
        said: tuple[str, ...] = (),
    ) -> Slots:
        """Say what is wrong, then show an example, then give up."""
        tries = int(tracker.get_slot("dossier_tries") or 0) + 1
        if tries <= MOST_TRIES:
            dispatcher.utter_message(response=(said or FAILED[question])[tries - 1])
        return {slot or question: None, "dossier_tries": float(tries)}


async def _send_one_time_code(token: str | None, tracker: Tracker) -> Slots:
    """Sends a code to the number if it is the dossier's, and says the same in any case."""
    code, phone = tracker.get_slot("dossier_code"), dossiers.opened(tracker, token)
    text = wording("dossier_status", "utter_one_time_code_sms", "sms")
    try:
        await lookup.send_one_time_code(code, phone, dossiers.asker_of(tracker), text=text)
    except (sms.SmsUnavailable, DatabaseUnavailable, GatewayUnavailable):
        # The form ends and a person is named.
        return {"dossier_digits": None, "dossier_tries": float(MOST_TRIES + 1)}
    return {"dossier_digits": token, "dossier_tries": 0.0}


def _filled(tracker: Tracker) -> Slots:
    """What the latest message tells of how the citizen wants to be found, and of the numbers."""
    if _way(tracker) == PERSON:
        found = _applicant_numbers(tracker)
        if tracker.get_slot("lookup_way") == PERSON:
            # Nothing at all lets the form be left, or a side question be answered.
            answers = bool(found) or intent_of(tracker) in ANSWERS
            return {"lookup_way": PERSON, **found} if answers else {}
        # A code is not waited for any more, and what was said is none.
        return {"lookup_way": PERSON, "dossier_code": None, "dossier_digits": None, **found}
    if not _is_code(tracker.get_slot("dossier_code")) and _means_present_dossier(tracker):
        return {"lookup_way": None, "dossier_code": dossiers.proven(tracker)[-1]}
    return {"lookup_way": None} if tracker.get_slot("lookup_way") else {}


def _is_code(value: Any) -> bool:
    return bool(value) and normalise_dossier_code(str(value)) is not None


def _way(tracker: Tracker) -> str:
    """How the citizen wants to be found; a code decides, whatever was said before."""
    if dossiers.codes_in(tracker):
        return CODE
    if tracker.get_slot("lookup_way") == PERSON:
        said = vn.fold(vn.normalise(text_of(tracker)))
        return CODE if _BY_CODE.search(said) else PERSON
    if tracker.get_slot("requested_slot") not in (None, "dossier_code"):
        return CODE
    if _is_code(tracker.get_slot("dossier_code")):
        return CODE
    has_number = dossiers.number_in(tracker, PHONE, IDENTITY_NUMBER) is not None
    return PERSON if has_number or _has_no_code(text_of(tracker)) else CODE


def _has_no_code(text: str) -> bool:
    """Whether somebody asks to be found by numbers, or says that they have no code."""
    written = vn.normalise(text)
    said = vn.fold(written)
    if vn.is_accented(written) and _CODE_WORD not in written.split():
        return bool(_BY_NUMBERS.search(said))
    return bool(_BY_NUMBERS.search(said) or _NO_CODE.search(said))


def _means_present_dossier(tracker: Tracker) -> bool:
    """Whether the citizen asks anew for the dossier that was just shown."""
    if not dossiers.proven(tracker) or intent_of(tracker) != "check_dossier_status":
        return False
    is_first_question = tracker.get_slot("requested_slot") is None
    said = vn.fold(vn.normalise(text_of(tracker)))
    speaks_of_it = _PRESENT_DOSSIER.search(said) and not _OTHER_DOSSIER.search(said)
    return is_first_question and bool(speaks_of_it)


def _applicant_numbers(tracker: Tracker) -> Slots:
    """The numbers of the latest message, by their kind; anything else answers what was asked."""
    found: Slots = {
        "applicant_phone": dossiers.number_in(tracker, PHONE),
        "applicant_identity_number": dossiers.number_in(tracker, IDENTITY_NUMBER),
    }
    found = {name: value for name, value in found.items() if value}
    asked = tracker.get_slot("requested_slot")
    is_asked = asked in ("applicant_phone", "applicant_identity_number")
    if not found and is_asked and intent_of(tracker) in ANSWERS and text_of(tracker):
        return {asked: text_of(tracker)}
    return found
