"""What lists of procedures share: what is listed, the lines to pick from, what a number means."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.safe_action import Events
from bot.catalogue import finder
from bot.catalogue.listing import Listing, Query
from bot.catalogue.model import COMMUNE, PROVINCE
from bot.catalogue.search import Match
from bot.rendering import procedure_lines as rendering
from bot.wording import fragment

TOPIC = "list"
MOST_BUTTONS = 5
# So many fields are named, more are counted.
MOST_NAMED = 3
LONGEST_LINE = 120
SCOPES = {COMMUNE: "scope_commune", PROVINCE: "scope_province"}


def scope(query: Query, found: Listing) -> str:
    """What is listed, to stand behind the word for procedures."""
    parts = []
    if query.subject and found.by_name and found.count:
        parts.append(fragment("scope_named", words=query.subject))
    elif query.subject and len(found.fields) > MOST_NAMED:
        parts.append(fragment("scope_fields", count=len(found.fields), words=query.subject))
    elif query.subject:
        names = [name for name, _ in found.fields] or [query.subject]
        parts.append(fragment("scope_field", fields=", ".join(names)))
    if query.agency:
        parts.append(fragment("scope_agency", agency=query.agency))
    if query.level:
        parts.append(fragment(SCOPES[query.level]))
    if query.online:
        parts.append(fragment("scope_online"))
    return "".join(f" {part}" for part in parts)


def numbered(found: Listing) -> tuple[str, list[dict[str, str]], list[Match]]:
    """The lines to pick from, buttons for the first of them, and what they stand for."""
    matches = list(finder.options([procedure.code for procedure in found.shown]).matches)
    names = [rendering.shortened(match.name, LONGEST_LINE) for match in matches]
    lines = []
    for number, (name, match) in enumerate(zip(names, matches, strict=True), start=1):
        # Some procedures of one name differ in what the name does not tell.
        twice = names.count(name) > 1
        told = fragment("list_coded", name=name, code=match.code) if twice else name
        lines.append(fragment("step", number=number, text=told))
    buttons = [
        {"title": line, "payload": f'/choose_option{{"procedure_code": "{match.code}"}}'}
        for line, match in zip(lines, matches[:MOST_BUTTONS], strict=False)
    ]
    if len(matches) < found.count:
        lines.insert(0, fragment("list_first", count=len(matches)))
    return "\n".join([*lines, fragment("list_pick")]), buttons, matches


def offer(matches: Sequence[Match]) -> Events:
    """What "số 2" will mean; the talk is about none of them yet."""
    return [
        SlotSet("options", [match.code for match in matches] or None),
        SlotSet("pending_topic", None),
        SlotSet("procedure_code", None),
    ]
