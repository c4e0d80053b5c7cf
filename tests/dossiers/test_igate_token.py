"""Signing in to the procedures system: once for all, in time, and never in a log."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.dossiers.igate_token import SignIn
from bot.dossiers.model import Record
from tests.dossiers.igate import (
    CODE,
    DOSSIERS,
    SECOND,
    Clock,
    client,
    found,
    run,
)
from tests.igate_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    USERNAME,
    RunningIGate,
    running_igate,
)


@pytest.mark.parametrize(
    ("name", "person"),
    [("client_credentials", ("", "")), ("password", (USERNAME, PASSWORD))],
)
def test_both_ways_of_signing_in_work(
    igate: RunningIGate, name: str, person: tuple[str, str]
) -> None:
    sign_in = SignIn(igate.url, "digo", CLIENT_ID, CLIENT_SECRET, *person)
    assert sign_in.form["grant_type"] == name
    assert run(lambda: client(igate.url, sign_in=sign_in).by_code(CODE)) == [found(CODE)]


@pytest.mark.parametrize(
    ("secret", "person"),
    [("wrong", ("", "")), (CLIENT_SECRET, (USERNAME, "wrong")), ("", ("", ""))],
)
def test_wrong_credentials_are_refused_and_never_shown(
    igate: RunningIGate, caplog: pytest.LogCaptureFixture, secret: str, person: tuple[str, str]
) -> None:
    sign_in = SignIn(igate.url, "digo", CLIENT_ID, secret, *person)
    asked = client(igate.url, sign_in=sign_in)
    assert run(lambda: asked.by_code(CODE)) == ["sign-in: refused with status 401"]
    assert igate.counts() == {"requests": 0, "connections": 1, "tokens": 1}
    shown = caplog.text + repr(sign_in)
    assert [value for value in (secret, *person) if value and value in shown] == []


def test_a_token_is_used_until_shortly_before_its_end(igate: RunningIGate) -> None:
    clock = Clock()
    asked = client(igate.url, clock=clock)
    tokens = []
    for passed in (0, 269, 2, 269):  # tokens are good for 300 seconds
        clock.now += passed
        assert run(lambda: asked.by_code(CODE)) == [found(CODE)]
        tokens.append(igate.counts()["tokens"])
    assert tokens == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("expires_in", "good_for"), [(60, 54), (10, 9), (3600, 3570), (None, 54), ("soon", 54)]
)
def test_a_token_of_any_duration_is_renewed_in_time(expires_in: Any, good_for: int) -> None:
    clock = Clock()
    with running_igate(DOSSIERS, expires_in) as igate:
        asked = client(igate.url, clock=clock)
        for passed, tokens in ((0, 1), (good_for - 0.5, 1), (1, 2)):
            clock.now += passed
            assert run(lambda: asked.by_code(CODE)) == [found(CODE)]
            assert igate.counts()["tokens"] == tokens


def test_a_refused_token_is_replaced_once(igate: RunningIGate) -> None:
    asked = client(igate.url)
    run(lambda: asked.by_code(CODE))
    igate.set_mode("401", times=1)
    assert run(lambda: asked.by_code(SECOND)) == [found(SECOND)]
    counts = igate.counts()
    assert (counts["requests"], counts["tokens"]) == (3, 2)


def test_many_look_ups_at_once_sign_in_once(igate: RunningIGate) -> None:
    asked = client(igate.url, timeout=3)

    async def talk() -> list[Record | None]:
        first = await asyncio.gather(*(asked.by_code(CODE) for _ in range(20)))
        igate.state.tokens.clear()
        return first + await asyncio.gather(*(asked.by_code(CODE) for _ in range(20)))

    assert asyncio.run(talk()) == [found(CODE)] * 40
    assert igate.counts()["tokens"] == 2
