"""Signatures and the clock of the hotline's gateway, as pure functions."""

from __future__ import annotations

import pytest

from bot.channels import hotline_signature
from bot.channels.hotline_signature import GatewayClock, headers, signed_at
from tests.channels.hotline_server import signature

NOW = 1_800_000_000
SECRET, BODY = "secret", b'{"from": "1"}'


def given(timestamp: str, secret: str = SECRET, body: bytes = BODY) -> dict[str, str]:
    return {"X-Timestamp": timestamp, "X-Signature": signature(secret, timestamp, body)}


@pytest.mark.parametrize("off", [0, 299, 300, -300])
def test_a_signature_of_now_is_right(off: int) -> None:
    assert signed_at(given(str(NOW + off)), BODY, SECRET, NOW) == NOW + off


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"X-Timestamp": str(NOW)},
        {"X-Signature": given(str(NOW))["X-Signature"]},
        given(str(NOW - 301)),
        given(str(NOW + 301)),
        given(str(NOW), secret="other"),
        given(str(NOW), body=b"{}"),
        {**given(str(NOW)), "X-Timestamp": str(NOW + 1)},
        {**given(str(NOW)), "X-Signature": given(str(NOW))["X-Signature"][len("sha256=") :]},
        {**given(str(NOW)), "X-Signature": "sha256=\u0111\ud800"},
        given(f"{NOW}.5"),
        given(f" {NOW}"),
        given(""),
        given("nan"),
        given("٣"),
        given("9" * 40),
    ],
    ids=range(16),
)
def test_anything_else_is_not(wrong: dict[str, str]) -> None:
    assert signed_at(wrong, BODY, SECRET, NOW) is None


def test_what_we_send_is_signed_in_the_same_way() -> None:
    sent = headers(SECRET, NOW + 0.7, BODY)
    assert sent == given(str(NOW))
    assert hotline_signature.sign(SECRET, str(NOW), BODY) == sent["X-Signature"]


def test_a_slow_clock_is_known_by_its_quickest_requests() -> None:
    clock = GatewayClock()
    assert clock.there(NOW) == NOW
    for late in (90.2, 95.0, 200.0, 90.9, 120.0):
        assert clock.there(NOW) == NOW, "few requests may all have been late"
        clock.read(NOW - late, NOW)
    assert clock.there(NOW) == NOW - 90


def test_a_right_clock_or_a_fast_one_makes_nothing_late() -> None:
    for off in (-0.9, 0.0, 250.0):
        clock = GatewayClock()
        for _ in range(9):
            clock.read(NOW + off, NOW)
        assert clock.there(NOW) == NOW
