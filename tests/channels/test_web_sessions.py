"""Session identifiers of the web channel."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.web_sessions import is_signed, new_session, session_of, sign


def test_a_session_signed_by_the_server_is_known() -> None:
    assert is_signed(sign("abc", "secret"), "secret")


@pytest.mark.parametrize(
    "forged",
    [None, 5, "", ".", "abc", "abc.", "abc.0000", "a.b.c", sign("abc", "other"), "đ.ă",
     sign("abc", "secret")[1:]],
)  # fmt: skip
def test_a_session_that_the_server_did_not_sign_is_refused(forged: Any) -> None:
    assert not is_signed(forged, "secret")


def test_new_sessions_are_signed_and_differ() -> None:
    made = {new_session("secret") for _ in range(50)}
    assert len({session_of(each) for each in made}) == 50
    assert all(is_signed(each, "secret") for each in made)
    assert all(len(session_of(each)) == 32 for each in made)
