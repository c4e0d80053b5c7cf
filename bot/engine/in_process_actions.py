"""Runs custom actions in the bot's own process.

Stock Rasa posts each action to a second server and, on its way, re-checks the JSON schema
itself: about 22 ms a turn. Rasa only asks of an action endpoint that it can `request`; this one,
for actions that `bot.engine.lean_processor` makes, calls rasa-sdk's executor directly.
Behaviour is Rasa's: a rejected form and a failed action raise what the HTTP endpoint would raise.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

ACTIONS_PACKAGE = "actions"


class InProcessAction(RemoteAction):
    """A custom action whose result is checked by a validator that was built once.

    Rasa proves the schema itself anew for each action: three quarters of a turn.
    """

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        """Refuses a result that is not of Rasa's form (see parent class)."""
        _validator().validate(result)
        return True


@functools.lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


class InProcessActions(EndpointConfig):
    """An action endpoint without a network."""

    def __init__(self, package: str = ACTIONS_PACKAGE) -> None:
        """Imports the actions; an ImportError ends the process, as in rasa-sdk."""
        # The domain need not be copied for actions that read none of it.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Runs the action named in `json`, as the action server's webhook would."""
        try:
            return await self._executor.run(kwargs["json"])
        except ActionExecutionRejection as error:
            body = {"error": str(error), "action_name": error.action_name}
            raise ClientResponseError(400, "rejected", json.dumps(body)) from error
        except ActionNotFoundException as error:
            body = {"error": str(error), "action_name": error.action_name}
            raise ClientResponseError(404, "not found", json.dumps(body)) from error
