"""The client of the procedures system finds dossiers and bears every fault that is known."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.dossiers import igate_client
from bot.dossiers.gateway import gateway
from bot.dossiers.igate_client import IGateGateway
from bot.dossiers.igate_http import Lines
from bot.dossiers.verification import matches
from bot.settings import Settings, SettingsError, settings
from tests.dossiers.igate import (
    CODE,
    LONGER,
    SECOND,
    SECRET,
    SLACK,
    THIRD,
    TIMEOUT,
    UNKNOWN,
    client,
    found,
    run,
)
from tests.igate_dossiers import IDENTITY, OTHER_IDENTITY, OTHER_PHONE, PHONE, dossier
from tests.igate_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    RunningIGate,
    running_igate,
)
from tests.running_bot import free_port

# Finding


def test_a_dossier_is_found_by_its_code_and_not_by_a_part_of_it(igate: RunningIGate) -> None:
    asked = client(igate.url)
    codes = (CODE, LONGER, UNKNOWN, CODE[:-1], "H48.16-260701")
    records = run(*(lambda code=code: asked.by_code(code) for code in codes))
    assert records == [found(CODE), found(LONGER), None, None, None]
    assert matches(SECRET, CODE, PHONE[-4:], records[0].numbers)
    assert igate.counts()["requests"] == 4  # "H48.16-260701" is no code at all


def test_a_code_in_another_spelling_is_the_same_dossier(igate: RunningIGate) -> None:
    asked = client(igate.url)
    assert run(lambda: asked.by_code("h48.16 260701 3")) == [found(CODE)]


def test_a_dossier_on_a_later_page_of_results_is_found_and_pages_are_bounded() -> None:
    longer = [dossier(f"{CODE}{n // 10}{n % 10}") for n in range(100)]
    with running_igate([*longer[:45], dossier(CODE), *longer[45:]]) as igate:
        assert run(lambda: client(igate.url).by_code(CODE))[0].dossier.code == CODE
        assert igate.counts()["requests"] == 5
    with running_igate([*longer, dossier(CODE)]) as igate:
        assert run(lambda: client(igate.url).by_code(CODE)) == [None]
        assert igate.counts()["requests"] == 5


def test_a_person_gets_only_dossiers_with_both_numbers_the_latest_first(
    igate: RunningIGate,
) -> None:
    asked = client(igate.url)
    asks = [
        (PHONE, IDENTITY),
        (OTHER_PHONE, IDENTITY),
        (PHONE, OTHER_IDENTITY),
        (OTHER_PHONE, OTHER_IDENTITY),
    ]
    results = run(*(lambda ask=ask: asked.by_person(*ask) for ask in asks))
    owned = [[record.dossier.code for record in records] for records in results]
    assert owned == [
        [SECOND, CODE, LONGER, "H48.16-260705-0007"],
        [THIRD],
        ["H48.16-260704-0006"],
        [],
    ]
    assert results[0][1] == found(CODE)


@pytest.mark.parametrize(
    ("phone", "identity"),
    [("", IDENTITY), (PHONE, ""), (PHONE[-4:], IDENTITY[-4:]), (PHONE, IDENTITY[-4:]), ("", "")],
)
def test_without_two_whole_numbers_nothing_is_asked(
    igate: RunningIGate, phone: str, identity: str
) -> None:
    assert run(lambda: client(igate.url).by_person(phone, identity)) == [[]]
    assert igate.counts()["requests"] == 0


def test_a_person_with_many_dossiers_gets_those_of_all_pages() -> None:
    with running_igate([dossier(f"H48.16-260701-{n:04}") for n in range(1, 121)]) as igate:
        [records] = run(lambda: client(igate.url).by_person(PHONE, IDENTITY))
        assert [r.dossier.code for r in records] == [f"H48.16-260701-{n:04}" for n in range(1, 121)]
        assert igate.counts()["requests"] == 3


# Faults

FAULTS = [
    # mode, seconds, what comes out, requests, the longest it takes
    ("404", None, None, 1, 0),
    ("empty", None, None, 1, 0),
    ("wrong-code", None, None, 1, 0),
    ("401-always", None, "status 401 with a new token", 2, 0),
    ("403", None, "status 403", 1, 0),
    ("429", None, "status 429", 1, 0),
    ("429", 60, "status 429", 1, 0),
    ("429", 0, "status 429", 2, 0),
    ("500", None, "status 500", 1, 0),
    ("502", None, "status 502", 2, 0.1),
    ("503", None, "status 503", 2, 0.1),
    ("503", 60, "status 503", 1, 0),
    ("302", None, "status 302", 1, 0),
    ("html", None, "not JSON by its content type", 1, 0),
    ("broken-json", None, "broken JSON", 1, 0),
    ("wrong-shape", None, "JSON of another shape", 1, 0),
    ("huge", None, "answer too large", 1, 0.2),
    ("reset", None, "connection lost", 2, 0.1),
    ("slow", 5, "time-out", 1, TIMEOUT),
    ("drip", None, "time-out", 1, TIMEOUT),
    ("token-500", None, "sign-in: status 500", 0, 0),
    ("token-broken", None, "sign-in: no token in the answer", 0, 0),
    ("token-slow", 5, "sign-in: time-out", 0, TIMEOUT),
]


@pytest.mark.parametrize(
    ("mode", "seconds", "outcome", "requests", "longest"),
    FAULTS,
    ids=lambda v: str(v) if isinstance(v, str) else "",
)
def test_each_fault_ends_soon_and_says_nothing_of_the_dossier(
    igate: RunningIGate,
    caplog: pytest.LogCaptureFixture,
    mode: str,
    seconds: float | None,
    outcome: str | None,
    requests: int,
    longest: float,
) -> None:
    asked = client(igate.url)
    igate.set_mode(mode, seconds=seconds)
    started = time.monotonic()
    assert run(lambda: asked.by_code(CODE)) == [outcome]
    assert time.monotonic() - started < longest + SLACK
    assert igate.counts()["requests"] == requests
    said = [r.getMessage() for r in caplog.records if r.name == igate_client.__name__]
    expected = [f"The procedures system cannot be asked: {outcome}"] if outcome else []
    assert [line for line in said if "404" not in line] == expected
    igate.set_mode("ok")
    assert run(lambda: asked.by_code(CODE)) == [found(CODE)]


@pytest.mark.parametrize("mode", ["502", "503", "reset", "429"])
def test_what_passes_by_itself_is_repeated_once(igate: RunningIGate, mode: str) -> None:
    igate.set_mode(mode, times=1, seconds=0 if mode == "429" else None)
    assert run(lambda: client(igate.url).by_code(CODE)) == [found(CODE)]
    assert igate.counts()["requests"] == 2


def test_a_second_of_patience_is_given_to_a_server_that_asks_for_it(igate: RunningIGate) -> None:
    igate.set_mode("429", times=1, seconds=1)
    started = time.monotonic()
    assert run(lambda: client(igate.url, timeout=2).by_code(CODE)) == [found(CODE)]
    assert 1 <= time.monotonic() - started < 1 + SLACK


def test_a_look_up_of_many_slow_requests_ends_after_twice_the_time_out() -> None:
    longer = [dossier(f"{CODE}{n // 10}{n % 10}") for n in range(60)]
    with running_igate(longer) as igate:
        igate.set_mode("slow", seconds=TIMEOUT * 0.7)
        started = time.monotonic()
        assert run(lambda: client(igate.url).by_code(CODE)) == ["time-out"]
        assert 2 * TIMEOUT <= time.monotonic() - started < 2 * TIMEOUT + SLACK
        assert igate.counts()["requests"] < 5


def test_a_time_out_of_seconds_is_not_rounded_up() -> None:
    async def timeout() -> aiohttp.ClientTimeout:
        return (await Lines(5).line()).session.timeout

    # Seen: 5.99 seconds with aiohttp's own threshold, from which on it rounds up.
    assert asyncio.run(timeout()) == aiohttp.ClientTimeout(total=5, ceil_threshold=math.inf)


def test_a_closed_port_is_no_answer(igate: RunningIGate) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    started = time.monotonic()
    assert run(lambda: client(nobody, igate.url).by_code(CODE)) == ["no connection"]
    assert run(lambda: client(igate.url, nobody).by_code(CODE)) == ["sign-in: no connection"]
    assert time.monotonic() - started < 2 * SLACK


def test_a_person_is_not_told_of_faults_either(igate: RunningIGate) -> None:
    igate.set_mode("broken-json")
    assert run(lambda: client(igate.url).by_person(PHONE, IDENTITY)) == ["broken JSON"]


# Settings


@pytest.fixture
def igate_settings(
    igate: RunningIGate, fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("BOT_IGATE_URL", f"{igate.url}/")
    monkeypatch.setenv("BOT_IGATE_SSO_URL", igate.sso_url)
    monkeypatch.setenv("BOT_IGATE_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("BOT_IGATE_CLIENT_SECRET", CLIENT_SECRET)
    settings.cache_clear()
    gateway.cache_clear()
    yield
    gateway.cache_clear()


def test_the_gateway_that_the_settings_name_finds_dossiers(igate_settings: None) -> None:
    asked = gateway()
    assert isinstance(asked, IGateGateway)
    [record] = run(lambda: asked.by_code(CODE))
    assert record.dossier == found(CODE).dossier
    assert matches(settings().secret, CODE, PHONE[-4:], record.numbers)


@pytest.mark.parametrize("name", ["BOT_IGATE_SSO_URL", "BOT_IGATE_CLIENT_ID"])
def test_a_missing_setting_is_named(
    igate_settings: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=f"To ask the procedures system, set {name}"):
        gateway()


def test_a_file_of_fields_that_is_not_there_is_named(
    igate_settings: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BOT_IGATE_FIELDS", str(tmp_path / "none.yml"))
    settings.cache_clear()
    with pytest.raises(SettingsError, match="BOT_IGATE_FIELDS"):
        gateway()
