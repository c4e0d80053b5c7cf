"""Which procedures' fees are paid on-line: counted where that is published, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk.executor import CollectingDispatcher

from actions import listed
from actions.answers import ANSWERED, NOT_PUBLISHED, answer, say
from actions.listed import MOST_BUTTONS, TOPIC
from actions.safe_action import Events
from bot.catalogue import listing, service
from bot.catalogue.finder import MOST_OPTIONS
from bot.catalogue.listing import Listing, Query
from bot.catalogue.search import Match
from bot.payments import evidence
from bot.rendering import office_lines
from bot.rendering import procedure_lines as rendering
from bot.sources import Source
from bot.wording import fragment

# The province's figures of a year, told as the past where nothing is published.
BACKGROUND = "online_services_2022"


def tell(dispatcher: CollectingDispatcher, query: Query) -> Events:
    """Whose fee is paid on-line, counted among those whose flag is published."""
    if query.agency and not listing.listing(replace(query, online_payment=False), limit=1).count:
        # "Bên đất đai" was taken for an office that no procedure names.
        query = replace(query, agency="")
    found = listing.listing(query)
    # That no flag is published is told by the records of all.
    everything = listing.listing(replace(query, online_payment=False), limit=1)
    if everything.source is None:
        say(dispatcher, "utter_list_services_not_published", answer(TOPIC, NOT_PUBLISHED))
        return []
    scope = listed.scope(query, found)
    if not found.published:
        return _tell_mentioned(dispatcher, query, scope, everything.source)
    given = [p.source_of("online_payment") or everything.source for p in found.shown]
    given = given or [everything.source]
    lines, buttons, matches = _by_field(found)
    kind = "list_pay_online" if found.count else "list_none_pay_online"
    say(
        dispatcher,
        "utter_list_online_payment",
        answer(TOPIC, ANSWERED, options=matches[:MOST_OPTIONS], source=given[0]),
        buttons=buttons or None,
        scope=scope or fragment("list_all"),
        published=rendering.amount(found.published),
        kind=fragment(kind, count=rendering.amount(found.count)),
        lines=f"\n{lines}" if lines else "",
        **office_lines.sources(given),
    )
    return listed.offer(matches)


def _tell_mentioned(
    dispatcher: CollectingDispatcher, query: Query, scope: str, source: Source
) -> Events:
    """Where no flag is published: whose text mentions it, and the province's figures of 2022."""
    mentioning = listing.those(evidence.names_online_payment)
    anything = replace(query, online_payment=False)
    found = listing.listing(anything, limit=MOST_BUTTONS, among=mentioning)
    lines, buttons, matches = _by_field(found)
    mentioned = fragment("list_mentions_online_payment", count=rendering.amount(found.count))
    background = None if scope else service.general_fact(BACKGROUND)
    given = [source] if background is None else [source, background[1]]
    say(
        dispatcher,
        "utter_list_online_payment_not_published",
        answer(TOPIC, NOT_PUBLISHED, options=matches[:MOST_OPTIONS], source=source),
        buttons=buttons or None,
        scope=scope or fragment("list_all"),
        mentioned=mentioned if found.count else "",
        background="" if background is None else f"\n{background[0]}",
        lines=f"\n{lines}" if lines else "",
        **office_lines.sources(given),
    )
    return listed.offer(matches)


def _by_field(found: Listing) -> tuple[str, list[dict[str, str]], list[Match]]:
    """As `listed.numbered`, behind the fullest fields where there are several."""
    if not found.count:
        return "", [], []
    lines, buttons, matches = listed.numbered(found)
    if len(found.fields) > 1:
        fields = found.fields[:MOST_BUTTONS]
        counts = [fragment("list_field", field=f, count=rendering.amount(n)) for f, n in fields]
        lines = "\n".join([*counts, lines])
    return lines, buttons, matches
