"""Static files: which there are, how they are sent, and what happens where one is missing."""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path

import pytest
from sanic import Sanic

from bot.http import add_routes, assets
from bot.http.assets import ASSETS, AssetMissing, is_known, read_all, takes_gzip
from bot.settings import PROJECT_ROOT, Settings
from tests.http.serving import Server

WIDGET = "/widget.js"
PATHS = [asset.path for asset in ASSETS]


@pytest.fixture(autouse=True)
def web(fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a file for each asset, whether or not the real ones are built."""
    for asset in ASSETS:
        file = tmp_path / "web" / asset.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"/* Tệp {asset.file} */\n" * 50, encoding="utf-8")
    (tmp_path / "web" / "package.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(assets, "WEB", tmp_path / "web")
    return tmp_path / "web"


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.path)
def test_a_file_is_sent_as_it_is_and_compressed(
    server: Server, web: Path, asset: assets.Asset
) -> None:
    content = (web / asset.file).read_bytes()
    plain = server.ask(asset.path)
    packed = server.ask(asset.path, Accept_Encoding="br, gzip, deflate")
    assert (plain.status, packed.status) == (200, 200)
    assert plain.content == content
    assert gzip.decompress(packed.content) == content
    assert len(packed.content) < len(content)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    for answer in (plain, packed):
        assert answer.headers["content-length"] == str(len(answer.content))
        assert answer.headers["content-type"] == asset.content_type
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert re.fullmatch(r'"[\w-]+"', answer.headers["etag"])
    assert plain.headers["etag"] != packed.headers["etag"]


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_what_the_browser_has_is_not_sent_again(server: Server, encoding: str) -> None:
    tag = server.ask(WIDGET, Accept_Encoding=encoding).headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = server.ask(WIDGET, Accept_Encoding=encoding, If_None_Match=known)
        assert (again.status, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["vary"] == "Accept-Encoding"
        assert again.headers["access-control-allow-origin"] == "*"
    other = server.ask(WIDGET, Accept_Encoding=encoding, If_None_Match='"other"')
    assert other.status == 200


def test_a_changed_file_has_another_tag(web: Path) -> None:
    first = assets.answer(ASSETS[0], "", "").headers["etag"]
    assets.bodies.cache_clear()
    (web / ASSETS[0].file).write_text("other", encoding="utf-8")
    assert assets.answer(ASSETS[0], "", "").headers["etag"] != first


def test_only_the_head_is_sent_where_only_that_is_asked_for(server: Server) -> None:
    whole, head = server.ask(WIDGET), server.ask(WIDGET, "HEAD")
    assert (head.status, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]


def test_portals_load_the_chat_and_nothing_else(server: Server) -> None:
    for path in PATHS:
        headers = server.ask(path, Origin="https://portal.example").headers
        allowed = headers.get("access-control-allow-origin")
        policy = headers.get("cross-origin-resource-policy")
        chat = path in (WIDGET, "/web/widget.css")
        assert (allowed, policy) == (("*", "cross-origin") if chat else (None, None))


@pytest.mark.parametrize(
    "path",
    ["/web/package.json", "/web/", "/web", "/web/dist/widget.js", "/web/style/portal.css",
     "/web/../web/package.json", "/web/%2e%2e/pyproject.toml", "/web/portal.js%00"],
)  # fmt: skip
def test_the_folder_is_not_served(server: Server, path: str) -> None:
    assert server.ask(path).status == 404


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", True), ("GZIP", True), ("br, gzip;q=0.5", True), ("*", True), ("*;q=0.1", True),
        ("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000, *", False),
        ("identity", False), ("*;q=0", False), ("x-gzip-not", False), (";;,,", False),
    ],
)  # fmt: skip
def test_compressed_is_what_the_browser_takes(accepted: str, expected: bool) -> None:
    assert takes_gzip(accepted) is expected


@pytest.mark.parametrize(
    ("tags", "expected"), [("", False), ('"ab"', False), ('"a"', True), ('"b" , W/"a"', True)]
)
def test_tags_are_compared_whole(tags: str, expected: bool) -> None:
    assert is_known(tags, '"a"') is expected


def test_a_missing_file_ends_the_server_at_its_start(web: Path) -> None:
    (web / "dist" / "widget.js").unlink()
    with pytest.raises(AssetMissing, match=r"widget\.js cannot be read .*scripts/web"):
        read_all()

    async def start() -> None:
        app = Sanic("asset_test", configure_logging=False)
        add_routes(app)
        await app._startup()
        await app._server_event("init", "before", loop=asyncio.get_running_loop())

    with pytest.raises(AssetMissing):
        asyncio.run(start())


def test_files_that_are_written_by_hand_are_there() -> None:
    written = [asset.file for asset in ASSETS if asset.file.startswith("style/")]
    assert len(written) == 2
    for file in written:
        assert (PROJECT_ROOT / "web" / file).stat().st_size > 500
