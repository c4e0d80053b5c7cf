"""Actions without a network behave as behind Rasa's action server."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from rasa.utils.endpoints import ClientResponseError

from bot.engine.in_process_actions import InProcessActions

MODULE = """
from rasa_sdk import Action
from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

class Good(Action):
    def name(self): return "action_test_good"
    async def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(response="utter_x", value=tracker.sender_id)
        return [SlotSet("a", 1)]

class Rejecting(Action):
    def name(self): return "action_test_rejecting"
    def run(self, dispatcher, tracker, domain):
        raise ActionExecutionRejection(self.name(), "no")

class Broken(Action):
    def name(self): return "action_test_broken"
    def run(self, dispatcher, tracker, domain):
        raise ValueError("broken")
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> InProcessActions:
    folder: Path = tmp_path_factory.mktemp("package")
    (folder / "actions_of_the_test.py").write_text(MODULE)
    sys.path.insert(0, str(folder))
    try:
        return InProcessActions("actions_of_the_test")
    finally:
        sys.path.remove(str(folder))


def call(endpoint: InProcessActions, name: str) -> Any:
    tracker = {"sender_id": "me", "slots": {}, "latest_message": {}, "events": []}
    return asyncio.run(endpoint.request(json={"next_action": name, "tracker": tracker}))


def test_events_and_responses_come_back(endpoint: InProcessActions) -> None:
    result = call(endpoint, "action_test_good")
    assert result["events"] == [{"event": "slot", "timestamp": None, "name": "a", "value": 1}]
    assert [(r["response"], r["value"]) for r in result["responses"]] == [("utter_x", "me")]


def test_a_rejection_is_the_servers_400(endpoint: InProcessActions) -> None:
    with pytest.raises(ClientResponseError) as caught:
        call(endpoint, "action_test_rejecting")
    assert caught.value.status == 400
    assert json.loads(caught.value.text)["action_name"] == "action_test_rejecting"


def test_an_unknown_action_is_the_servers_404(endpoint: InProcessActions) -> None:
    with pytest.raises(ClientResponseError) as caught:
        call(endpoint, "action_test_unknown")
    assert caught.value.status == 404


def test_any_other_exception_reaches_rasa(endpoint: InProcessActions) -> None:
    with pytest.raises(ValueError, match="broken"):
        call(endpoint, "action_test_broken")


def test_an_import_error_ends_the_process(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        InProcessActions("no_such_package_of_actions")
