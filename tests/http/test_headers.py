"""What browsers are told: where pages may load from, who may frame them, who reads the API."""

from __future__ import annotations

import json

import pytest

from bot import database
from bot.catalogue import layers
from bot.catalogue import tables as t
from bot.http.headers import content_policy
from bot.settings import Settings, settings
from tests.catalogue.exports import procedure
from tests.http.serving import Server

PORTAL = "https://dichvucong.example.vn"
BIRTH = procedure("1.000001", "Đăng ký khai sinh")
PATHS = ["/api/procedures?q=khai+sinh", "/api/procedures/1.000001"]
REFUSED = ["/api/procedures/", "/api/procedures/9.999999", "/api/procedures?q=a&limit=0"]


@pytest.fixture(autouse=True)
def _portal_and_catalogue(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_ALLOWED_ORIGINS", f"{PORTAL} https://other.example:8443")
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://bot.example.vn/tro-ly")
    settings.cache_clear()
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [BIRTH])


def test_pages_load_from_the_server_only_and_stand_in_frames_of_the_portals() -> None:
    policy = dict(part.split(" ", 1) for part in content_policy().split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self' wss://bot.example.vn",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": f"'self' {PORTAL} https://other.example:8443",
    }


@pytest.mark.parametrize(
    "path", ["/", "/?q=a", "/?field=x", "/chat", "/p/1.000001", "/accessibility"]
)
def test_every_page_has_the_headers(server: Server, path: str) -> None:
    headers = server.get(path).headers
    assert headers["content-security-policy"] == content_policy()
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-cache"
    # Frames are allowed by the policy; this older header would forbid them all.
    assert "x-frame-options" not in headers
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", [*PATHS, *REFUSED])
def test_portals_and_the_server_itself_read_the_catalogue(server: Server, path: str) -> None:
    for origin in (PORTAL, "https://other.example:8443", "https://bot.example.vn", server.origin):
        answer = server.ask(path, Origin=origin)
        assert answer.status == (200 if path in PATHS else answer.status)
        assert answer.headers["access-control-allow-origin"] == origin
        assert {"Origin", "Accept-Encoding"} <= set(answer.headers["vary"].split(", "))


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"{PORTAL}.evil.example", f"{PORTAL}:444", "http" + PORTAL[5:],
     "*", f"{PORTAL}, https://evil.example", "https://bot.example.vn/tro-ly", ""],
)  # fmt: skip
def test_no_others_do(server: Server, origin: str) -> None:
    for path in PATHS:
        answer = server.ask(path, Origin=origin)
        assert answer.status == 200
        assert "access-control-allow-origin" not in answer.headers
        assert {"Origin", "Accept-Encoding"} <= set(answer.headers["vary"].split(", "))


def test_answers_without_an_origin_are_told_apart_in_caches(server: Server) -> None:
    for path in [*PATHS, *REFUSED]:
        headers = server.ask(path).headers
        assert {"Origin", "Accept-Encoding"} <= set(headers["vary"].split(", "))
        assert "access-control-allow-origin" not in headers


def test_a_lost_way_is_told_to_people_in_words_and_to_programs_as_json(server: Server) -> None:
    page = server.get("/no/such/page")
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "Không có trang hoặc dữ liệu này." in page.text
    for path in ("/no/such/page", "/api/no"):
        answer = server.get(path, "application/json")
        assert (answer.status, json.loads(answer.text)["error"]["code"]) == (404, "not_found")
    # A browser's address bar asks for HTML, too: what is for programs stays JSON.
    assert json.loads(server.get("/api/procedures/9.999999").text)["error"]["code"]
    assert server.ask("/", "POST", Accept="text/html", Content_Length="0").status == 405
