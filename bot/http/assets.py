"""Static files, by a table: the folder they lie in holds sources, too, and is never served whole.

`web/dist` is built (`scripts/web`), `web/style` is written by hand. Each file is
read and compressed once; a missing one ends the server at its start.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.settings import PROJECT_ROOT

WEB = PROJECT_ROOT / "web"
SCRIPT, SHEET, TEXT = (f"text/{kind}; charset=utf-8" for kind in ("javascript", "css", "plain"))
METHODS = frozenset({"GET", "HEAD"})
# Short: what is mended reaches every portal within minutes.
CACHED = "public, max-age=300"


class AssetMissing(RuntimeError):
    """A file that pages need is not there."""


@dataclass(frozen=True)
class Asset:
    """A file below `web/` and its address; `embedded`: pages of other servers load it, too."""

    path: str
    file: str
    content_type: str
    embedded: bool = False


ASSETS = (
    Asset("/widget.js", "dist/widget.js", SCRIPT, embedded=True),
    # For browsers in which the script cannot make its own.
    Asset("/web/widget.css", "dist/widget.css", SHEET, embedded=True),
    Asset("/web/portal.js", "dist/portal.js", SCRIPT),
    Asset("/web/portal.css", "style/portal.css", SHEET),
    Asset("/web/procedure.css", "style/procedure.css", SHEET),
    Asset("/web/licenses.txt", "dist/licenses.txt", TEXT),
)


@dataclass(frozen=True)
class Body:
    """Bytes as they are sent; `tag` is their strong ETag, with its quotation marks."""

    content: bytes
    tag: str


@functools.lru_cache(maxsize=32)
def bodies(file: Path) -> tuple[Body, Body]:
    """A file as it is, and compressed.

    Raises:
        AssetMissing: it cannot be read.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AssetMissing(
            f"{file} cannot be read ({error.strerror}); files in web/dist are built by scripts/web."
        ) from error
    # The bytes differ, so the tags do; without a time they are the same in every worker.
    digest = hashlib.sha256(content).hexdigest()[:32]
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    return Body(content, f'"{digest}"'), Body(packed, f'"{digest}-gzip"')


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    weights = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        refused = any(re.fullmatch(r"q\s*=\s*0(?:\.0*)?", given) for given in parameters)
        weights[name] = not refused
    return weights.get("gzip", weights.get("*", False))


def is_known(tags: str, tag: str) -> bool:
    """Whether an If-None-Match header names the tag."""
    named = [found.strip().removeprefix("W/") for found in tags.split(",")]
    return tag in named or tags.strip() == "*"


def answer(asset: Asset, accepted: str, known: str) -> HTTPResponse:
    """The file for the values of Accept-Encoding and If-None-Match ("" where not sent)."""
    plain, packed = bodies(WEB / asset.file)
    compressed = takes_gzip(accepted)
    body = packed if compressed else plain
    headers = {
        "ETag": body.tag,
        "Cache-Control": CACHED,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if asset.embedded:
        # Portals check the script's hash, or isolate their pages: both want these.
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if is_known(known, body.tag):
        return HTTPResponse(status=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return HTTPResponse(body.content, headers=headers, content_type=asset.content_type)


def read_all(assets: Iterable[Asset] = ASSETS) -> None:
    """Read what will be served.

    Raises:
        AssetMissing: a file cannot be read.
    """
    for asset in assets:
        bodies(WEB / asset.file)


def add_assets(app: Sanic) -> None:
    """Serve the files; the server does not start without them."""
    blueprint = Blueprint("assets")

    def serve(asset: Asset) -> None:
        async def send(request: Request) -> HTTPResponse:
            values = (request.headers.getall(n, []) for n in ("accept-encoding", "if-none-match"))
            accepted, known = (", ".join(value) for value in values)
            return answer(asset, accepted, known)

        name = re.sub(r"\W", "_", asset.path.strip("/"))
        blueprint.add_route(send, asset.path, methods=METHODS, name=name)

    for asset in ASSETS:
        serve(asset)

    async def before_start(_app: Sanic, _loop: object) -> None:
        read_all()

    app.blueprint(blueprint)
    app.register_listener(before_start, "before_server_start")
