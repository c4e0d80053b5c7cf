"""How often one network address may ask."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.settings import Settings, settings
from tests.http.serving import BROWSER, PROGRAM, Server

MOST = 5
# A proxy on this machine names its client.
CROWD, NEIGHBOUR = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def small_server(shipped_seed: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("BOT_REQUESTS_PER_ADDRESS", str(MOST))
    settings.cache_clear()
    running = Server()
    running.start()
    yield running
    running.stop()


def statuses(server: Server, path: str, **headers: str) -> list[int]:
    return [server.ask(path, **headers).status for _ in range(MOST + 1)]


def test_an_address_that_asks_too_fast_is_turned_away_in_words(small_server: Server) -> None:
    asked = {"X_Forwarded_For": CROWD, "Accept": PROGRAM}
    assert statuses(small_server, "/web/licenses.txt", **asked) == [*[200] * MOST, 429]
    program = small_server.ask("/api/procedures/1.001193", **asked)
    assert 1 <= int(program.headers["retry-after"]) <= 60 / MOST
    assert json.loads(program.text)["error"] == {
        "code": "too_many_requests",
        "message": "Yêu cầu gửi đến nhanh quá. Anh/chị chờ ít giây rồi thử lại giúp em.",
    }
    citizen = small_server.ask("/", **{**asked, "Accept": BROWSER})
    assert citizen.status == 429
    assert "<p>Yêu cầu gửi đến nhanh quá." in citizen.text
    other = small_server.ask("/web/licenses.txt", X_Forwarded_For=NEIGHBOUR)
    assert other.status == 200


def test_the_last_named_client_is_the_one_that_counts(small_server: Server) -> None:
    # What stands before may be made up by the client.
    for number in range(MOST):
        made_up = f"198.51.100.{number}, {CROWD}"
        assert small_server.ask("/web/licenses.txt", X_Forwarded_For=made_up).status == 200
    assert small_server.ask("/web/licenses.txt", X_Forwarded_For=CROWD).status == 429


def test_this_machine_itself_is_not_counted(small_server: Server) -> None:
    assert set(statuses(small_server, "/web/licenses.txt")) == {200}


def test_whether_the_server_lives_may_always_be_asked(small_server: Server) -> None:
    assert set(statuses(small_server, "/health/live", X_Forwarded_For=CROWD)) == {200}
