"""The chat alone, for a frame of a portal: `GET /chat?procedure=CODE&language=en`."""

from __future__ import annotations

from html import escape

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, html

from bot.http import layout
from bot.http.headers import page_headers
from bot.http.layout import say
from bot.http.procedure_page import CODE

blueprint = Blueprint("chat_page")

LANGUAGES = ("vi", "en")


@blueprint.route("/chat", methods=frozenset({"GET", "HEAD"}))
async def page(request: Request) -> HTTPResponse:
    """The page; a parameter that cannot be used is said to be, so that its author mends it."""
    procedure = request.args.get("procedure") or ""
    language = request.args.get("language") or ""
    mistakes = []
    if procedure and not CODE.fullmatch(procedure):
        mistakes.append(say("utter_portal_chat_procedure"))
    if language and language not in LANGUAGES:
        mistakes.append(say("utter_portal_chat_language"))
    title = say("utter_portal_chat")
    if mistakes:
        heading = escape(say("utter_portal_problem"))
        body = f"<main>\n<h1>{heading}</h1>\n{layout.paragraphs(mistakes)}\n</main>"
        return _answer(title, body, 400)
    options = {
        "target": "#chat",
        "open": "yes",
        "procedure": procedure,
        "language": language,
    }
    heading = f'<h1 class="visually-hidden">{escape(title)}</h1>'
    body = f"""<main id="chat">{heading}{layout.no_script()}</main>
{layout.chat_tag(options)}"""
    return _answer(title, body, 200)


def _answer(title: str, body: str, status: int) -> HTTPResponse:
    return html(layout.bare_document(title, body), status=status, headers=page_headers())
