"""What an action says to a message, without Rasa."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot import wording


@dataclass(frozen=True)
class Said:
    """The texts, answer objects and buttons of a turn, and the slots that it set."""

    text: str
    answers: list[dict[str, Any]]
    buttons: list[dict[str, str]]
    slots: dict[str, Any]


def template(name: str) -> str:
    """The text of a response, whatever its topic."""
    topics = (path.stem for path in wording.FOLDER.glob("*.yml"))
    known = (wording.responses(topic) for topic in topics)
    return str(next(topic[name]["text"] for topic in known if name in topic))


def say(
    action: Action,
    text: str,
    intent: str = "",
    entities: Mapping[str, str] | None = None,
    slots: Mapping[str, Any] | None = None,
) -> Said:
    """Run an action on a message; `entities` map names to values as they stand in it."""
    found = [
        {
            "entity": name,
            "value": value,
            "start": max(0, text.find(value)),
            "end": max(0, text.find(value)) + len(value),
        }
        for name, value in (entities or {}).items()
    ]
    message = {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": found}
    tracker = Tracker("test", dict(slots or {}), message, [], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, {})
    events = asyncio.run(events) if inspect.isawaitable(events) else events
    spoken = [m for m in dispatcher.messages if m.get("response")]
    return Said(
        "\n".join(template(m["response"]).format(**m) for m in spoken),
        [m["custom"]["answer"] for m in dispatcher.messages if m.get("custom")],
        [button for m in spoken for button in m.get("buttons") or ()],
        {event["name"]: event["value"] for event in events if event["event"] == "slot"},
    )
