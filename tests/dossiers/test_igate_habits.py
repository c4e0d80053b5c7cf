"""How the client treats the procedures system, its own memory and the logs."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import types
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import uvloop

from bot.dossiers import igate_client
from bot.dossiers.igate_client import IGateGateway
from bot.dossiers.model import GatewayUnavailable, Record
from tests.dossiers.igate import (
    CODE,
    SECOND,
    THIRD,
    UNKNOWN,
    Clock,
    client,
    found,
    run,
)
from tests.igate_dossiers import IDENTITY, PHONE, dossier
from tests.igate_server import (
    RunningIGate,
)

# Connections


@pytest.fixture
def loops(request: pytest.FixtureRequest) -> Iterator[None]:
    """Event loops of asyncio's own kind, or of the one that the server runs on."""
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(request.param())
    yield
    asyncio.set_event_loop_policy(before)


PLAIN, FAST = asyncio.DefaultEventLoopPolicy, uvloop.EventLoopPolicy


@pytest.mark.parametrize("loops", [PLAIN, FAST], indirect=True)
def test_look_ups_share_one_connection(igate: RunningIGate, loops: None) -> None:
    asked = client(igate.url)
    assert run(*[lambda: asked.by_code(CODE)] * 10) == [found(CODE)] * 10
    assert igate.counts() == {"requests": 10, "connections": 1, "tokens": 1}


def look_up_in_a_loop_of_its_own(asked: IGateGateway) -> weakref.ref[asyncio.AbstractEventLoop]:
    """Not `asyncio.run`, which says good-bye to generators."""
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(asked.by_code(CODE)) == found(CODE)
    loop.close()
    return weakref.ref(loop)


@pytest.mark.parametrize("loops", [PLAIN], indirect=True)
def test_a_client_outlives_its_loops_without_a_word(
    igate: RunningIGate, loops: None, caplog: pytest.LogCaptureFixture
) -> None:
    asked = client(igate.url)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        dropped = look_up_in_a_loop_of_its_own(asked)
        assert asyncio.run(asked.by_code(CODE)) == found(CODE)
        gc.collect()
        assert dropped() is None
        look_up_in_a_loop_of_its_own(asked)
        del asked
        gc.collect()
    assert [r.getMessage() for r in caplog.records] == []
    # Of sockets whose loop was closed in passing asyncio itself warns; aiohttp must not.
    others = [str(w.message) for w in warned if "unclosed <socket" not in str(w.message)]
    assert [message for message in others if "unclosed transport" not in message] == []


def test_a_closed_client_opens_again(igate: RunningIGate) -> None:
    asked = client(igate.url)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    assert run(ask, asked.close, asked.close, ask) == [found(CODE), None, None, found(CODE)]
    assert igate.counts() == {"requests": 2, "connections": 2, "tokens": 1}


# The circuit


def test_after_five_failures_in_a_row_nothing_is_asked_until_a_trial_succeeds(
    igate: RunningIGate,
) -> None:
    asked = client(igate.url, open_seconds=0.3)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    igate.set_mode("500")
    assert run(*[ask] * 7) == ["status 500"] * 5 + ["circuit open"] * 2
    assert igate.counts()["requests"] == 5
    time.sleep(0.35)
    assert run(ask, ask) == ["status 500", "circuit open"]
    assert igate.counts()["requests"] == 6
    igate.set_mode("ok")
    assert run(ask) == ["circuit open"]
    time.sleep(0.35)
    assert run(ask, ask) == [found(CODE)] * 2


def test_only_one_look_up_is_on_trial(igate: RunningIGate) -> None:
    asked = client(igate.url, open_seconds=0.2)
    igate.set_mode("500")
    run(*[lambda: asked.by_code(CODE)] * 5)
    igate.set_mode("slow", seconds=0.2)
    time.sleep(0.25)

    async def talk() -> list[Any]:
        asks = (asked.by_code(CODE) for _ in range(8))
        return await asyncio.gather(*asks, return_exceptions=True)

    results = asyncio.run(talk())
    assert [r for r in results if not isinstance(r, GatewayUnavailable)] == [found(CODE)]
    assert igate.counts()["requests"] == 6


def test_dossiers_that_do_not_exist_open_no_circuit(igate: RunningIGate) -> None:
    asked = client(igate.url)
    ask = lambda: asked.by_code(UNKNOWN)  # noqa: E731
    igate.set_mode("404", times=7)
    assert run(*[ask] * 14) == [None] * 14


def test_a_success_between_failures_keeps_the_circuit_closed(igate: RunningIGate) -> None:
    asked = client(igate.url)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    for _ in range(3):
        igate.set_mode("500", times=4)
        assert run(*[ask] * 5) == ["status 500"] * 4 + [found(CODE)]


def test_askers_who_leave_open_no_circuit(igate: RunningIGate) -> None:
    asked = client(igate.url)
    igate.set_mode("slow", times=6, seconds=0.1)

    async def talk() -> Record | None:
        for _ in range(6):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(asked.by_code(CODE), 0.02)
        await asyncio.sleep(0.3)
        return await asked.by_code(CODE)

    assert asyncio.run(talk()) == found(CODE)


# The cache


def test_an_answer_is_given_again_for_some_seconds(igate: RunningIGate) -> None:
    clock = Clock()
    asked = client(igate.url, cache_seconds=30, clock=clock)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    unknown = lambda: asked.by_code(UNKNOWN)  # noqa: E731
    run(ask, unknown)
    igate.set_mode("500")
    clock.now += 29
    assert run(ask, unknown) == [found(CODE), None]
    assert igate.counts()["requests"] == 2
    clock.now += 2
    assert run(ask, unknown) == ["status 500"] * 2


def test_failures_are_not_given_again(igate: RunningIGate) -> None:
    asked = client(igate.url, cache_seconds=30)
    igate.set_mode("500", times=1)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    assert run(ask, ask) == ["status 500", found(CODE)]


def test_a_changed_dossier_is_seen_when_the_cache_is_off(igate: RunningIGate) -> None:
    asked = client(igate.url, cache_seconds=0)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    [before] = run(ask)
    igate.state.dossiers = [dossier(CODE, "Có kết quả")]
    [after] = run(ask)
    assert (before.dossier.status, after.dossier.status) == ("Đang xử lý", "Có kết quả")


def test_the_cache_is_bounded_and_forgets_the_oldest(
    igate: RunningIGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(igate_client, "CACHE_SIZE", 2)
    asked = client(igate.url, cache_seconds=30)
    asks = [lambda code=code: asked.by_code(code) for code in (CODE, SECOND, THIRD)]
    run(*asks)
    assert run(*asks[1:]) == [found(SECOND), found(THIRD)]
    assert igate.counts()["requests"] == 3
    run(asks[0])
    assert igate.counts()["requests"] == 4


# Persons' numbers


def texts_within(root: object) -> str:
    """All texts and bytes that can be reached from an object, without modules and classes."""
    seen: dict[int, object] = {}
    waiting: list[object] = [root]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, types.ModuleType | types.FunctionType | type):
            continue
        seen[id(item)] = item
        waiting.extend(gc.get_referents(item))
    texts = [item for item in seen.values() if isinstance(item, str | bytes | bytearray)]
    return "\n".join(
        item if isinstance(item, str) else bytes(item).decode("latin-1") for item in texts
    )


@pytest.mark.parametrize("mode", ["ok", "500", "broken-json", "slow", "reset"])
def test_no_number_of_a_person_stays_in_memory_or_gets_into_logs(
    igate: RunningIGate, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = client(igate.url, cache_seconds=30)
    kept: list[str] = []

    async def talk() -> None:
        for ask in (lambda: asked.by_code(CODE), lambda: asked.by_person(PHONE, IDENTITY)):
            igate.set_mode(mode, seconds=1)
            try:
                await ask()
            except GatewayUnavailable as failure:
                kept.append(texts_within(failure.__cause__) + texts_within(failure.__context__))
                kept.append(str(failure))
        kept.append(texts_within(vars(asked)))

    asyncio.run(talk())
    everything = "\n".join([*kept, caplog.text, repr(vars(asked))])
    assert igate.url in everything  # the right things were looked at
    assert [number for number in (PHONE, IDENTITY, "Nguyễn Văn Thử") if number in everything] == []
    assert [code for code in (CODE,) if code in caplog.text] == []


def test_a_lasting_failure_is_logged_once_until_it_works_again(
    igate: RunningIGate, caplog: pytest.LogCaptureFixture
) -> None:
    asked = client(igate.url)
    ask = lambda: asked.by_code(CODE)  # noqa: E731
    for _ in range(2):
        igate.set_mode("500", times=3)
        run(*[ask] * 4)
    records = [r for r in caplog.records if r.name == igate_client.__name__]
    lines = [r.getMessage() for r in records]
    # An exception in a record would keep alive what its frames hold.
    assert [r.args for r in records] == [("status 500",)] * 2
    assert lines == ["The procedures system cannot be asked: status 500"] * 2
