"""The answer contract: what each factual reply tells machines (see interfaces)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from bot.catalogue.model import Procedure, Source
from bot.catalogue.search import Match

ANSWERED, NOT_PUBLISHED, CLARIFY = "answered", "not_published", "clarify"
NOT_FOUND, HANDOVER, REFUSED, OUT_OF_SCOPE = "not_found", "handover", "refused", "out_of_scope"


def answer(
    topic: str,
    status: str,
    *,
    procedure: Procedure | None = None,
    options: Iterable[Match] = (),
    source: Source | None = None,
    **further: Any,
) -> dict[str, Any]:
    """The `answer` object; parts that do not apply are left out, `further` are taken as given."""
    body: dict[str, Any] = {"topic": topic, "status": status, **further}
    if procedure is not None:
        body["procedure"] = {"code": procedure.code, "name": procedure.name}
    shown = [{"code": option.code, "name": option.name} for option in options]
    if shown:
        body["options"] = shown
    if source is not None:
        body["source"] = {
            "title": source.title,
            "url": source.url,
            "checked_on": source.checked_on.isoformat(),
        }
    return {"answer": body}


def say(
    dispatcher: CollectingDispatcher,
    response: str,
    contract: dict[str, Any],
    buttons: list[dict[str, str]] | None = None,
    **values: Any,
) -> None:
    """Utter a response template and, as a message of its own, the answer object."""
    dispatcher.utter_message(response=response, buttons=buttons, **values)
    dispatcher.utter_message(json_message=contract)
