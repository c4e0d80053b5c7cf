"""Personal data goes in through every channel and is found in no log, store, file or event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest

from bot.personal_data import conceal_answer as mask_answer
from bot.personal_data import find, mask
from bot.sealing import unseal
from bot.settings import PROJECT_ROOT, settings
from tests.e2e import traces
from tests.e2e.stored_talks import (
    CODE,
    CODES,
    IDENTITY,
    LATER_CODE,
    OTHER_PHONE,
    PHONE,
    THIRD_CODE,
    Event,
    StoredBot,
)
from tests.e2e.talks import RestTalk, shell_talk, web_talk
from tests.running_bot import TEST_SECRET, Reply

pytest_plugins = ("tests.e2e.stored_talks",)

MESSAGES = PROJECT_ROOT / "tests" / "dossiers" / "personal_messages.tsv"
EVERY = 5
ROWS = [line.split("\t") for line in MESSAGES.read_text(encoding="utf-8").splitlines()[1::EVERY]]
SPACED_PHONE, SPACED_IDENTITY, LONG_PHONE = "0396 118 427", "051 396 117 391", "+84 396 118 555"
# Nobody could tell the last but who has asked for it.
TAILS = (PHONE[-4:], IDENTITY[-4:], OTHER_PHONE[-4:])
ODD_TAIL = f"{TAILS[2][:2]} {TAILS[2][2:]}"
SHOWN, ASKED = "answered", "clarify"
# Each message with the status of what is answered.
LOOK_UPS = (
    (f"tra cứu hồ sơ {CODE}", ASKED),
    (TAILS[0], SHOWN),
    ("báo tôi khi có thay đổi", SHOWN),
    (f"tra cứu hồ sơ {CODE} số cuối căn cước {TAILS[1]}", SHOWN),
    (f"tra cứu hồ sơ {LATER_CODE}", ASKED),
    (ODD_TAIL, SHOWN),
    (f"tra cứu hồ sơ {THIRD_CODE}", ASKED),
    (LONG_PHONE, SHOWN),
    ('/check_dossier_status{"lookup_way": "person"}', ASKED),
    (SPACED_PHONE, ASKED),
    (SPACED_IDENTITY, SHOWN),
    (f"tra hồ sơ giúp em, sđt {PHONE}, cccd {IDENTITY}", SHOWN),
)
# A name is no personal data that could be recognised: it shows that the right place is searched.
WORD = "Lê Thị Chuồn Chuồn"
LAST = f"tôi là {WORD}, xin chào"
METADATA = {
    "user": {"phone": "0905 818 283", "mail": "kin.dao@example.org"},
    "seen": ["căn cước 051 177 166 155", {"0905818284": "địa chỉ 77/8 Phan Bội Châu"}],
    "number": 905818285,
}
METADATA_PIECES = (
    "0905 818 283", "kin.dao@example.org", "051 177 166 155", "0905818284", "77/8 Phan Bội Châu",
    "905818285",
)  # fmt: skip
SAID = (*(message for message, _ in LOOK_UPS), *(row[0] for row in ROWS), LAST)
PIECES = (
    *(piece for row in ROWS for piece in row[1].split("|")),
    PHONE, SPACED_PHONE, IDENTITY, SPACED_IDENTITY, LONG_PHONE, *METADATA_PIECES,
)  # fmt: skip
LOOKS = set().union(*map(traces.looks_of, PIECES))


@dataclass
class Told:
    """What became of the talks.

    `stored` and `streamed` are what the citizen said, by channel, as the tracker store and the
    stream of events have it; `sealed` the sealed values by conversation; `before` is what was
    found before anything was said.
    """

    before: set[str]
    sealed: dict[str, set[str]]
    stored: dict[str, list[str]]
    streamed: dict[str, list[str]]
    rows: list[Event]
    events: list[Event]
    places: dict[str, list[str]]


def texts_of(events: Iterable[Event]) -> list[str]:
    return [event["text"] for event in events if event["event"] == "user"]


def statuses(reply: Reply) -> list[str]:
    return [answer["status"] for answer in reply.answers][-1:]


def say_all(talk: Any) -> None:
    """Every number was understood; otherwise it would matter little that none is found."""
    for message, status in LOOK_UPS:
        assert statuses(talk.say(message)) == [status], message
    for message in (*(row[0] for row in ROWS), LAST):
        assert talk.say(message).text, message


@pytest.fixture(scope="session")
def told(stored: StoredBot) -> Told:
    """All was said over each channel, then everything was read."""
    bot = stored.bot
    before = traces.found(LOOKS, chain.from_iterable(traces.files_below(stored.folder).values()))
    rest = RestTalk(bot, "personal-rest")
    say_all(rest)
    assert rest.say("xin chào", METADATA).text
    with web_talk(bot) as web:
        say_all(web)
        senders = {"rest": rest.sender, "web": web.sender}
    shown, log = shell_talk(bot, SAID)
    assert PHONE in shown
    (stored.folder / "shell.log").write_text(log, encoding="utf-8")
    # Numbers in what is refused, or asks for no answer, are somebody's as well.
    assert bot.request("/webhooks/rest/webhook", f'{{"message": "{PHONE}'.encode())[0] == 400
    too_long = f'{{"message": "{PHONE} {"a" * 2000}"}}'.encode()
    assert bot.request("/webhooks/rest/webhook", too_long)[0] == 400
    assert bot.request(f"/api/procedures?q={PHONE}")[0] == 200
    assert bot.request(f"/p/{PHONE}")[0] == 404
    bot.say("personal-last", LAST)
    is_last = {"personal-last", "action_listen"}
    events = stored.events(lambda e: is_last <= {str(e.get("sender_id")), str(e.get("name"))})
    # Another file's tests may have talked in the shell before.
    in_shell = [e["sender_id"] for e in events if e.get("input_channel") == "cmdline"]
    senders["cmdline"] = in_shell[-1]
    stored_texts = {channel: texts_of(stored.rows(sender)) for channel, sender in senders.items()}
    streamed_texts = {
        channel: texts_of(e for e in events if e.get("sender_id") == sender)
        for channel, sender in senders.items()
    }
    sealed = {sender: traces.sealed_in(stored.rows(sender)) for sender in senders.values()}
    rows = stored.rows()
    places = {
        **traces.files_below(stored.folder),
        "rows of bot.db": traces.rows_of(stored.folder / "bot.db"),
        "tracker": [traces.dumped(rows)],
        "events": [traces.dumped(events)],
    }
    return Told(before, sealed, stored_texts, streamed_texts, rows, events, places)


def test_messages_and_metadata_hold_personal_data_of_every_kind() -> None:
    kinds = {piece.kind for message in SAID for piece in find(message)}
    assert kinds == {
        "phone", "identity_number", "card", "account", "number", "email", "address", "digits",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_search_finds_what_is_there(encoding: str) -> None:
    raw = b"x" + '{"a": "84396118427, \\u0111\\u1ecba ch\\u1ec9 999 NGUYỄN Nghiêm"}'.encode(
        encoding
    )
    looks = traces.looks_of("0396 118 427") | traces.looks_of("999 Nguyễn Nghiêm")
    found = traces.found(looks, traces.readings_of(raw))
    assert "39611842" in found
    assert ("999 nguyen nghiem" in found) is (encoding != "utf-16-be")


def test_no_piece_is_found_anywhere(told: Told) -> None:
    assert told.before == set()
    found = {place: traces.found(LOOKS, readings) for place, readings in told.places.items()}
    assert {place: looks for place, looks in found.items() if looks} == {}


def test_the_right_places_were_searched(told: Told) -> None:
    named = {*map(str.lower, CODES), traces.reading_of(WORD)}
    dots = traces.reading_of(mask(f"sđt {PHONE}, cccd {IDENTITY}"))
    for place in ("tracker", "events"):
        assert traces.found({*named, dots}, told.places[place]) == {*named, dots}
    # Somebody wants to be told of it: that is kept, and nothing else of what was said.
    kept = {CODE.lower(), traces.reading_of(WORD)}
    assert traces.found(kept, told.places["rows of bot.db"]) == {CODE.lower()}
    files = chain(told.places["bot.db"], told.places["bot.db-wal"])
    assert traces.found(kept, files) == {CODE.lower()}
    assert "the assistant answers at" in told.places["server.log"][0]
    for log in ("server.log", "shell.log"):
        assert " debug " in told.places[log][0]


@pytest.mark.parametrize("channel", ["rest", "web", "cmdline"])
def test_each_channel_stores_every_message_masked(told: Told, channel: str) -> None:
    texts = told.stored[channel][: len(SAID)]
    # Where the bot asks for a number, it takes more for one than elsewhere.
    masked = [
        {mask(message), mask_answer(message).text, mask_answer(mask(message)).text}
        for message in SAID
    ]
    assert len(texts) == len(SAID)
    assert [text for text, known in zip(texts, masked, strict=True) if text not in known] == []
    # A shell that is left does not wait until its broker has sent the last ones.
    streamed = told.streamed[channel][: len(SAID)]
    assert streamed == texts[: len(streamed)]
    assert len(streamed) >= (len(SAID) // 2 if channel == "cmdline" else len(SAID))


@pytest.mark.parametrize("log", ["server.log", "shell.log"])
def test_what_citizens_write_is_in_no_log_even_masked(told: Told, log: str) -> None:
    words = {traces.reading_of(WORD), "bao toi khi co thay doi", CODE.lower()}
    assert traces.found(words, told.places[log]) == set()


def test_metadata_is_kept_without_what_is_personal(told: Told) -> None:
    (kept,) = [
        e["metadata"]
        for e in told.events
        if e["event"] == "user" and "seen" in (e.get("metadata") or {})
    ]
    assert kept["user"] == {"phone": "•••• ••• •••", "mail": "‹…›"}
    assert kept["seen"] == ["căn cước ••• ••• ••• •••", {"••••••••••": "địa chỉ ‹…›"}]


def test_proofs_stand_nowhere_in_clear(told: Told) -> None:
    proof = re.compile(rf"(?<!\w)(?:{'|'.join((*TAILS, ODD_TAIL))})(?!\w)")
    for events in (told.rows, told.events):
        texts = [text for event in events for text in traces.texts_in(event)]
        assert any(CODE in text for text in texts)
        assert [text for text in texts if proof.search(text)] == []
    for log in ("server.log", "shell.log"):
        assert proof.search(told.places[log][0]) is None


@pytest.mark.usefixtures("fresh_settings")
def test_sealed_values_open_with_the_servers_secret_only(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another file's talks may be in the stream, too, and erased from the store.
    streamed = [event for event in told.events if event.get("sender_id") in told.sealed]
    assert traces.sealed_in(streamed) <= set().union(*told.sealed.values())
    assert opened(told) == {None}
    monkeypatch.setenv("BOT_SECRET", TEST_SECRET)
    settings.cache_clear()
    found = opened(told)
    assert None not in found
    assert found >= {*TAILS, PHONE, IDENTITY}
    # Nor does anybody read them who carries them into a conversation of their own.
    assert opened(told, "another") == {None}


def opened(told: Told, session: str = "") -> set[str | None]:
    """What sealed values open to in their own conversations, or in another one."""
    return {
        unseal(value, session or owner) for owner, values in told.sealed.items() for value in values
    }
