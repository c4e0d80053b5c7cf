"""Sending to a test server: tokens are renewed once, kept, and never shown."""

from __future__ import annotations

import asyncio
import logging
import stat
import threading
from collections.abc import Iterator

import pytest

from bot.channels.zalo_client import ZaloClient
from bot.channels.zalo_http import ZaloFailure
from bot.channels.zalo_tokens import FILE, Tokens
from bot.settings import Settings, settings
from tests import zalo_server
from tests.zalo_server import ACCESS, REFRESH, USER, ZaloServer

MESSAGE = {"text": "Chào anh/chị"}


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with zalo_server.running_zalo() as server:
        yield server


@pytest.fixture(autouse=True)
def account(
    zalo: ZaloServer, fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    for name, value in zalo.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return settings()


def send(*clients: ZaloClient, times: int = 1) -> list[BaseException | None]:
    """All clients send so many messages at once."""

    async def all_at_once() -> list[BaseException | None]:
        sending = [client.send(USER, MESSAGE) for client in clients for _ in range(times)]
        return await asyncio.gather(*sending, return_exceptions=True)

    return asyncio.run(all_at_once())


def test_a_message_arrives_with_the_token_of_the_settings(zalo: ZaloServer) -> None:
    assert send(ZaloClient(settings())) == [None]
    assert zalo.sent == [{"recipient": {"user_id": USER}, "message": MESSAGE}]
    assert zalo.refreshes == 0


def test_a_refused_token_is_renewed_and_the_message_repeated(zalo: ZaloServer) -> None:
    zalo.expire()
    assert send(ZaloClient(settings())) == [None]
    assert (zalo.refreshes, len(zalo.sent)) == (1, 1)
    assert zalo.refresh_token != REFRESH


def test_a_status_401_means_the_same(zalo: ZaloServer) -> None:
    zalo.fail(zalo_server.UNAUTHORIZED)
    assert send(ZaloClient(settings())) == [None]
    assert zalo.refreshes == 1


def test_many_messages_renew_the_token_once(zalo: ZaloServer) -> None:
    zalo.expire()
    zalo.refresh_seconds = 0.2
    assert send(ZaloClient(settings()), times=8) == [None] * 8
    assert (zalo.refreshes, zalo.most_refreshes_at_once, len(zalo.sent)) == (1, 1, 8)


def test_two_processes_renew_the_token_once(zalo: ZaloServer) -> None:
    zalo.expire()
    zalo.refresh_seconds = 0.2
    # Nothing but the folder is shared: each has a client and a loop of its own.
    found: list[BaseException | None] = []
    threads = [
        threading.Thread(target=lambda: found.extend(send(ZaloClient(settings()), times=3)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [None] * 9
    assert (zalo.refreshes, zalo.most_refreshes_at_once) == (1, 1)


def test_new_tokens_survive_a_restart(zalo: ZaloServer) -> None:
    zalo.expire()
    send(ZaloClient(settings()))
    assert send(ZaloClient(settings())) == [None]
    assert zalo.refreshes == 1
    zalo.expire()
    assert send(ZaloClient(settings())) == [None]
    assert (zalo.refreshes, len(zalo.sent)) == (2, 3)


def test_new_tokens_of_the_settings_win_over_the_file(
    zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    zalo.expire()
    send(ZaloClient(settings()))
    zalo.access_tokens, zalo.refresh_token = set(), "given-anew"
    monkeypatch.setenv("BOT_ZALO_REFRESH_TOKEN", "given-anew")
    monkeypatch.delenv("BOT_ZALO_ACCESS_TOKEN")
    settings.cache_clear()
    assert send(ZaloClient(settings())) == [None]
    assert zalo.refreshes == 2


def test_the_file_is_sealed_and_only_its_owner_reads_it(
    zalo: ZaloServer, account: Settings
) -> None:
    zalo.expire()
    send(ZaloClient(account))
    file = account.var_dir / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_text()
    for token in (*zalo.access_tokens, zalo.refresh_token, ACCESS, REFRESH):
        assert token not in content
    assert [path.name for path in account.var_dir.iterdir() if path.name.startswith(".")] == []


def test_a_file_that_cannot_be_opened_is_passed_over(
    zalo: ZaloServer, account: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (account.var_dir / FILE).write_text("gAAAA-of-another-secret")
    assert send(ZaloClient(account)) == [None]
    assert "cannot be opened" in caplog.text


def test_a_token_is_renewed_before_it_ends(zalo: ZaloServer) -> None:
    zalo.expire()
    zalo.expires_in = 200
    client = ZaloClient(settings())
    send(client)
    zalo.expires_in = "90000"
    assert send(client) == [None]
    assert zalo.refreshes == 2
    send(client)
    assert zalo.refreshes == 2


def test_a_token_that_ends_soon_serves_while_renewing_fails(zalo: ZaloServer) -> None:
    zalo.expire()
    zalo.expires_in = 200
    client = ZaloClient(settings())
    send(client)
    zalo.refresh_status = 500
    assert send(client) == [None]
    assert (zalo.refreshes, len(zalo.sent)) == (2, 2)


@pytest.mark.parametrize("expires_in", [None, "soon", -1])
def test_a_token_without_an_end_is_used_until_it_is_refused(
    zalo: ZaloServer, expires_in: object
) -> None:
    zalo.expire()
    zalo.expires_in = expires_in
    client = ZaloClient(settings())
    send(client, times=2)
    assert zalo.refreshes == 1


def test_waiting_given_up_does_not_lose_the_new_tokens(zalo: ZaloServer) -> None:
    zalo.expire()
    zalo.refresh_seconds = 0.5

    async def give_up() -> None:
        tokens = Tokens(settings())
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(tokens.token(ACCESS), 0.1)
        await tokens.finish()

    asyncio.run(give_up())
    assert send(ZaloClient(settings())) == [None]
    assert zalo.refreshes == 1


def test_a_refused_refresh_token_is_said_once_for_a_message(
    zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    zalo.expire()
    zalo.refresh_token = "somebody-elses"
    [failure] = send(ZaloClient(settings()))
    assert isinstance(failure, ZaloFailure)
    assert str(failure) == "the refresh token is refused with error -14014"
    assert zalo.sent == []


def test_without_a_refresh_token_a_refused_token_is_the_end(
    zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_ZALO_REFRESH_TOKEN")
    settings.cache_clear()
    assert send(ZaloClient(settings())) == [None]
    zalo.expire()
    [failure] = send(ZaloClient(settings()))
    assert "no refresh token" in str(failure)
    assert zalo.refreshes == 0


@pytest.mark.parametrize("fault", [zalo_server.RATE, zalo_server.TOO_MANY])
def test_what_zalo_had_no_time_for_is_repeated_once(zalo: ZaloServer, fault: str) -> None:
    zalo.fail(fault)
    assert send(ZaloClient(settings())) == [None]
    assert len(zalo.sent) == 1
    zalo.fail(fault, times=2)
    [failure] = send(ZaloClient(settings()))
    assert isinstance(failure, ZaloFailure)
    assert (len(zalo.sent), len(zalo.requests)) == (1, 4)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (zalo_server.ERROR, "status 500"),
        (zalo_server.GARBAGE, "not a JSON object"),
        (zalo_server.SLOW, "time-out"),
        (zalo_server.CLOSED, "ServerDisconnectedError"),
    ],
)
def test_what_may_have_been_done_is_not_repeated(zalo: ZaloServer, fault: str, reason: str) -> None:
    zalo.fail(fault)
    [failure] = send(ZaloClient(settings(), timeout=0.5))
    assert str(failure) == reason
    assert len(zalo.requests) == 1


def test_failures_tell_nothing_of_citizen_text_or_token(
    zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def send_to_nobody() -> str:
        with pytest.raises(ZaloFailure) as failure:
            await ZaloClient(settings()).send("99912345678", {"text": "bí mật"})
        return str(failure.value)

    assert asyncio.run(send_to_nobody()) == "error -201"
    assert zalo.refused == ["user_id is invalid"]
    zalo.stop()
    [failure] = send(ZaloClient(settings()))
    assert str(failure) == "no connection"
    for hidden in ("99912345678", "bí mật", ACCESS, REFRESH, USER):
        assert hidden not in caplog.text
