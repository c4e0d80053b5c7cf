"""Whether Zalo has sent an event, and what it says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.channels.zalo_events import LONGEST_AGE, document_of, event_of, is_signed
from bot.settings import settings
from tests import zalo_server as zalo

NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def account(fresh_settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_ZALO_APP_ID", zalo.APP_ID)
    monkeypatch.setenv("BOT_ZALO_SECRET_KEY", zalo.OA_SECRET)
    settings.cache_clear()


def body(timestamp: Any = None, text: str = "xin chào") -> bytes:
    document = zalo.text_event(text, "m1")
    document["timestamp"] = str(int(NOW * 1000)) if timestamp is None else timestamp
    return zalo.body_of(document)


def accepted(raw: bytes, signature: str) -> bool:
    return is_signed(signature, raw, document_of(raw), NOW)


def test_what_zalo_signed_is_accepted() -> None:
    raw = body()
    assert accepted(raw, zalo.signature_of(raw))


def test_the_signature_is_the_one_that_zalo_documents() -> None:
    # Computed once by `printf '%s' … | sha256sum`, not by a program of ours.
    raw = b'{"timestamp":"1790000000000"}'
    known = "4aa0e17631328837c4f5c45dc20b7a0d6a6e8d05434a393eb2f57b3aded748bc"
    assert zalo.signature_of(raw) == f"mac={known}"
    assert accepted(raw, f"mac={known}")


@pytest.mark.parametrize(
    "forge",
    [
        lambda raw: "",
        lambda raw: "mac=",
        lambda raw: zalo.signature_of(raw).removeprefix("mac="),
        lambda raw: zalo.signature_of(raw) + "0",
        lambda raw: zalo.signature_of(raw)[:-1],
        lambda raw: zalo.signature_of(raw, secret="somebody-elses"),
        lambda raw: zalo.signature_of(raw, secret=zalo.APP_SECRET),
        lambda raw: zalo.signature_of(raw, app_id="1"),
        lambda raw: zalo.signature_of(raw.replace("chào".encode(), b"chao")),
        lambda raw: "mac=é\ud800",
    ],
    ids=[
        "missing", "empty", "bare", "longer", "shorter", "other secret", "app secret", "other app",
        "other text", "not ascii",
    ],
)  # fmt: skip
def test_other_signatures_are_refused(forge: Any) -> None:
    raw = body()
    assert not accepted(raw, forge(raw))


@pytest.mark.parametrize(
    ("seconds", "fresh"),
    [
        (0, True),
        (LONGEST_AGE - 1, True),
        (1 - LONGEST_AGE, True),
        (LONGEST_AGE + 1, False),
        (-LONGEST_AGE - 1, False),
        (-86_400, False),
    ],
)
def test_only_what_was_said_just_now_is_accepted(seconds: int, fresh: bool) -> None:
    raw = body(str(int((NOW + seconds) * 1000)))
    assert accepted(raw, zalo.signature_of(raw)) is fresh


def test_a_timestamp_may_be_a_number() -> None:
    raw = body(int(NOW * 1000))
    assert accepted(raw, zalo.signature_of(raw))


@pytest.mark.parametrize("timestamp", ["", "soon", "-5", "١٢٣", True, 1.5, [], {}, "9" * 17])
def test_other_timestamps_are_refused(timestamp: Any) -> None:
    raw = body(timestamp)
    assert not accepted(raw, zalo.signature_of(raw))


@pytest.mark.parametrize(
    "spell",
    [
        lambda d: json.dumps(d, indent=3).encode(),
        lambda d: json.dumps(d, ensure_ascii=True).encode(),
        lambda d: json.dumps(dict(reversed(d.items())), ensure_ascii=False).encode() + b"\n",
        lambda d: zalo.body_of(d).replace(b"/", b"\\/"),
    ],
    ids=["blanks", "escapes", "order", "slashes"],
)
def test_the_body_counts_as_it_was_spelled(spell: Any) -> None:
    document = json.loads(body(text="giấy/tờ"))
    raw = spell(document)
    assert raw != zalo.body_of(document)
    assert accepted(raw, zalo.signature_of(raw))
    assert not accepted(raw, zalo.signature_of(zalo.body_of(document)))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff{}"])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    assert document_of(raw) == {}
    assert not accepted(raw, "mac=")


def test_without_a_secret_nothing_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_ZALO_SECRET_KEY")
    settings.cache_clear()
    raw = body()
    assert not accepted(raw, zalo.signature_of(raw, secret=""))


def test_a_text_has_its_citizen_and_a_key_of_letters() -> None:
    event = event_of(zalo.text_event(" phí bao nhiêu ", "00112233445566"))
    assert event is not None
    assert (event.user_id, event.text) == (zalo.USER, " phí bao nhiêu ")
    assert re.fullmatch(r"zalo-[0-9a-f]{32}", event.session)
    assert re.fullmatch(r"[a-p]{32}", event.key)
    for hidden in (zalo.USER, "phí"):
        assert hidden not in repr(event)


def test_keys_and_sessions_tell_deliveries_and_citizens_apart() -> None:
    def keys(msg_id: str, user: str = zalo.USER) -> tuple[str, str]:
        event = event_of(zalo.text_event("a", msg_id, user))
        assert event is not None
        return event.key, event.session

    assert keys("m1") == keys("m1")
    assert keys("m1")[0] != keys("m2")[0]
    assert keys("m1")[1] == keys("m2")[1]
    assert keys("m1")[1] != keys("m1", zalo.OTHER_USER)[1]


def test_an_identifier_may_be_a_number() -> None:
    document = zalo.text_event("a", "m1")
    document["sender"]["id"] = int(zalo.USER)
    assert event_of(document) == event_of(zalo.text_event("a", "m1"))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (zalo.event("follow"), ("follow", "")),
        (zalo.sticker_event("m1"), ("user_send_sticker", "")),
        (zalo.event("user_send_location", message={"msg_id": "m"}), ("user_send_location", "")),
        (
            zalo.event("user_send_image", message={"msg_id": "m", "text": "giấy này"}),
            ("user_send_image", "giấy này"),
        ),
        (
            zalo.event("user_send_link", message={"msg_id": "m", "text": "https://example.org"}),
            ("user_send_link", "https://example.org"),
        ),
    ],
    ids=["follow", "sticker", "location", "image", "link"],
)
def test_events_that_are_answered(document: dict[str, Any], expected: tuple[str, str]) -> None:
    event = event_of(document)
    assert event is not None
    assert (event.name, event.text, event.user_id) == (*expected, zalo.USER)


def test_what_zalo_tells_of_others_or_makes_no_sense_is_no_event() -> None:
    said = {"msg_id": "m", "text": "a"}
    for document in (
        {},
        {"event_name": ["follow"], "follower": {"id": zalo.USER}},
        {"event_name": {}, "sender": {"id": zalo.USER}},
        zalo.event("oa_send_text", message=said),
        zalo.event("user_send_group_text", message=said),
        zalo.event("user_seen_message", message={"msg_id": "m"}),
        zalo.event("unfollow"),
        zalo.event("user_send_text", message={"msg_id": "m", "text": " "}),
        zalo.event("user_send_text", message={"msg_id": "m", "text": 5}),
        zalo.event("user_send_text", message="a"),
        zalo.event("user_send_text", message=said, sender=None),
        zalo.event("user_send_text", message=said, sender={"id": "1" * 99}),
        zalo.event("user_send_text", message=said, sender={"id": True}),
        zalo.event("follow", follower={"id": ["1"]}),
    ):
        assert event_of(document) is None, document
