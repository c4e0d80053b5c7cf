"""Gives messages with an aspect (`bot.aspects`) to the action that deals with it.

Reason: rules go by intents. Somebody in danger, or who wants to go back, is to be heard in the same
way whatever the intent, and in the middle of a form; rules for all of these would be hundreds.
It works under plain `rasa run` as well.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.aspects import aspect_of
from bot.engine.untrained_policy import UntrainedPolicy

ACTION = "action_aspect"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class AspectPolicy(UntrainedPolicy):
    """Predicts `action_aspect` after a message with an aspect, then listening, or the open form."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The policy's default config (see parent class for full docstring)."""
        # Above RulePolicy (6), below the apology for outages (100).
        return {"priority": 50}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The action, listening, or no opinion (see parent class for full docstring)."""
        probabilities = self._default_predictions(domain)
        in_form = bool(tracker.active_loop_name)
        if tracker.latest_action_name == ACTION_LISTEN_NAME:
            said = [event for event in tracker.events if isinstance(event, UserUttered)][-2:]
            parsed = [{"text": event.text, **(event.parse_data or {})} for event in said]
            before = parsed[0] if len(parsed) > 1 else None
            asked = str(tracker.get_slot(REQUESTED_SLOT) or "")
            if parsed and aspect_of(parsed[-1], in_form=in_form, before=before, asked=asked):
                probabilities[domain.index_for_action(ACTION)] = 1.0
                # That a form goes on is such a prediction, and overrules all that are none.
                return self._prediction(probabilities, is_no_user_prediction=in_form)
        elif tracker.latest_action_name == ACTION and not in_form:
            probabilities[domain.index_for_action(ACTION_LISTEN_NAME)] = 1.0
        return self._prediction(probabilities)
