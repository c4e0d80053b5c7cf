"""The staff's console: its page and the files of `console/`.

The files are public; what they show comes from the API, which wants a session.
"""

from __future__ import annotations

import re

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.http import assets
from bot.http.errors import told
from bot.http.private_page import keep_private
from bot.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "console"
TYPES = {"js": assets.SCRIPT, "css": assets.SHEET}
_FILE = re.compile(r"[a-z][a-z0-9_-]*\.(js|css)")

blueprint = Blueprint("console_page", url_prefix="/console")


@blueprint.route("", methods=assets.METHODS, strict_slashes=True, name="address")
async def address(_: Request) -> HTTPResponse:
    """Links of the page are relative: its address ends with a slash."""
    return redirect("/console/", status=308)


@blueprint.route("/", methods=assets.METHODS, strict_slashes=True, name="page")
async def page(_: Request) -> HTTPResponse:
    """The page, which no other shows inside itself and no browser keeps."""
    body, _packed = assets.bodies(FOLDER / "index.html")
    return _kept_here(HTTPResponse(body.content, content_type="text/html; charset=utf-8"))


@blueprint.route("/<name:str>", methods=assets.METHODS, strict_slashes=True, name="file")
async def file(request: Request, name: str) -> HTTPResponse:
    """A script or style sheet; browsers ask whether theirs is the same."""
    match = _FILE.fullmatch(name)
    if match is None or not (FOLDER / name).is_file():
        return told(request, "not_found", 404)
    plain, packed = assets.bodies(FOLDER / name)
    takes, knows = (request.headers.get(n, "") for n in ("accept-encoding", "if-none-match"))
    compressed = assets.takes_gzip(takes)
    body = packed if compressed else plain
    known = assets.is_known(knows, body.tag)
    response = HTTPResponse(None if known else body.content, status=304 if known else 200)
    response.content_type = None if known else TYPES[match[1]]
    if compressed and not known:
        response.headers["Content-Encoding"] = "gzip"
    response = _kept_here(response)
    headers = {"ETag": body.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    response.headers.update(headers)
    return response


def _kept_here(response: HTTPResponse) -> HTTPResponse:
    response = keep_private(response)
    # With no referrer at all, browsers name no origin in forms either.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), usb=()"
    return response
