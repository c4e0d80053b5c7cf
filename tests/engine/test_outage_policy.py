"""The policy that speaks after a failed action."""

from __future__ import annotations

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.outage_policy import OutagePolicy

DOMAIN = Domain.from_dict(
    {
        "intents": ["ask_fee"],
        "actions": ["action_answer_procedure"],
        "slots": {"code": {"type": "text", "mappings": [{"type": "custom"}]}},
        "forms": {"dossier_status_form": {"required_slots": ["code"]}},
        "responses": {"utter_service_unavailable": [{"text": "…"}], "utter_greet": [{"text": "…"}]},
    }
)


def predicted(*events: Event) -> str | None:
    """Name of the action that the policy wants, or None."""
    policy = OutagePolicy(
        OutagePolicy.get_default_config(),
        None,  # type: ignore[arg-type]
        Resource("policy"),
        ExecutionContext(GraphSchema({})),
    )
    start = [ActionExecuted("action_listen"), UserUttered("?", {"name": "ask_fee"})]
    tracker = DialogueStateTracker.from_events("x", [*start, *events], slots=DOMAIN.slots)
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    if max(prediction.probabilities) == 0:
        return None
    return DOMAIN.action_names_or_texts[prediction.max_confidence_index]


@pytest.mark.parametrize("action", ["action_answer_procedure", "dossier_status_form"])
def test_an_action_that_left_nothing_has_failed(action: str) -> None:
    assert predicted(ActionExecuted(action)) == "utter_service_unavailable"


@pytest.mark.parametrize(
    "left", [SlotSet("code", "1"), BotUttered("x"), ActiveLoop("dossier_status_form")]
)
def test_an_action_that_left_an_event_has_not_failed(left: Event) -> None:
    assert predicted(ActionExecuted("action_answer_procedure"), left) is None


def test_after_the_apology_the_bot_listens() -> None:
    events = [ActionExecuted("utter_service_unavailable"), BotUttered("x")]
    assert predicted(*events) == "action_listen"


def test_other_actions_and_a_fresh_message_are_left_to_the_rules() -> None:
    assert predicted() is None
    assert predicted(ActionExecuted("utter_greet"), BotUttered("x")) is None
    assert predicted(ActionExecuted("action_deactivate_loop")) is None
