"""Where a dossier stands: the look-up, and what is told of it."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import dossier_wishes, dossiers
from actions.answers import ANSWERED, answer, say
from actions.safe_action import Events, SafeAction
from bot import clock
from bot.catalogue import service
from bot.dossiers import lookup
from bot.dossiers.model import Dossier
from bot.identity.check import identity_check
from bot.rendering import dossier_lines
from bot.rendering import procedure_lines as rendering

# Of a person's dossiers so many are listed, the latest first.
MOST_LISTED = 5


class ActionDossierStatus(SafeAction):
    """Looks dossiers up; what proves the asker is forgotten whatever comes of it."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_dossier_status"

    async def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        phone = dossiers.opened(tracker, tracker.get_slot("applicant_phone"))
        identity = dossiers.opened(tracker, tracker.get_slot("applicant_identity_number"))
        if phone and identity:
            return await _tell_of_person(dispatcher, tracker, phone, identity)
        code = tracker.get_slot("dossier_code")
        has_proof = tracker.get_slot("dossier_digits") or code in dossiers.proven(tracker)
        if not code or not has_proof:
            dispatcher.utter_message(response="utter_dossier_form_given_up")
            return dossiers.forget_question()
        return await _tell_of_codes(dispatcher, tracker, [code, *_waiting(tracker)])

    def after_outage(self, tracker: Tracker) -> Events:
        """The numbers are forgotten; the code stays for when the system answers again."""
        return [
            *dossiers.forget_question(),
            SlotSet("dossier_code", tracker.get_slot("dossier_code")),
        ]


def _waiting(tracker: Tracker) -> list[str]:
    return list(tracker.get_slot("dossier_queue") or [])


async def _tell_of_codes(
    dispatcher: CollectingDispatcher, tracker: Tracker, codes: Sequence[str]
) -> Events:
    """Each dossier that the citizen has proven to own, or proves to own now."""
    found = [dossier for code in codes if (dossier := await _look_up(tracker, code)) is not None]
    if not found:
        dispatcher.utter_message(response=await _refusal(tracker))
        # The code stays, so that other digits can be sent right away.
        code = tracker.get_slot("dossier_code")
        return [*dossiers.forget_question(), SlotSet("dossier_code", code)]
    if len(found) < len(codes):
        dispatcher.utter_message(response="utter_some_dossiers_refused")
    return await _tell(dispatcher, tracker, found)


async def _refusal(tracker: Tracker) -> str:
    """The words for whatever was wrong: they tell what was asked for, and nothing more."""
    if lookup.is_one_time_code_wanted():
        return "utter_one_time_code_refused"
    whole = await lookup.wants_whole_number(dossiers.asker_of(tracker))
    return "utter_dossier_number_refused" if whole else "utter_dossier_refused"


async def _look_up(tracker: Tracker, code: str) -> Dossier | None:
    asker = dossiers.asker_of(tracker)
    if code in dossiers.proven(tracker):
        return await lookup.look_again(code, asker)
    sent = dossiers.opened(tracker, tracker.get_slot("dossier_one_time_code"))
    if sent:
        return await lookup.look_up_with_code(code, sent, asker)
    return await lookup.look_up(
        code, dossiers.opened(tracker, tracker.get_slot("dossier_digits")), asker
    )


async def _tell_of_person(
    dispatcher: CollectingDispatcher, tracker: Tracker, phone: str, identity: str
) -> Events:
    """What a person has filed: all of the only dossier, else a line of each and a button."""
    check = identity_check()
    also = (lambda: check.matches(identity, phone)) if check else None
    found = await lookup.look_up_person(phone, identity, dossiers.asker_of(tracker), also=also)
    if not found:
        dispatcher.utter_message(response="utter_person_refused")
        return dossiers.forget_question()
    if len(found) == 1:
        return await _tell(dispatcher, tracker, found)
    today = clock.today()
    shown = found[:MOST_LISTED]
    buttons = [
        {"title": each.code, "payload": f'/check_dossier_status{{"dossier_code": "{each.code}"}}'}
        for each in shown
    ]
    source = dossiers.source_of(shown[0])
    say(
        dispatcher,
        "utter_dossiers_of_person",
        answer("status", ANSWERED, source=source),
        buttons,
        count=len(found),
        lines="\n".join(dossier_lines.short_line(each, today) for each in shown),
        source=source.title,
        checked_on=rendering.date(source.checked_on),
    )
    codes = [each.code for each in reversed(shown)]
    listed = SlotSet("told", dossier_wishes.LISTED)
    return [*dossiers.forget_question(), *dossiers.prove(tracker, codes), listed]


async def _tell(
    dispatcher: CollectingDispatcher, tracker: Tracker, found: Sequence[Dossier]
) -> Events:
    """All of each dossier; then what the citizen wanted to have done with it."""
    for dossier in found:
        tell_status(dispatcher, dossier)
    events = [*dossiers.forget_question(), *dossiers.prove(tracker, [d.code for d in found])]
    # What is asked next is asked of this dossier, or of its procedure.
    events += [
        SlotSet("told", dossier_wishes.SHOWN),
        SlotSet("procedure_code", found[-1].procedure_code or None),
    ]
    return [*events, *(await dossier_wishes.fulfil(dispatcher, tracker, found[-1]))]


def tell_status(dispatcher: CollectingDispatcher, dossier: Dossier) -> None:
    """Where one dossier stands, and buttons for what can be done now."""
    today = clock.today()
    procedure = service.procedure(dossier.procedure_code) if dossier.procedure_code else None
    source = dossiers.source_of(dossier)
    say(
        dispatcher,
        "utter_dossier_status",
        answer("status", ANSWERED, procedure=procedure, source=source),
        dossier_wishes.buttons(dossier, today),
        lines="\n".join(dossier_lines.lines(dossier, today)),
        source=source.title,
        checked_on=rendering.date(source.checked_on),
    )
