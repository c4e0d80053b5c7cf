"""Runs custom actions in the bot's own process.

Stock Rasa posts each action to a second server and, on its way, re-checks the JSON schema
itself: about 22 ms a turn. Rasa only asks of an action endpoint that it can `request`;
this one calls rasa-sdk's executor directly. Behaviour is Rasa's: a rejected form and a
failed action raise what the HTTP endpoint would raise.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

ACTIONS_PACKAGE = "actions"


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
