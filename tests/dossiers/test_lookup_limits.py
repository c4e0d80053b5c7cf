"""Who has failed too often is shut out: a dossier, a conversation, an address, or all of them."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.dossiers import lookup
from bot.dossiers.model import Asker
from tests.dossiers.files import CODE, IDENTITY, PHONE
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.looking_up import (
    DIRECT,
    MINUTE,
    NOON,
    OTHER,
    OWNER,
    UNKNOWN,
    change_setting,
    counted,
    look_up,
    outcomes,
    somebody,
)

pytestmark = pytest.mark.usefixtures("gateway")


def fail(
    times: int, *, code: str = CODE, asker: Asker | None = None, now: dt.datetime = NOON
) -> None:
    """Wrong digits, each time from somebody else unless an asker is named."""
    for number in range(times):
        assert look_up(code, "0000", asker or somebody(number), now) is None


@pytest.mark.parametrize("code", [CODE, UNKNOWN])
def test_after_ten_failures_of_a_code_even_the_right_digits_are_refused(
    code: str, gateway: WatchedGateway
) -> None:
    fail(9, code=code)
    assert (look_up(code, PHONE) is not None) is (code == CODE)
    fail(1, code=code)
    asked = len(gateway.asked)
    for digits in (PHONE, PHONE[-4:], IDENTITY):
        assert look_up(code, digits) is None
    assert len(gateway.asked) == asked
    assert outcomes()[-3:] == [("number", "locked"), ("digits", "locked"), ("number", "locked")]


def test_a_lock_ends_and_grows_with_the_next_failure() -> None:
    fail(10)
    assert look_up(CODE, PHONE, now=NOON + 0.99 * MINUTE) is None
    assert look_up(CODE, PHONE, now=NOON + MINUTE) is not None
    fail(1, now=NOON + MINUTE)
    assert look_up(CODE, PHONE, now=NOON + 2.99 * MINUTE) is None
    assert look_up(CODE, PHONE, now=NOON + 3 * MINUTE) is not None


def test_asking_while_locked_does_not_lengthen_the_lock() -> None:
    fail(10)
    fail(5, now=NOON + 0.9 * MINUTE)
    assert counted()["dossier"] == 10
    assert look_up(CODE, PHONE, now=NOON + MINUTE) is not None


def test_the_failures_of_one_code_do_not_lock_another() -> None:
    fail(10)
    assert look_up(OTHER, PHONE) is not None


def test_a_conversation_is_locked_whatever_codes_it_tries() -> None:
    asker = Asker("guesser", "rest")
    for number in range(10):
        assert look_up(f"H48.16-230512-{number + 100:04}", "0000", asker) is None
    assert look_up(CODE, PHONE, asker) is None
    assert look_up(CODE, PHONE, Asker("another", "rest")) is not None


def test_an_address_is_locked_whatever_conversations_it_begins() -> None:
    for number in range(50):
        asker = Asker(f"session-{number}", "web", "one-address")
        assert look_up(f"H48.16-230512-{number + 100:04}", "0000", asker) is None
    assert look_up(CODE, PHONE, Asker("new", "web", "one-address")) is None
    assert look_up(CODE, PHONE, Asker("new", "web", "another-address")) is not None


def test_a_dossier_of_ones_own_does_not_wash_failures_away() -> None:
    asker = Asker("guesser", "rest")
    for number in range(9):
        assert look_up(f"H48.16-230512-{number + 100:04}", "0000", asker) is None
        assert look_up(OTHER, PHONE, asker) is not None
    assert counted()["session"] == 9
    fail(1, asker=asker)
    assert look_up(OTHER, PHONE, asker) is None


def test_the_numbers_of_tries_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    change_setting(monkeypatch, "BOT_LOOKUP_FAILURES_PER_HOUR", "2")
    fail(1)
    assert look_up(CODE, PHONE) is not None
    fail(1)
    assert look_up(CODE, PHONE) is None


def test_while_many_addresses_guess_four_digits_are_refused_to_who_has_one(
    monkeypatch: pytest.MonkeyPatch, gateway: WatchedGateway
) -> None:
    change_setting(monkeypatch, "BOT_LOOKUP_FAILURES_OVERALL", "20")
    for number in range(21):
        assert asyncio.run(lookup.wants_whole_number(OWNER, NOON)) is False
        assert look_up(f"H48.16-230512-{number + 100:04}", "0000", somebody(number)) is None
    assert asyncio.run(lookup.wants_whole_number(OWNER, NOON)) is True
    assert asyncio.run(lookup.wants_whole_number(DIRECT, NOON)) is False
    asked = len(gateway.asked)
    assert look_up(CODE, PHONE[-4:]) is None
    assert len(gateway.asked) == asked
    assert look_up(CODE, PHONE) is not None
    assert look_up(CODE, PHONE[-4:], DIRECT) is not None
    later = NOON + dt.timedelta(hours=1)
    assert asyncio.run(lookup.wants_whole_number(OWNER, later)) is False
    assert look_up(CODE, PHONE[-4:], now=later) is not None


def test_direct_connections_do_not_make_whole_numbers_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change_setting(monkeypatch, "BOT_LOOKUP_FAILURES_OVERALL", "1")
    for number in range(5):
        assert look_up(CODE, "0000", Asker(f"session-{number}", "rest")) is None
    assert asyncio.run(lookup.wants_whole_number(OWNER, NOON)) is False
