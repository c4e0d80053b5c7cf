"""The enumeration attack gets nothing and is shut out; owners still see their dossiers."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.dossiers import lookup
from bot.dossiers.csv_import import import_dossiers
from bot.dossiers.model import Asker
from bot.settings import PROJECT_ROOT, Settings
from tests.dossiers.enumeration_attack import (
    BOTNET,
    NEW_SESSIONS,
    ONE_CODE,
    ONE_SESSION,
    WAYS,
    Guess,
    Result,
    attack,
    guesses,
)
from tests.dossiers.files import write_csv
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.looking_up import DIRECT, NOON

SECOND = dt.timedelta(seconds=1)
CODES = [f"H48.16-230512-{number:04}" for number in range(1, 401)]
OWNED = CODES[0]
OWNER = Asker("an-owner", "web", "a-household")


def _number(dice: random.Random, start: str, length: int) -> str:
    return start + "".join(str(dice.randrange(10)) for _ in range(length - len(start)))


@pytest.fixture
def phone(database_ready: Settings, tmp_path: Path) -> str:
    """300 dossiers among 400 codes in a row, numbers from a fixed seed; the first one's phone."""
    dice = random.Random(20260720)
    rows = [
        {
            "code": code,
            "applicant_phone": _number(dice, "09", 10),
            "applicant_identity_number": _number(dice, "051", 12),
        }
        for code in [OWNED, *sorted(dice.sample(CODES[1:], 299))]
    ]
    import_dossiers(write_csv(tmp_path / "dossiers.csv", *rows))
    return rows[0]["applicant_phone"]


@pytest.fixture
def gateway(phone: str, monkeypatch: pytest.MonkeyPatch) -> WatchedGateway:
    watched = WatchedGateway()
    monkeypatch.setattr(lookup, "gateway", lambda: watched)
    return watched


def attacked(way: str, tries: int, pace: dt.timedelta, at_once: int = 1) -> Result:
    """The attack in this process; the clock goes on by `pace` with each guess."""

    async def ask(guess: Guess) -> bool:
        asker = Asker(guess.session, "web", guess.address)
        now = NOON + guess.number * pace
        return await lookup.look_up(guess.code, guess.digits, asker, now) is not None

    return asyncio.run(attack(way, guesses(way, tries, CODES), ask, at_once))


def is_shown(digits: str, asker: Asker, now: dt.datetime) -> bool:
    return asyncio.run(lookup.look_up(OWNED, digits, asker, now)) is not None


def outcome(result: Result) -> tuple[int, int, int]:
    return result.tries, result.shown, result.errors


def test_one_conversation_is_shut_out(gateway: WatchedGateway, phone: str) -> None:
    assert outcome(attacked(ONE_SESSION, 2500, 4 * SECOND)) == (2500, 0, 0)
    # Ten, and one after each lock of 1, 2, 4 … 64 minutes: in 2 hours 47 minutes.
    assert len(gateway.asked) == 17
    assert is_shown(phone[-4:], OWNER, NOON + 10_000 * SECOND)


def test_one_address_is_shut_out_whatever_conversations_it_begins(
    gateway: WatchedGateway, phone: str
) -> None:
    assert outcome(attacked(NEW_SESSIONS, 2500, 4 * SECOND)) == (2500, 0, 0)
    assert len(gateway.asked) == 57
    assert is_shown(phone[-4:], OWNER, NOON + 10_000 * SECOND)


def test_many_addresses_make_four_digits_useless(gateway: WatchedGateway, phone: str) -> None:
    assert outcome(attacked(BOTNET, 5000, 2 * SECOND)) == (5000, 0, 0)
    assert len(gateway.asked) == 201
    end = NOON + 10_000 * SECOND
    assert not is_shown(phone[-4:], OWNER, end)
    assert is_shown(phone, OWNER, end)
    assert is_shown(phone[-4:], DIRECT, end)


def test_all_digits_of_one_code_at_once_from_everywhere_open_nothing(
    gateway: WatchedGateway, phone: str
) -> None:
    # The right ones are surely among them.
    assert phone[-4:] in {g.digits for g in guesses(ONE_CODE, 10_000, CODES)}
    assert outcome(attacked(ONE_CODE, 10_000, 0 * SECOND, at_once=50)) == (10_000, 0, 0)
    assert gateway.asked == [OWNED] * 10
    assert not is_shown(phone, OWNER, NOON + 59 * SECOND)
    assert is_shown(phone, OWNER, NOON + 60 * SECOND)


@pytest.mark.parametrize("way", WAYS)
def test_an_attack_is_the_same_each_time_and_asks_as_its_way_says(way: str) -> None:
    made = list(guesses(way, 500, CODES))
    assert made == list(guesses(way, 500, CODES))
    distinct = {
        ONE_SESSION: (1, 1),
        NEW_SESSIONS: (500, 1),
        BOTNET: (500, 500),
        ONE_CODE: (500, 500),
    }
    assert (len({g.session for g in made}), len({g.address for g in made})) == distinct[way]
    assert (len({g.code for g in made}) == 1) is (way == ONE_CODE)
    assert {len(g.digits) for g in made} == {4}


class _Leaky(BaseHTTPRequestHandler):
    """A REST channel that shows a dossier to whoever offers 1 as the last digit."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = "answered" if body["message"].endswith("1") else "refused"
        answer = {"custom": {"answer": {"topic": "status", "status": status}}}
        content = json.dumps([{"text": "…"}, answer]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def leaky_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Leaky) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def run_script(*arguments: str) -> tuple[int, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.dossiers.enumeration_attack", *arguments],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_the_script_finds_a_leak(leaky_url: str) -> None:
    status, found = run_script("--url", leaky_url, "--tries", "100", "--way", BOTNET)
    expected = sum(g.digits.endswith("1") for g in guesses(BOTNET, 100, CODES))
    assert status == 1
    assert (found["tries"], found["shown"], found["errors"]) == (100, expected, 0)
    assert expected > 0


def test_the_script_does_not_take_a_dead_server_for_a_safe_one() -> None:
    status, found = run_script("--url", "http://127.0.0.1:1", "--tries", "5")
    assert status == 1
    assert (found["tries"], found["shown"], found["errors"]) == (5, 0, 5)
