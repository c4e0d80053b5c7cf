"""The catalogue over HTTP: search, and one procedure whole."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.catalogue import finder, service
from bot.catalogue.model import COMMUNE, PROVINCE
from bot.http.errors import error_response
from bot.http.headers import allow_origin
from bot.settings import settings

blueprint = Blueprint("procedures", url_prefix="/api/procedures")

# Pages of the portals that hold the chat may read the catalogue, errors included.
blueprint.middleware(allow_origin, "response")

DEFAULT_LIMIT, HIGHEST_LIMIT = 10, 50


@blueprint.get("/")
async def search(request: Request) -> HTTPResponse:
    """`?q=…&limit=…&field=…&level=…&agency=…` → the best procedures, best first."""
    query = (request.args.get("q") or "").strip()
    if not query:
        return error_response("query_missing", 400)
    if len(query) > settings().max_message_length:
        return error_response("query_too_long", 400)
    limit = request.args.get("limit") or str(DEFAULT_LIMIT)
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= HIGHEST_LIMIT):
        return error_response("limit_invalid", 400)
    level = request.args.get("level") or ""
    if level not in ("", COMMUNE, PROVINCE):
        return error_response("level_invalid", 400)
    field, agency = ((request.args.get(name) or "").strip() for name in ("field", "agency"))
    return json(
        [
            {"code": m.code, "name": m.name, "field": m.field, "level": m.level, "score": m.score}
            for m in finder.search(query, int(limit), field=field, level=level, agency=agency)
        ],
        ensure_ascii=False,
    )


@blueprint.get("/<code:str>")
async def one(_: Request, code: str) -> HTTPResponse:
    """One procedure with all its facts and their sources."""
    procedure = service.procedure(code)
    if procedure is None:
        return error_response("procedure_not_found", 404)
    return json(service.as_json(procedure), ensure_ascii=False)
