"""One-time codes: sent to the dossier's own telephone only, and good once, here, for minutes."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers import lookup
from bot.dossiers.model import Asker, Dossier, GatewayUnavailable
from bot.dossiers.sms import SmsUnavailable
from bot.dossiers.tables import one_time_codes as table
from bot.settings import Settings
from tests.dossiers.files import CODE, IDENTITY, PHONE
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.looking_up import (
    NOON,
    OTHER,
    OWNER,
    UNKNOWN,
    WITHOUT_NUMBERS,
    change_setting,
    counted,
    import_and_watch,
    outcomes,
    somebody,
)

TEXT = "Mã thử: {code}."
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def gateway(
    database_ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> WatchedGateway:
    change_setting(monkeypatch, "BOT_LOOKUP_FACTOR", "one_time_code")
    change_setting(monkeypatch, "BOT_SMS_FOLDER", str(tmp_path / "sms"))
    return import_and_watch(tmp_path, monkeypatch)


def send(
    code: str = CODE, phone: str = PHONE, asker: Asker = OWNER, now: dt.datetime = NOON
) -> None:
    # The loop waits at its end for what is still being sent.
    asyncio.run(lookup.send_one_time_code(code, phone, asker, TEXT, now))


def use(
    one_time_code: str, code: str = CODE, asker: Asker = OWNER, now: dt.datetime = NOON
) -> Dossier | None:
    return asyncio.run(lookup.look_up_with_code(code, one_time_code, asker, now))


@pytest.fixture
def sent(tmp_path: Path) -> SentMessages:
    return SentMessages(tmp_path / "sms")


class SentMessages:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[tuple[str, str]]:
        """Number and text of each message."""
        texts = [path.read_text(encoding="utf-8") for path in sorted(self._folder.glob("*.txt"))]
        return [tuple(text.rstrip("\n").split("\n", 1)) for text in texts]

    def codes(self) -> list[str]:
        return [re.findall(r"\d+", text)[0] for _, text in self.all()]


def other_than(*codes: str) -> str:
    """Six digits that are none of the codes."""
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in codes)


def rows() -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table))]


def test_the_code_goes_to_the_telephone_of_the_dossier_and_opens_it(sent: SentMessages) -> None:
    send()
    (number, text), *others = sent.all()
    assert (number, others) == (PHONE, [])
    assert re.fullmatch(r"Mã thử: \d{6}\.", text)
    dossier = use(sent.codes()[0])
    assert dossier is not None
    assert dossier.code == CODE
    assert outcomes() == [("one_time_code", "sent"), ("one_time_code", "shown")]
    # What was sent counts for the dossier and the address; what was right does not.
    assert counted() == {"sending": 1, "address": 1, "dossier": 1}


@pytest.mark.parametrize(
    ("code", "phone"),
    [
        (CODE, "0905111223"),
        (CODE, PHONE[-4:]),
        (CODE, IDENTITY),
        (CODE, ""),
        (UNKNOWN, PHONE),
        (WITHOUT_NUMBERS, PHONE),
        (WITHOUT_NUMBERS, ""),
    ],
)
def test_nothing_is_sent_to_any_other_number(code: str, phone: str, sent: SentMessages) -> None:
    assert send(code, phone) is None
    assert sent.all() == []
    assert rows() == []
    assert outcomes() == [("one_time_code", "refused")]
    assert counted() == {"sending": 1, "address": 1, "dossier": 1}


def test_a_code_opens_once(sent: SentMessages) -> None:
    send()
    assert use(sent.codes()[0]) is not None
    assert use(sent.codes()[0]) is None


def test_a_code_is_good_for_five_minutes(sent: SentMessages) -> None:
    send()
    assert use(sent.codes()[0], now=NOON + 5 * MINUTE) is None
    assert use(sent.codes()[0], now=NOON + 4.99 * MINUTE) is not None


@pytest.mark.parametrize(("wrong", "opens"), [(2, True), (3, False)])
def test_a_code_is_good_for_three_tries(wrong: int, opens: bool, sent: SentMessages) -> None:
    send()
    code = sent.codes()[0]
    for _ in range(wrong):
        assert use(other_than(code)) is None
    assert (use(code) is not None) is opens


@pytest.mark.parametrize("asker", [Asker("another", OWNER.channel, OWNER.address), Asker("")])
def test_a_code_is_good_in_its_conversation_only(asker: Asker, sent: SentMessages) -> None:
    send()
    assert use(sent.codes()[0], asker=asker) is None
    assert use(sent.codes()[0]) is not None


def test_a_code_is_good_for_its_dossier_only(sent: SentMessages) -> None:
    send(CODE)
    assert use(sent.codes()[0], code=OTHER) is None


def test_a_new_code_puts_the_former_out_of_use(sent: SentMessages) -> None:
    send()
    send()
    first, second = sent.codes()
    assert use(first) is None or first == second
    assert use(second) is not None


@pytest.mark.parametrize("offered", ["", "1", "abcdef", "12345678901234567890"])
def test_what_is_no_code_opens_nothing(offered: str) -> None:
    send()
    assert use(offered) is None
    assert use(offered, code=UNKNOWN) is None


def test_three_codes_an_hour_are_sent_to_a_conversation_for_a_dossier(sent: SentMessages) -> None:
    for minute in range(6):
        send(now=NOON + minute * MINUTE)
    assert len(sent.all()) == 3
    assert outcomes()[-3:] == [("one_time_code", "locked")] * 3
    send(now=NOON + 61 * MINUTE)
    assert len(sent.all()) == 3
    send(now=NOON + 62 * MINUTE)
    assert len(sent.all()) == 4


def test_many_conversations_cannot_flood_a_telephone(sent: SentMessages) -> None:
    for number in range(30):
        send(asker=somebody(number))
    assert len(sent.all()) == 10


def test_codes_cannot_be_guessed_by_sending_again_and_again(sent: SentMessages) -> None:
    for number in range(30):
        asker = somebody(number)
        send(asker=asker)
        for _ in range(4):
            assert use(other_than(*sent.codes()), asker=asker) is None
    # Sent or tried, ten in all were let through.
    assert sum(outcome in ("sent", "refused") for _, outcome in outcomes()) == 10


def test_an_unreachable_source_does_not_use_the_code_up(
    gateway: WatchedGateway, sent: SentMessages
) -> None:
    gateway.fault = GatewayUnavailable("down")
    with pytest.raises(GatewayUnavailable):
        send()
    assert (sent.all(), counted()) == ([], {})
    gateway.fault = None
    send()
    gateway.fault = GatewayUnavailable("down")
    with pytest.raises(GatewayUnavailable):
        use(sent.codes()[0])
    gateway.fault = None
    assert use(sent.codes()[0]) is not None


def test_without_a_sender_it_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    change_setting(monkeypatch, "BOT_SMS_FOLDER", "")
    for code in (CODE, UNKNOWN):
        with pytest.raises(SmsUnavailable, match="BOT_SMS_FOLDER is not set"):
            send(code)
    assert (counted(), outcomes()) == ({}, [])


def test_a_text_without_a_place_for_the_code_is_refused() -> None:
    with pytest.raises(ValueError, match="must hold"):
        asyncio.run(lookup.send_one_time_code(CODE, PHONE, OWNER, "Mã thử", NOON))
    assert counted() == {}


def test_the_table_holds_neither_code_nor_number_and_forgets_what_is_over(
    sent: SentMessages,
) -> None:
    send()
    (row,) = rows()
    stored = " ".join(map(str, row))
    clear = (*sent.codes(), PHONE, CODE, OWNER.session)
    assert [text for text in clear if f" {text} " in f" {stored} "] == []
    send(OTHER, now=NOON + 5 * MINUTE)
    assert len(rows()) == 1
