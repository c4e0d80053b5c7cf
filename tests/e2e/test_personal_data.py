"""Personal data goes in through every channel and is found in no log, store, file or event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest

from bot import personal_data
from bot.sealing import unseal
from bot.settings import PROJECT_ROOT, settings
from tests.e2e import traces
from tests.e2e.stored_talks import CODE, IDENTITY, LATER_CODE, PHONE, Event, StoredBot
from tests.e2e.talks import RestTalk, shell_talk, web_talk
from tests.running_bot import TEST_SECRET, Reply

pytest_plugins = ("tests.e2e.stored_talks",)

MESSAGES = PROJECT_ROOT / "tests" / "dossiers" / "personal_messages.tsv"
EVERY = 5
ROWS = [line.split("\t") for line in MESSAGES.read_text(encoding="utf-8").splitlines()[1::EVERY]]
TAILS = (PHONE[-4:], IDENTITY[-4:])
OTHER_PHONE, SPACED_PHONE, SPACED_IDENTITY = "+84 396 118 555", "0396 118 427", "051 396 117 391"
SHOWN, ASKED = "answered", "clarify"
# Each message with the status of what is answered.
LOOK_UPS = (
    (f"tra cứu hồ sơ {CODE}", ASKED),
    (TAILS[0], SHOWN),
    ("báo tôi khi có thay đổi", SHOWN),
    (f"tra cứu hồ sơ {CODE} số cuối căn cước {TAILS[1]}", SHOWN),
    (f"tra cứu hồ sơ {LATER_CODE}", ASKED),
    (OTHER_PHONE, SHOWN),
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
    PHONE, SPACED_PHONE, IDENTITY, SPACED_IDENTITY, OTHER_PHONE, *METADATA_PIECES,
)  # fmt: skip
LOOKS = set().union(*map(traces.looks_of, PIECES))


@dataclass
class Told:
    """What became of the talks: senders by channel, stored events, and the stream of events."""

    senders: dict[str, str]
    before: set[str]
    rows: list[Event]
    events: list[Event]
    places: dict[str, list[str]]

    def texts(self, channel: str) -> list[str]:
        """What the citizen said in one of the talks, as stored."""
        stream = (e for e in self.events if e.get("sender_id") == self.senders[channel])
        return [e["text"] for e in stream if e["event"] == "user"]


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
    (shell,) = {e["sender_id"] for e in events if e.get("input_channel") == "cmdline"}
    rows = stored.rows()
    places = {
        **traces.files_below(stored.folder),
        "rows of bot.db": traces.rows_of(stored.folder / "bot.db"),
        "tracker": [traces.dumped(rows)],
        "events": [traces.dumped(events)],
    }
    return Told({**senders, "cmdline": shell}, before, rows, events, places)


def test_messages_and_metadata_hold_personal_data_of_every_kind() -> None:
    kinds = {piece.kind for message in SAID for piece in personal_data.find(message)}
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
    named = {CODE.lower(), LATER_CODE.lower(), traces.reading_of(WORD)}
    dots = traces.reading_of(personal_data.mask(f"sđt {PHONE}, cccd {IDENTITY}"))
    for place in ("tracker", "events"):
        assert traces.found({*named, dots}, told.places[place]) == {*named, dots}
    # Somebody wants to be told of it: that is kept, and nothing else of what was said.
    for place in ("rows of bot.db", "bot.db-wal"):
        assert traces.found({CODE.lower(), traces.reading_of(WORD)}, told.places[place]) == {
            CODE.lower()
        }
    assert "the assistant answers at" in told.places["server.log"][0]
    for log in ("server.log", "shell.log"):
        assert " debug " in told.places[log][0]


@pytest.mark.parametrize("channel", ["rest", "web", "cmdline"])
def test_each_channel_stores_every_message_masked(told: Told, channel: str) -> None:
    said = [personal_data.mask(message) for message in SAID]
    assert told.texts(channel)[: len(said)] == said


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
    proof = re.compile(rf"(?<!\w)(?:{'|'.join(TAILS)})(?!\w)")
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
    sealed = traces.sealed_in(told.rows) | traces.sealed_in(told.events)
    assert {unseal(value) for value in sealed} == {None}
    monkeypatch.setenv("BOT_SECRET", TEST_SECRET)
    settings.cache_clear()
    opened = {unseal(value) for value in sealed}
    assert None not in opened
    assert opened >= {*TAILS, PHONE, IDENTITY}
