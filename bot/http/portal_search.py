"""Searching on the portal: which procedures are listed for some words, and what is said of them.

A talk needs the one procedure that is meant; a list may hold all whose names have the words.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot import text as vn
from bot.catalogue import finder
from bot.catalogue.finder import Outcome
from bot.catalogue.search import Match
from bot.http.directory import Entry
from bot.http.layout import say
from bot.rendering.checklist import page_path
from bot.wording import fragment

LONGEST_QUERY = 200
MOST_RESULTS = 20
# Share of the query's words, rare ones counting more, that stand in a procedure's names.
LEAST_COVERAGE, ALL_WORDS = 0.5, 0.99


@dataclass(frozen=True)
class Found:
    """The procedures listed, best first, what is said of them, and advice where none is."""

    status: str
    entries: tuple[Entry, ...] = ()
    advice: tuple[str, ...] = ()


def clean(text: str) -> str:
    """What a citizen wrote, composed, on one line and without signs that are not seen."""
    seen = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in vn.nfc(text))
    return " ".join("".join(seen).split())


def find(query: str) -> Found:
    """What is listed for a cleaned query that is neither empty nor too long.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    outcome = finder.find(query).outcome
    if outcome is Outcome.NO_NEED:
        return Found(say("utter_portal_unclear"), advice=_advice())
    least = ALL_WORDS if outcome is Outcome.NOTHING else LEAST_COVERAGE
    entries = tuple(
        Entry(match.code, match.name, match.field, match.level)
        for match in finder.search(query, MOST_RESULTS)
        if _coverage(match) >= least
    )
    if not entries:
        return Found(say("utter_portal_nothing", query=query), advice=_advice())
    if len(entries) == MOST_RESULTS:
        return Found(say("utter_portal_found_most", count=len(entries)), entries)
    if outcome is Outcome.NOTHING:
        return Found(say("utter_portal_found_near", count=len(entries)), entries)
    return Found(say("utter_portal_found", count=len(entries)), entries)


def _coverage(match: Match) -> float:
    """A procedure that is named by its code has no parts."""
    return dict(match.parts).get("coverage", 1.0)


def _advice() -> tuple[str, ...]:
    return (
        say("utter_portal_advice_words"),
        say("utter_portal_advice_browse"),
        say("utter_portal_advice_ask"),
    )


def facts(entry: Entry) -> list[str]:
    """Code, field and level of a procedure in words."""
    told = [say("utter_portal_code", code=entry.code)]
    if entry.field:
        told.append(say("utter_portal_field", field=entry.field))
    return [*told, say("utter_portal_level", level=fragment(entry.level))]


def as_json(found: Found) -> dict[str, object]:
    """For the page's script: all words ready to be shown."""
    return {
        "status": found.status,
        "results": [
            {"href": page_path(entry.code), "name": entry.name, "facts": facts(entry)}
            for entry in found.entries
        ],
        "advice": list(found.advice),
    }
