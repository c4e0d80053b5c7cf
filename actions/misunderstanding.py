"""What is said to a message that was not understood: a guess, then help, then a person.

The ladder is climbed by messages that follow one another; an answer starts it anew. No rung says
what the one before has said.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import CLARIFY, HANDOVER, NOT_FOUND, OUT_OF_SCOPE, answer, say
from actions.handover import hand_over_if_attended
from actions.memory import one_more_missed, text_of, turns_missed
from actions.safe_action import Events
from actions.telling import option_button
from bot.catalogue import finder
from bot.catalogue.search import Match
from bot.support.handover import MISSED

OUTSIDE = ("utter_out_of_scope", "utter_out_of_scope_again")
MOST_GUESSES = 3
# A guess is at least so likely, and holds so much of what was said.
LEAST_LIKELY = 0.05


def not_found(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """Nothing in the catalogue fits what was said."""
    missed = turns_missed(tracker)
    if missed:
        return climb(dispatcher, tracker, topic)
    guesses = _guesses(text_of(tracker))
    if not guesses:
        say(dispatcher, "utter_not_found", answer(topic, NOT_FOUND))
        return [*one_more_missed(tracker), SlotSet("options", None)]
    buttons = [option_button(n, m.name, m.code) for n, m in enumerate(guesses, start=1)]
    say(dispatcher, "utter_guess", answer(topic, NOT_FOUND), buttons=buttons)
    return [*one_more_missed(tracker), SlotSet("options", [match.code for match in guesses])]


def no_need(dispatcher: CollectingDispatcher, tracker: Tracker, topics: Sequence[str]) -> Events:
    """A message asks for a fact, or for nothing, and no procedure is known."""
    if turns_missed(tracker):
        return [*climb(dispatcher, tracker, topics[0]), SlotSet("pending_topic", " ".join(topics))]
    say(dispatcher, "utter_which_procedure", answer(topics[0], CLARIFY))
    return [
        *one_more_missed(tracker),
        SlotSet("pending_topic", " ".join(topics)),
        SlotSet("procedure_code", None),
    ]


def unused(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """A value was given that nothing needs."""
    if turns_missed(tracker):
        return climb(dispatcher, tracker, "other")
    say(dispatcher, "utter_inform_unused", answer("other", CLARIFY))
    return one_more_missed(tracker)


def outside(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The message asks for what the bot is not for."""
    missed = turns_missed(tracker)
    if missed >= len(OUTSIDE):
        return climb(dispatcher, tracker, "other")
    say(dispatcher, OUTSIDE[missed], answer("other", OUT_OF_SCOPE))
    return one_more_missed(tracker)


def climb(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """The next rung for the second and every further message that was not understood.

    Where somebody is there, the talk is handed over.
    """
    missed = turns_missed(tracker)
    if missed:
        handed = hand_over_if_attended(dispatcher, tracker, MISSED)
        if handed is not None:
            return [*handed, *one_more_missed(tracker), SlotSet("options", None)]
    if missed == 1:
        say(dispatcher, "utter_miss_help", answer(topic, CLARIFY))
    else:
        # Whoever goes on gets the two in turn.
        response = ("utter_miss_person", "utter_miss_person_again")[missed % 2]
        say(dispatcher, response, answer(topic, HANDOVER))
    return [*one_more_missed(tracker), SlotSet("options", None)]


def _guesses(text: str) -> tuple[Match, ...]:
    """The procedures that come nearest to what was said."""
    if not text:
        return ()
    found = finder.search(text, MOST_GUESSES)
    return tuple(match for match in found if match.score >= LEAST_LIKELY)
