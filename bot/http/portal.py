"""The demo portal: `GET /` with search (`?q=`), fields (`?field=&page=`), life events (`?event=`).

All of it is made here and works without scripts, but for the chat. `GET /results?q=` gives the
same results to the page's script. Of a repeated parameter the first one counts.
"""

from __future__ import annotations

import asyncio
import re
from html import escape

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import wording
from bot.database import DatabaseUnavailable
from bot.http import layout
from bot.http import portal_parts as parts
from bot.http.directory import Directory, directory
from bot.http.errors import error_response
from bot.http.layout import Page, number, say
from bot.http.portal_search import LONGEST_QUERY, Found, as_json, clean, find
from bot.rendering.procedure_lines import date

blueprint = Blueprint("portal")

METHODS = frozenset({"GET", "HEAD"})
SCRIPT = "/web/portal.js"
PER_PAGE = 20
# What is repeated of a parameter that cannot be used.
SHOWN = 100
_PAGE = re.compile(r"[1-9][0-9]{0,5}")


@blueprint.route("/", methods=METHODS, name="home")
async def home(request: Request) -> HTTPResponse:
    """The home page, results, a field's procedures or a life event's."""
    names = ("q", "event", "field", "page")
    # The search index and the directory may have to be built: others are answered meanwhile.
    return await asyncio.to_thread(_home, *(clean(request.args.get(name) or "") for name in names))


@blueprint.route("/results", methods=METHODS, name="results")
async def results(request: Request) -> HTTPResponse:
    """`?q=…` → `{"status", "results": [{"href", "name", "facts"}], "advice"}`, ready in words."""
    query = clean(request.args.get("q") or "")
    if not query:
        return error_response("query_missing", 400)
    if len(query) > LONGEST_QUERY:
        return error_response("query_too_long", 400)
    found = await asyncio.to_thread(find, query)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return json(as_json(found), ensure_ascii=False, headers=headers)


@blueprint.route(layout.ACCESSIBILITY, methods=METHODS, name="accessibility")
async def accessibility(_: Request) -> HTTPResponse:
    """What the pages do for people who see, hear or move with difficulty, and what is missing."""
    title = say("utter_portal_accessibility")
    texts = (
        say("utter_portal_accessibility_made"),
        say("utter_portal_accessibility_chat"),
        say("utter_portal_accessibility_script"),
        say("utter_portal_accessibility_limits"),
        say("utter_portal_accessibility_help"),
    )
    main = f"<h1>{escape(title)}</h1>\n{layout.paragraphs(texts)}"
    return layout.answer(Page(_titled(title), main))


def _home(query: str, event: str, field: str, page: str) -> HTTPResponse:
    try:
        if query:
            return _results_page(query)
        shown = directory()
        if event:
            return _event_page(shown, event)
        if field:
            return _field_page(shown, field, page)
        return _home_page(shown)
    except DatabaseUnavailable:
        reason = wording.text("http_errors", "utter_http_unavailable")
        return layout.problem(say("utter_portal_down"), [reason], 503)


def data_line(shown: Directory) -> str:
    """How much there is, where it comes from and when that was checked; "" where unknown."""
    if shown.source is None:
        return ""
    return say(
        "utter_portal_data",
        count=number(shown.count),
        source=shown.source.title,
        date=date(shown.source.checked_on),
    )


def _titled(title: str) -> str:
    return say("utter_portal_title", title=title)


def _home_page(shown: Directory) -> HTTPResponse:
    name, province = say("utter_portal_name"), say("utter_portal_province")
    main = "\n".join(
        (
            f'<h1 class="visually-hidden">{escape(f"{name}, {province}")}</h1>',
            parts.search_form(""),
            parts.results(None),
            parts.dossier(),
            parts.events(shown),
            parts.fields(shown),
        )
    )
    title = f"{name}, {province}"
    return layout.answer(Page(title, main, None, data_line(shown), scripts=(SCRIPT,)))


def _results_page(query: str) -> HTTPResponse:
    if len(query) > LONGEST_QUERY:
        status = 400
        query = query[:LONGEST_QUERY]
        found = Found(say("utter_portal_too_long", count=LONGEST_QUERY))
    else:
        status, found = 200, find(query)
    main = f"{parts.search_form(query, 'h1')}\n{parts.results(found)}\n{parts.dossier()}"
    title = _titled(say("utter_portal_results_title", query=query))
    page = Page(title, main, data=data_line(directory()), scripts=(SCRIPT,), indexed=False)
    return layout.answer(page, status)


def _event_page(shown: Directory, key: str) -> HTTPResponse:
    event = shown.events.get(key)
    if event is None:
        return _missing(say("utter_portal_no_event", event=key[:SHOWN]))
    note = escape(say("utter_portal_event_note"))
    main = f"<h1>{escape(event.name)}</h1>\n<p>{note}</p>\n{parts.event_steps(event)}"
    return layout.answer(Page(_titled(event.name), main, data=data_line(shown)))


def _field_page(shown: Directory, field: str, named: str) -> HTTPResponse:
    entries = shown.fields.get(field)
    if entries is None:
        return _missing(say("utter_portal_no_field", field=field[:SHOWN]))
    if named and not _PAGE.fullmatch(named):
        return layout.problem(say("utter_portal_problem"), [say("utter_portal_page_number")], 400)
    page, pages = int(named or 1), -(-len(entries) // PER_PAGE)
    if page > pages:
        return _missing(say("utter_portal_no_page", pages=pages))
    first = (page - 1) * PER_PAGE
    listed = entries[first : first + PER_PAGE]
    count = say(
        "utter_portal_shown",
        count=number(len(entries)),
        first=first + 1,
        last=first + len(listed),
    )
    main = (
        f"<h1>{escape(field)}</h1>\n<p>{escape(count)}</p>\n"
        f"{parts.entry_list(listed)}{parts.page_links(field, page, pages)}"
    )
    return layout.answer(Page(_titled(field), main, data=data_line(shown)))


def _missing(reason: str) -> HTTPResponse:
    advice = [reason, say("utter_portal_advice_browse"), say("utter_portal_advice_ask")]
    return layout.problem(say("utter_portal_problem"), advice, 404)
