"""The console over HTTP: its page, signing in, and what every route refuses."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sanic import Sanic

from bot import database
from bot.http import assets, console, console_page, console_session
from bot.rate_limits import RateLimit
from bot.recent import Recent
from bot.settings import settings
from bot.staff import accounts, audit, signing_in
from bot.staff.tables import staff_audit
from bot.support import handovers
from bot.support.handover import REQUEST, Summary
from tests.http.console_client import API, Staff, refusal
from tests.http.serving import Server
from tests.staff.accounts import PASSWORD, WRONG, put

ADDRESS, OTHER_ADDRESS = "203.0.113.5", "203.0.113.6"

# All routes: whether only who oversees all desks may, and whether it is open to everybody.
EVERYBODY, STAFF, OVERSEERS = "everybody", "staff", "overseers"
ROUTES = {
    ("POST", "sign-in"): EVERYBODY,
    ("POST", "sign-out"): STAFF,
    ("GET", "me"): STAFF,
    ("POST", "duty"): STAFF,
    ("GET", "queue"): STAFF,
    ("GET", "talks/<number:int>"): STAFF,
    ("POST", "talks/<number:int>/claim"): STAFF,
    ("POST", "talks/<number:int>/answer"): STAFF,
    ("POST", "talks/<number:int>/give-back"): STAFF,
    ("POST", "talks/<number:int>/transfer"): STAFF,
    ("POST", "talks/<number:int>/return"): STAFF,
    ("POST", "talks/<number:int>/close"): STAFF,
    ("POST", "talks/<number:int>/reveal"): STAFF,
    ("GET", "tickets"): STAFF,
    ("GET", "tickets/<code:str>"): STAFF,
    ("POST", "tickets/<code:str>/answer"): STAFF,
    ("POST", "tickets/<code:str>/close"): STAFF,
    ("POST", "tickets/<code:str>/contact"): STAFF,
    ("GET", "prepared"): STAFF,
    ("GET", "audit"): OVERSEERS,
}
CLOSED = [route for route, who in ROUTES.items() if who != EVERYBODY]
CHANGES = [path for method, path in CLOSED if method == "POST"]


@pytest.fixture(autouse=True)
def _ready(console_ready: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "_unknown", Recent(100))
    monkeypatch.setattr(console_session, "_tries", RateLimit(console_session.TRIES_PER_MINUTE))


@pytest.fixture
def lan(server: Server) -> Staff:
    """An operator who is signed in."""
    put()
    staff = Staff(server)
    staff.sign_in("lan")
    return staff


def concrete(path: str) -> str:
    return path.replace("<number:int>", "1").replace("<code:str>", "PA000001")


def open_talk() -> int:
    return handovers.open_handover("one", "web", REQUEST, Summary()).id


# What every route refuses


def test_the_table_has_all_routes() -> None:
    app = Sanic("routes_of_the_console", configure_logging=False)
    console.add_console(app)
    found = {
        (method, f"/{route.path}".removeprefix(API))
        for route in app.router.routes
        for method in route.methods
        if f"/{route.path}".startswith(API)
    }
    assert {route for route in found if route[0] != "OPTIONS"} == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_nobody_gets_in_without_a_session(server: Server, method: str, path: str) -> None:
    for cookie in ("", "x" * 43, '"; drop', "\u00e9"):
        nobody = Staff(server)
        nobody.cookie = cookie.encode().decode("latin-1")
        answer = nobody.call(method, concrete(path))
        assert refusal(answer) == (401, "not_signed_in")


@pytest.mark.parametrize("path", CHANGES)
def test_no_change_without_the_pages_token(lan: Staff, path: str) -> None:
    number, csrf = open_talk(), lan.csrf
    assert number == 1
    for token in ("", csrf[:-1], csrf.swapcase(), "x"):
        answer = lan.call("POST", concrete(path), x_csrf_token=token)
        assert refusal(answer) == (403, "csrf_failed")
    assert lan.get("queue")["waiting"][0]["id"] == 1


@pytest.mark.parametrize("path", ["sign-in", *CHANGES])
def test_no_change_for_a_foreign_page(
    lan: Staff, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    # Portals may hold the chat, and are not the console for that.
    monkeypatch.setenv("BOT_ALLOWED_ORIGINS", "https://portal.example")
    settings.cache_clear()
    for origin in ("https://evil.example", "null", "https://portal.example"):
        answer = lan.call("POST", concrete(path), origin=origin)
        assert refusal(answer) == (403, "csrf_failed")


@pytest.mark.parametrize("path", ["sign-in", *CHANGES])
def test_no_change_by_a_form(lan: Staff, path: str) -> None:
    for kind in ("", "text/plain", "application/x-www-form-urlencoded"):
        answer = lan.call("POST", concrete(path), content_type=kind)
        assert refusal(answer) == (400, "bad_request")


@pytest.mark.parametrize(
    ("method", "path"), [route for route, who in ROUTES.items() if who == OVERSEERS]
)
def test_what_only_overseers_may(server: Server, lan: Staff, method: str, path: str) -> None:
    assert refusal(lan.call(method, concrete(path))) == (403, "forbidden")
    for role in ("supervisor", "admin"):
        put(role, role)
        boss = Staff(server)
        boss.sign_in(role)
        assert boss.call(method, concrete(path)).status == 200


@pytest.mark.parametrize("path", ["sign-in", *CHANGES])
@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'"x"', b"\xff"])
def test_malformed_bodies_are_refused(lan: Staff, path: str, body: bytes) -> None:
    open_talk()
    answer = lan.call("POST", concrete(path), body)
    # Some changes need no more than their address.
    needs_none = path.endswith(("sign-out", "/claim")) or path.startswith("tickets")
    assert answer.status in ((200, 400, 404) if needs_none else (400,))


# The page


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = tmp_path / "console"
    files.mkdir()
    (files / "index.html").write_text("<!doctype html><title>Bàn</title>", encoding="utf-8")
    (files / "main.js").write_text("export {};", encoding="utf-8")
    (files / "console.css").write_text("p { color: red }", encoding="utf-8")
    (files / "notes.txt").write_text("nobody's", encoding="utf-8")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    monkeypatch.setattr(console_page, "FOLDER", files)
    assets.bodies.cache_clear()
    return files


def test_the_page_is_shown_nowhere_else_and_not_kept(server: Server, folder: Path) -> None:
    page = server.get("/console/")
    assert (page.status, page.text) == (200, "<!doctype html><title>Bàn</title>")
    assert page.headers["cache-control"] == "no-store"
    rules = page.headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'none'" in rules
    assert "default-src 'none'" in rules
    assert "script-src 'self'" in rules
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    address = server.get("/console")
    assert (address.status, address.headers["location"]) == (308, "/console/")


def test_files_of_the_folder_are_served_and_asked_for_again(server: Server, folder: Path) -> None:
    script = server.get("/console/main.js")
    assert (script.status, script.text) == (200, "export {};")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "no-cache"
    sheet = server.get("/console/console.css")
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    tag = {"If_None_Match": script.headers["etag"]}
    assert server.ask("/console/main.js", **tag).status == 304
    packed = server.ask("/console/main.js", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] != script.headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "notes.txt", "index.html", "nothing.js", "..%2Fsecret.js", "../secret.js", "Main.js",
        "main.js/", "main.js%00.css", ".js", "%2e%2e/secret.js",
    ],
)  # fmt: skip
def test_nothing_else_is_served(server: Server, folder: Path, path: str) -> None:
    answer = server.ask(f"/console/{path}")
    assert answer.status == 404
    assert b"secret" not in answer.content


# Signing in and out


def test_who_signs_in_is_told_who_they_are(server: Server) -> None:
    put("lan", "operator", "Sở Y tế")
    lan = Staff(server)
    told = lan.sign_in("lan")
    assert told["staff"] == {
        "name": "lan",
        "shown_name": "Cán bộ lan",
        "role": "operator",
        "desk": "Sở Y tế",
        "on_duty": True,
    }
    assert lan.get("me") == {
        **told,
        "desks": ["", "Sở Y tế"],
        "close_reasons": ["solved", "referred", "no_answer", "abuse"],
        "public_url": settings().public_url,
        "idle_minutes": 30,
    }
    parts = lan.set_cookie.split("; ")
    assert {"Path=/console", "SameSite=Strict", "HttpOnly"} <= set(parts)
    assert "Secure" not in parts
    assert PASSWORD not in lan.call("GET", "me").text


def test_where_the_page_is_encrypted_the_cookie_is_sent_encrypted_only(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://bot.example")
    settings.cache_clear()
    put()
    lan = Staff(server)
    answer = lan.call(
        "POST", "sign-in", {"name": "lan", "password": PASSWORD}, origin="https://bot.example"
    )
    assert answer.status == 200
    assert "Secure" in lan.set_cookie.split("; ")


def try_to(staff: Staff, name: str, password: str, address: str = "") -> tuple[int, str]:
    body = {"name": name, "password": password}
    answer = staff.call("POST", "sign-in", body, address=address)
    return (200, "") if answer.status == 200 else refusal(answer)


def test_wrong_unknown_and_disabled_are_answered_alike(server: Server) -> None:
    put("lan")
    put("minh")
    accounts.set_active("minh", is_active=False)
    answers = [
        Staff(server).call("POST", "sign-in", {"name": name, "password": password})
        for name, password in (("lan", WRONG), ("nobody", WRONG), ("minh", PASSWORD), ("lan", ""))
    ]
    assert {(answer.status, answer.content) for answer in answers} == {
        (401, answers[0].content),
    }
    assert "set-cookie" not in answers[0].headers


@pytest.mark.parametrize("name", ["lan", "nobody"])
def test_a_lock_says_how_long(server: Server, name: str) -> None:
    put("lan")
    staff = Staff(server)
    for _ in range(signing_in.MOST_FAILURES):
        assert try_to(staff, name, WRONG) == (401, "sign_in_failed")
    answer = staff.call("POST", "sign-in", {"name": name, "password": PASSWORD})
    assert refusal(answer) == (429, "locked")
    assert 890 <= int(answer.headers["retry-after"]) <= 900
    assert "15 phút" in json.loads(answer.content)["error"]["message"]


def test_an_address_tries_so_often_a_minute(server: Server) -> None:
    put("lan")
    staff = Staff(server)
    for number in range(console_session.TRIES_PER_MINUTE):
        assert try_to(staff, f"nobody{number}", WRONG, ADDRESS) == (401, "sign_in_failed")
    # Not even the right password.
    assert try_to(staff, "lan", PASSWORD, ADDRESS) == (429, "locked")
    assert try_to(staff, "lan", PASSWORD, OTHER_ADDRESS) == (200, "")
    # This machine itself has no address.
    assert try_to(staff, "lan", PASSWORD) == (200, "")


def test_the_record_says_who_from_where_and_never_the_address(server: Server) -> None:
    put("lan")
    staff = Staff(server)
    try_to(staff, "lan", WRONG, ADDRESS)
    try_to(staff, PASSWORD, PASSWORD, ADDRESS)
    names = [(entry.name, entry.action) for entry in audit.read()]
    assert names == [("", "sign_in_failed"), ("lan", "sign_in_failed")]
    with database.connect() as connection:
        rows = connection.execute(sa.select(staff_audit)).mappings().all()
    # One network, and not its number.
    assert len({row["address_hash"] for row in rows}) == 1
    assert all(row["address_hash"] for row in rows)
    kept = " ".join(str(value) for row in rows for value in row.values())
    assert ADDRESS not in kept
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "", "password": PASSWORD},
        {"name": 1, "password": PASSWORD},
        {"name": "lan", "password": [PASSWORD]},
        {"name": "lan", "password": "x" * 2000},
        {"name": "x" * 201, "password": PASSWORD},
    ],
)
def test_what_is_no_sign_in_is_refused(server: Server, body: dict[str, object]) -> None:
    assert refusal(Staff(server).call("POST", "sign-in", body)) == (400, "bad_request")


def test_signing_in_anew_ends_the_browsers_session(server: Server, lan: Staff) -> None:
    put("minh")
    before, csrf = lan.cookie, lan.csrf
    lan.sign_in("minh")
    assert lan.get("me")["staff"]["name"] == "minh"
    assert (lan.cookie != before, lan.csrf != csrf) == (True, True)
    lan.cookie = before
    assert refusal(lan.call("GET", "me")) == (401, "not_signed_in")


def test_signing_out_ends_the_session_and_gives_talks_back(lan: Staff) -> None:
    number = open_talk()
    lan.post(f"talks/{number}/claim")
    cookie = lan.cookie
    assert lan.post("sign-out") == {"given_back": 1}
    assert (lan.cookie, "Max-Age=0" in lan.set_cookie) == ("", True)
    lan.cookie = cookie
    assert refusal(lan.call("GET", "me")) == (401, "not_signed_in")
    talk = handovers.find(number)
    assert talk is not None
    assert (talk.state, talk.claimed_by) == ("waiting", "")
    assert [entry.action for entry in audit.read(3)] == ["sign_out", "give_back", "claim"]


@pytest.mark.parametrize(
    "change",
    [
        functools.partial(accounts.set_active, "lan", is_active=False),
        functools.partial(accounts.set_password, "lan", "bun bo hue 1 to lon"),
    ],
    ids=["disabled", "password"],
)
def test_a_changed_account_is_signed_out(lan: Staff, change: Callable[[], None]) -> None:
    lan.get("me")
    change()
    assert refusal(lan.call("GET", "me")) == (401, "not_signed_in")


def test_duty_is_taken_and_left(lan: Staff) -> None:
    assert lan.get("queue")["on_duty"] == 1
    assert lan.post("duty", on=False) == {"on_duty": False}
    assert (lan.get("me")["staff"]["on_duty"], lan.get("queue")["on_duty"]) == (False, 0)
    assert refusal(lan.call("POST", "duty", {"on": 1})) == (400, "bad_request")
    assert lan.post("duty", on=True) == {"on_duty": True}
    assert lan.get("queue")["on_duty"] == 1


def test_a_database_that_is_down_says_so(lan: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg2://postgres@127.0.0.1:1/name")
    settings.cache_clear()
    for method, path in (("GET", "queue"), ("POST", "duty")):
        assert refusal(lan.call(method, path, {"on": True})) == (503, "unavailable")
    assert try_to(lan, "lan", PASSWORD) == (503, "unavailable")
