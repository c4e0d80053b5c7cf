"""The identity check: a yes or no, and nothing of a person."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Iterator

import pytest

from bot.identity.check import IdentityCheck, IdentityCheckUnavailable, identity_check
from bot.identity.http_check import TIMEOUT, HttpIdentityCheck
from bot.settings import Settings, settings
from tests.identity import identity_server as desk
from tests.identity.identity_server import IDENTITY, NAME, PHONE, TOKEN, IdentityServer, Request

OTHER_PHONE = "0905123457"
NO_VERDICT = "The identity check answered with something else than yes or no."
# Mode → what the error says; the rest of the table is that nothing else is said.
FAULTS = {
    desk.SLOW: "The identity check does not answer (TimeoutError).",
    desk.UNAUTHORIZED: "The identity check answered with status 401.",
    desk.SERVER_ERROR: "The identity check answered with status 500.",
    desk.REDIRECT: "The identity check answered with status 307.",
    desk.BROKEN_JSON: "The identity check answered with broken JSON.",
    desk.TOO_MUCH: NO_VERDICT,
    desk.CUT_OFF: "The identity check does not answer (ClientPayloadError).",
    desk.REFUSED: "The identity check does not answer (ClientConnectorError).",
}


@pytest.fixture
def server() -> Iterator[IdentityServer]:
    with desk.running_identity_server() as running:
        yield running


def check_of(server: IdentityServer, timeout: float = 2.0) -> HttpIdentityCheck:
    return HttpIdentityCheck(server.url, TOKEN, timeout=timeout)


def ask(check: IdentityCheck, identity_number: str = IDENTITY, phone: str = PHONE) -> bool:
    return asyncio.run(check.matches(identity_number, phone))


def test_it_is_off_by_default(fresh_settings: Settings) -> None:
    assert fresh_settings.identity_check_url == ""
    assert identity_check() is None


def test_an_address_switches_it_on(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_IDENTITY_CHECK_URL", "http://127.0.0.1:9/desk/")
    monkeypatch.setenv("BOT_IDENTITY_CHECK_TOKEN", TOKEN)
    settings.cache_clear()
    assert identity_check() == HttpIdentityCheck("http://127.0.0.1:9/desk", TOKEN, timeout=5.0)


def test_the_gateway_offers_one_question_and_no_field() -> None:
    for gateway in (IdentityCheck, HttpIdentityCheck):
        methods = {n for n, member in vars(gateway).items() if callable(member) and n[0] != "_"}
        assert methods == {"matches"}
        assert gateway.matches.__annotations__["return"] == "bool"


@pytest.mark.parametrize(
    ("identity_number", "phone", "expected"),
    [
        (IDENTITY, PHONE, True),
        (IDENTITY, OTHER_PHONE, False),
        ("212345678", PHONE, False),
        (IDENTITY, "02553822862", False),
    ],
)
def test_a_person_matches_or_does_not(
    server: IdentityServer, identity_number: str, phone: str, expected: bool
) -> None:
    assert ask(check_of(server), identity_number, phone) is expected
    body = {"identity_number": identity_number, "phone": phone}
    assert server.requests == [Request("/match", f"Bearer {TOKEN}", body)]


@pytest.mark.parametrize(("mode", "says"), FAULTS.items())
def test_each_fault_is_one_error_after_one_request(
    server: IdentityServer, mode: str, says: str
) -> None:
    server.set_mode(mode)
    with pytest.raises(IdentityCheckUnavailable) as raised:
        ask(check_of(server, timeout=0.3 if mode == desk.SLOW else 2.0))
    assert str(raised.value) == says
    assert len(server.requests) == (0 if mode == desk.REFUSED else 1)


def test_a_wrong_token_is_a_fault_and_no_mismatch(server: IdentityServer) -> None:
    with pytest.raises(IdentityCheckUnavailable, match=r"status 401\.$"):
        ask(HttpIdentityCheck(server.url, "another", timeout=2.0))


def test_it_works_again_when_the_fault_is_over(server: IdentityServer) -> None:
    check = check_of(server)
    for mode in (desk.REFUSED, desk.SERVER_ERROR):
        server.set_mode(mode)
        with pytest.raises(IdentityCheckUnavailable):
            ask(check)
    server.set_mode(desk.OK)
    assert ask(check) is True


def test_a_slow_answer_is_waited_for_no_longer_than_allowed(server: IdentityServer) -> None:
    server.set_mode(desk.SLOW)
    began = time.monotonic()
    with pytest.raises(IdentityCheckUnavailable):
        ask(check_of(server, timeout=0.3))
    assert 0.25 < time.monotonic() - began < desk.SLOW_SECONDS / 2
    assert TIMEOUT == 5.0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"match": true}', True),
        (b'{"match": false}', False),
        (b' {\n "match" :\n false }\n', False),
    ],
)
def test_a_single_boolean_is_an_answer(server: IdentityServer, body: bytes, expected: bool) -> None:
    server.set_mode(desk.GIVEN)
    server.body = body
    assert ask(check_of(server)) is expected


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"true",
        b"null",
        b"[]",
        b'["match", true]',
        b'[["match", true]]',
        b'[{"match": true}]',
        b'{"match": 1}',
        b'{"match": 0}',
        b'{"match": null}',
        b'{"match": "true"}',
        b'{"match": [true]}',
        b'{"match": {"match": true}}',
        b'{"Match": true}',
        b'{"match": true, "match": true}',
        b'{"match": false, "match": true}',
        b'{"match": true, "name": null}',
        b'{"match": true}' + b" " * 100,
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused(server: IdentityServer, body: bytes) -> None:
    server.set_mode(desk.GIVEN)
    server.body = body
    with pytest.raises(IdentityCheckUnavailable) as raised:
        ask(check_of(server))
    assert str(raised.value) == NO_VERDICT


@pytest.mark.parametrize("body", [b"", b"match", b"\xff\xfe", b'{"match": true', b"<html></html>"])
def test_what_is_no_json_is_refused(server: IdentityServer, body: bytes) -> None:
    server.set_mode(desk.GIVEN)
    server.body = body
    with pytest.raises(IdentityCheckUnavailable, match=r"broken JSON\.$"):
        ask(check_of(server))


@pytest.mark.parametrize(
    ("identity_number", "phone", "says"),
    [
        ("", PHONE, "An identity number has 9 or 12 digits."),
        ("0510980012345", PHONE, "An identity number has 9 or 12 digits."),
        ("051 098 001 234", PHONE, "An identity number has 9 or 12 digits."),
        ("٠٥١٠٩٨٠٠١٢٣٤", PHONE, "An identity number has 9 or 12 digits."),
        (IDENTITY, "", "A telephone number has 10 or 11 digits, the first of them 0."),
        (IDENTITY, "84905123456", "A telephone number has 10 or 11 digits, the first of them 0."),
        (IDENTITY, PHONE + "\n", "A telephone number has 10 or 11 digits, the first of them 0."),
    ],
)
def test_numbers_that_are_none_are_not_sent(
    server: IdentityServer, identity_number: str, phone: str, says: str
) -> None:
    with pytest.raises(ValueError, match="digits") as raised:
        ask(check_of(server), identity_number, phone)
    assert str(raised.value) == says
    assert server.requests == []


def test_several_checks_run_at_once(server: IdentityServer) -> None:
    check = check_of(server)

    async def both() -> list[bool]:
        asked = [check.matches(IDENTITY, phone) for phone in (PHONE, OTHER_PHONE) * 5]
        return list(await asyncio.gather(*asked))

    assert asyncio.run(both()) == [True, False] * 5


@pytest.mark.parametrize("mode", [desk.OK, *FAULTS])
def test_nothing_of_a_person_is_logged_or_told(
    server: IdentityServer, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiohttp").debug("what is logged is heard")
    server.set_mode(mode)
    check = check_of(server, timeout=0.3)
    try:
        told = str(asyncio.run(check.matches(IDENTITY, PHONE), debug=True))
        assert mode == desk.OK
    except IdentityCheckUnavailable as error:
        told = "".join(traceback.format_exception(error))
        assert mode != desk.OK
    assert "what is logged is heard" in caplog.text
    for secret in (IDENTITY, PHONE, NAME, TOKEN, "full_name"):
        assert secret not in f"{told} {check!r} {caplog.text}"
