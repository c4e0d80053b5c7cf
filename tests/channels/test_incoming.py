"""What Rasa gets of a message: no personal data in clear, and whom it came from."""

from __future__ import annotations

import json

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.channels.incoming import address_of, hide_answer, user_message
from bot.sealing import unseal
from bot.settings import Settings

pytestmark = pytest.mark.usefixtures("fresh_settings")


def received(text: str, **more: object) -> UserMessage:
    return user_message(text, CollectingOutputChannel(), "test", "rest", **more)  # type: ignore[arg-type]


def test_numbers_travel_sealed_beside_the_text() -> None:
    message = received("H48.16-260512-0003, sđt 0905 111 222")
    assert message.text == "H48.16-260512-0003, sđt •••• ••• •••"
    assert message.metadata is not None
    (item,) = message.metadata["concealed"]
    assert (item["entity"], item["start"], item["end"]) == ("phone", 24, 36)
    assert unseal(item["value"], "test") == "0905111222"
    assert "0905" not in json.dumps(message.metadata)


def test_what_proves_nothing_is_not_kept_at_all() -> None:
    message = received("thẻ 4111 1111 1111 1111, mail an@example.com, địa chỉ 12 Lê Lợi")
    assert message.text == "thẻ •••• •••• •••• ••••, mail ‹…›, địa chỉ ‹…›"
    assert message.metadata == {"concealed": [], "address": ""}


def test_a_callers_own_metadata_is_masked_and_cannot_pretend() -> None:
    given = {
        "user": {"phone": "0905111222"},
        "list": ["a@example.com"],
        "address": "x",
        "n": 3,
        "m": 912345678901,
    }
    message = received("chào", address="hash", metadata=given)
    assert message.metadata == {
        "user": {"phone": "••••••••••"},
        "list": ["‹…›"],
        "n": 3,
        "m": "••••••••••••",
        "address": "hash",
        "concealed": [],
    }


def test_broken_characters_and_rasas_commands() -> None:
    assert received("a\ud800b").text == "a\ufffdb"
    assert received("/restart").text == "/cancel"


@pytest.mark.parametrize("text", ["/back{}", " /RESTART{}", '/session_start{"a": 1}', "/back x"])
def test_rasas_commands_are_heard_whatever_follows(text: str) -> None:
    assert received(text).text == "/cancel"


def test_escapes_of_json_hide_no_number() -> None:
    hidden = "".join(f"\\u00{ord(digit):x}" for digit in "0905111222")
    assert received(f'/inform{{"phone": "{hidden}"}}').text == '/inform{"phone": "••••••••••"}'


@pytest.mark.parametrize(
    "text", ["5678 nha em ơi", "của vợ tôi 5678", "5 6 7 8", "56 78", "là 5678"]
)
def test_an_answer_that_was_asked_for_keeps_no_number(text: str) -> None:
    message = received(text)
    hide_answer(message)
    assert not any(letter.isdigit() for letter in str(message.text))
    assert message.metadata is not None
    (item,) = message.metadata["concealed"]
    assert unseal(item["value"], "test") == "5678"
    assert str(message.text)[item["start"] : item["end"]].count("•") == 4


def test_a_code_in_an_answer_stays() -> None:
    message = received("à mã khác H48.16-260512-0003 số 5678")
    hide_answer(message)
    assert message.text == "à mã khác H48.16-260512-0003 số ••••"


def test_this_machine_has_no_address_and_others_have_their_own() -> None:
    assert address_of("127.0.0.1") == address_of("::1") == ""
    first, second = address_of("203.0.113.5"), address_of("203.0.113.6")
    assert len({first, second, ""}) == 3
    assert "203" not in first


def test_a_proxy_on_this_machine_names_the_client_and_nobody_else_does() -> None:
    client = address_of("203.0.113.5")
    assert address_of("127.0.0.1", "203.0.113.5") == client
    # What the client wrote itself stands before what the proxy saw.
    assert address_of("127.0.0.1", "10.0.0.1, 203.0.113.5") == client
    assert address_of("203.0.113.5", "198.51.100.7") == client


def test_a_household_with_ipv6_counts_once_and_nonsense_counts_as_something() -> None:
    assert address_of("2001:db8::1") == address_of("2001:db8::ffff:2") != address_of("2001:db9::1")
    assert address_of("") not in ("", address_of("nonsense"))
    assert address_of("127.0.0.1", "nonsense") != ""
    assert address_of("127.0.0.1", "203.0.113.5,") not in ("", address_of("203.0.113.5"))
    assert address_of("::ffff:203.0.113.5") == address_of("203.0.113.5")


def test_the_secret_makes_the_hash(fresh_settings: Settings) -> None:
    assert len(address_of("203.0.113.5")) == 32


def test_where_an_answer_goes_later_is_sealed_for_its_conversation() -> None:
    message = received("chào", reply_to="84905111222")
    assert message.metadata is not None
    token = message.metadata["reply_to"]
    assert "905111222" not in json.dumps(message.metadata)
    assert unseal(token, "test", None) == "84905111222"
    assert unseal(token, "other", None) is None


def test_a_caller_names_no_address_that_is_answered_to() -> None:
    for more in ({}, {"reply_to": ""}):
        message = received("chào", metadata={"reply_to": "84905111222"}, **more)
        assert message.metadata == {"concealed": [], "address": ""}
    message = received("chào", metadata={"reply_to": "84905333444"}, reply_to="84905111222")
    assert message.metadata is not None
    assert unseal(message.metadata["reply_to"], "test", None) == "84905111222"
