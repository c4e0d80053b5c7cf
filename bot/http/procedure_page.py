"""The page of a procedure, to be read, ticked off and printed: `GET /p/{code}?xa=commune`.

HTML is put together here from escaped pieces; whatever citizens read stands in
`domain/checklist.yml`. The page works without any script.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import re
from collections.abc import Sequence
from html import escape

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import text as vn
from bot import wording
from bot.catalogue import service
from bot.database import DatabaseUnavailable
from bot.http import layout
from bot.http.directory import directory
from bot.http.errors import error_response, wants_page
from bot.http.layout import Page
from bot.http.portal import data_line
from bot.http.portal_parts import address
from bot.offices import routing
from bot.offices.routing import Place
from bot.offices.units_import import SHIPPED, read_units
from bot.rendering.checklist import (
    BOX,
    CASE,
    ITEM,
    PORTAL,
    Checklist,
    Line,
    Part,
    checklist,
    page_path,
    say,
)
from bot.rendering.procedure_lines import date

blueprint = Blueprint("procedure_page", url_prefix="/p")

SHEET = "/web/procedure.css"
LONGEST_COMMUNE = 100
CODE = re.compile(r"[1-9]\.[0-9]{6}")
_SAFE_URL = re.compile(r"https?://", re.IGNORECASE)


@blueprint.route("/<code:str>", methods=frozenset({"GET", "HEAD"}))
async def page(request: Request, code: str) -> HTTPResponse:
    """The page; a browser gets a page in words for an unknown code, too, others JSON."""
    in_words = wants_page(request)
    named = (request.args.get("xa") or "").strip()
    try:
        # The directory for the footer may have to be built: others are answered meanwhile.
        return await asyncio.to_thread(_page, code, named, in_words=in_words)
    except DatabaseUnavailable:
        if not in_words:
            raise
        reason = wording.text("http_errors", "utter_http_unavailable")
        return layout.problem(say("utter_checklist_page_down_title"), [reason], 503)


def _page(code: str, named: str, *, in_words: bool) -> HTTPResponse:
    procedure = service.procedure(code) if CODE.fullmatch(code) else None
    if procedure is None:
        return _gone(code) if in_words else error_response("procedure_not_found", 404)
    place = find_commune(named)
    found = checklist(procedure, place)
    main = render(found, named[:LONGEST_COMMUNE], place)
    return layout.answer(
        Page(
            title=say("utter_checklist_page_title", name=found.title),
            main=main,
            crumbs=((address(field=procedure.field), procedure.field),) if procedure.field else (),
            data=data_line(directory()),
            procedure=code,
            sheets=(SHEET,),
        )
    )


def _gone(code: str) -> HTTPResponse:
    ended = service.last_day(code) if CODE.fullmatch(code) else None
    if ended is not None:
        reason = say("utter_checklist_page_ended", code=code, date=date(ended))
    else:
        reason = wording.text("http_errors", "utter_http_procedure_not_found")
    advice = [
        reason,
        say("utter_checklist_page_gone_check"),
        say("utter_checklist_page_gone_ask"),
        say("utter_checklist_page_gone_call"),
    ]
    return layout.problem(say("utter_checklist_page_gone_title"), advice, 404)


@functools.lru_cache(maxsize=1)
def communes() -> tuple[str, ...]:
    """Names of the communes of today, in the order of the alphabet without accents."""
    return tuple(sorted({unit.new_ward for unit in read_units(SHIPPED)}, key=vn.fold))


def find_commune(named: str) -> Place | None:
    """The commune that a citizen names, new or old, with its kind or without; None if unknown.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    if not named or len(named) > LONGEST_COMMUNE:
        return None
    spelt = " ".join(vn.nfc(named).split()).lower()
    # A name of the list is no old commune of nearly the same name.
    for commune in communes():
        if commune.lower() == spelt:
            return Place(commune, (commune,), "")
    # A bare name is read as in "ở Vạn Tường".
    return routing.find_place(named) or routing.find_place(f"o {named}")


def render(found: Checklist, named: str = "", place: Place | None = None) -> str:
    """The page's HTML; `named` is what the citizen wrote, `place` what was understood."""
    sections = "\n".join(
        _section(part, f"p{number}") for number, part in enumerate(found.parts) if part.lines
    )
    return f"""<h1>{escape(found.title)}</h1>
<div class="actions screen">
<button type="button" data-tro-ly="">{escape(layout.say("utter_portal_ask_about"))}</button>
<a href="{PORTAL}" rel="noopener">{escape(say("utter_checklist_page_portal"))}</a>
</div>
{_form(found.code, named, place)}
{sections}"""


def _form(code: str, named: str, place: Place | None) -> str:
    """The field for the commune and what became of what was written there."""
    options = "".join(f'<option value="{escape(name)}"></option>' for name in communes())
    return f"""<form class="screen" method="get" action="{page_path(code)}">
<label for="xa">{escape(say("utter_checklist_page_commune"))}</label>
<div class="row">
<input id="xa" name="xa" list="communes" maxlength="{LONGEST_COMMUNE}" autocomplete="off"
 value="{escape(named)}">
<button type="submit">{escape(say("utter_checklist_page_show"))}</button>
</div>
<datalist id="communes">{options}</datalist>
{_understood(code, named, place)}<p>{escape(say("utter_checklist_page_print"))}</p>
</form>"""


def _understood(code: str, named: str, place: Place | None) -> str:
    if named and place is None:
        text = say("utter_checklist_page_no_such_commune", named=named)
        return f'<p class="problem" role="status">{escape(text)}</p>\n'
    if place is None or len(place.new_wards) == 1:
        return ""
    links = "".join(
        f'<li><a href="{escape(page_path(code, ward))}">{escape(ward)}</a></li>'
        for ward in place.new_wards
    )
    which = escape(say("utter_checklist_page_which_commune"))
    return f'<p role="status">{which}</p>\n<ul class="choices">{links}</ul>\n'


def _section(part: Part, key: str) -> str:
    lines = "\n".join(
        _block(kind, list(lines)) for kind, lines in itertools.groupby(part.lines, _kind)
    )
    doubts = "".join(f'\n<p class="doubt">{escape(doubt)}</p>' for doubt in part.doubts)
    css = "" if part.published else ' class="unpublished"'
    return f"""<section{css} aria-labelledby="{key}">
<h2 id="{key}">{escape(part.heading)}</h2>
{lines}{doubts}
</section>"""


def _kind(line: Line) -> str:
    return line.kind


def _block(kind: str, lines: Sequence[Line]) -> str:
    """Neighbours of one kind: a list of boxes, a list, headings or paragraphs."""
    texts = [_text(line) for line in lines]
    if kind == BOX:
        items = (f'<label><input type="checkbox" autocomplete="off"> {t}</label>' for t in texts)
        return '<ul class="boxes">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    if kind == ITEM:
        return "<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>"
    tag = "h3" if kind == CASE else "p"
    return "\n".join(f"<{tag}>{text}</{tag}>" for text in texts)


def _text(line: Line) -> str:
    """The text, as a link where it leads to a page; addresses of other kinds are no links."""
    text = escape(line.text)
    if not _SAFE_URL.match(line.url):
        return text
    url = escape(line.url)
    if url in text:
        return text.replace(url, f'<a class="plain" href="{url}" rel="noopener">{url}</a>', 1)
    return f'<a href="{url}" rel="noopener">{text}</a>'
