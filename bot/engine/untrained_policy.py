"""What policies that learn nothing have in common."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, SupportedData
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain


class UntrainedPolicy(Policy):
    """A policy that needs neither rules nor stories."""

    @staticmethod
    def supported_data() -> SupportedData:
        """Any (see parent class for full docstring)."""
        return SupportedData.ML_AND_RULE_DATA

    def train(
        self,
        training_trackers: list[Any],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Has nothing to learn."""
        return self._resource
