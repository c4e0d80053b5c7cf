"""Speaks when an action has failed, instead of Rasa's silence.

Stock Rasa logs the exception of a failed action (or of an action server that is down),
drops its events and says nothing. Every action of this project leaves at least one event
behind; one that left none has failed, and then this policy says where to turn. It works
under plain `rasa run` as well.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, DefinePrevUserUtteredFeaturization
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.untrained_policy import UntrainedPolicy

APOLOGY = "utter_service_unavailable"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class OutagePolicy(UntrainedPolicy):
    """Predicts the apology after a failed action, and listening after the apology."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The policy's default config (see parent class for full docstring)."""
        # Above RulePolicy (6): a rule would call the failed action's successor.
        return {"priority": 100}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The apology, listening, or no opinion (see parent class for full docstring)."""
        probabilities = self._default_predictions(domain)
        last = self._last_action(tracker)
        if last == APOLOGY:
            probabilities[domain.index_for_action(ACTION_LISTEN_NAME)] = 1.0
        elif last and last in self._own_actions(domain) and self._left_nothing(tracker):
            probabilities[domain.index_for_action(APOLOGY)] = 1.0
        return self._prediction(probabilities)

    @staticmethod
    def _own_actions(domain: Domain) -> set[str]:
        return {a for a in domain.user_actions if not a.startswith("utter_")} | set(
            domain.form_names
        )

    @staticmethod
    def _last_action(tracker: DialogueStateTracker) -> str | None:
        return tracker.latest_action_name if not OutagePolicy._user_spoke_last(tracker) else None

    @staticmethod
    def _user_spoke_last(tracker: DialogueStateTracker) -> bool:
        return tracker.latest_action_name == ACTION_LISTEN_NAME

    @staticmethod
    def _left_nothing(tracker: DialogueStateTracker) -> bool:
        for event in reversed(tracker.events):
            if isinstance(event, DefinePrevUserUtteredFeaturization):
                continue
            return isinstance(event, ActionExecuted)
        return False
