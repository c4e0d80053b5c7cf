"""Limits of look-ups and one-time codes over real servers, as askers and guessers meet them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.dossiers import one_time_codes
from bot.settings import settings
from tests.databases import POSTGRES
from tests.dossiers import enumeration_attack
from tests.dossiers.enumeration_attack import BOTNET, NEW_SESSIONS, ONE_CODE, ONE_SESSION
from tests.dossiers.files import IDENTITY, PHONE, write_csv
from tests.running_bot import (
    Reply,
    RunningBot,
    bot_environment,
    free_port,
    run_command,
    running_bot,
)

KNOWN = [f"H48.16-260710-{number:04}" for number in range(1, 5)]
GUESSED, LOCKED, FREE, WITHOUT_NUMBERS = KNOWN
UNKNOWN = [f"H48.16-260711-{number:04}" for number in range(1, 101)]
TAIL = PHONE[-4:]
Messages = list[dict[str, Any]]
ONE_HOUSEHOLD, OTHER_HOUSEHOLD = "203.0.113.7", "203.0.113.8"
# Failures of all addresses together after which four digits no longer do. The tests of addresses
# stay below it; the attack from many addresses comes last and does not.
OVERALL = 120
# Way of an attack → number of guesses, the last of which is right.
ATTACKS = {ONE_SESSION: 30, ONE_CODE: 30, NEW_SESSIONS: 64, BOTNET: 140}


def guesses(way: str) -> list[enumeration_attack.Guess]:
    """Each way guesses among codes of its own."""
    day = f"2608{list(ATTACKS).index(way) + 1:02}"
    codes = [f"H48.16-{day}-{number:04}" for number in range(1, 21)]
    return list(enumeration_attack.guesses(way, ATTACKS[way], codes))


def owner_of(way: str) -> dict[str, str]:
    """Code and telephone that the last guess is right about."""
    right = guesses(way)[-1]
    return {"code": right.code, "applicant_phone": f"090511{right.digits}"}


def put_dossiers(environment: dict[str, str], folder: Path) -> None:
    nobody = {"applicant_phone": "", "applicant_identity_number": ""}
    rows = [{"code": code, **(nobody if code == WITHOUT_NUMBERS else {})} for code in KNOWN]
    file = write_csv(folder / "dossiers.csv", *rows, *map(owner_of, ATTACKS))
    imported = run_command(environment, "dossiers", "import", str(file))
    assert imported.returncode == 0, imported.stderr


@contextlib.contextmanager
def running_bots(*servers: dict[str, str]) -> Iterator[list[RunningBot]]:
    """Servers that start at the same time, each with its folder (`BOT_VAR_DIR`) and settings."""
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(len(servers)) as threads:

        def start(own: dict[str, str]) -> RunningBot:
            return stack.enter_context(running_bot(Path(own["BOT_VAR_DIR"]), **own))

        yield list(threads.map(start, servers))


@pytest.fixture(scope="module")
def postgres(require_service: Callable[[str, str, int], None]) -> Iterator[str]:
    """Address of an empty database."""
    require_service("PostgreSQL", "127.0.0.1", 5432)
    name = f"bot_test_{uuid.uuid4().hex}"
    server = sa.create_engine(f"{POSTGRES}postgres", isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield POSTGRES + name
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture(scope="module")
def pair(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningBot]]:
    """Two servers on one database, behind a proxy; a test may end the second."""
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    own = {
        "BOT_DATABASE_URL": postgres,
        "BOT_REST_PUBLIC": "1",
        "BOT_LOOKUP_FAILURES_OVERALL": str(OVERALL),
    }
    put_dossiers(bot_environment(folders[0], **own), folders[0])
    with running_bots(*({**own, "BOT_VAR_DIR": str(folder)} for folder in folders)) as bots:
        yield bots


def say(bot: RunningBot, sender: str, message: str, address: str = "") -> Messages:
    """Messages of the reply without the name of the sender, as they came; see `X-Forwarded-For`."""
    body = json.dumps({"sender": sender, "message": message}).encode()
    headers = {"X-Forwarded-For": address} if address else {}
    status, messages = bot.request("/webhooks/rest/webhook", body, headers)
    assert status == 200, messages
    assert {message.pop("recipient_id") for message in messages} == {sender}
    return messages


def look_up(
    bot: RunningBot, sender: str, code: str, digits: str = TAIL, address: str = ""
) -> Messages:
    return say(bot, sender, f"Hồ sơ {code} tới đâu rồi, 4 số cuối {digits}", address)


def told(messages: Messages) -> list[str]:
    return [answer["status"] for answer in Reply(messages).answers]


def fail_over_many_codes(bot: RunningBot, sender: str, times: int, address: str = "") -> None:
    """Each failure is of another code and another conversation."""

    def fail(number: int) -> list[str]:
        return told(look_up(bot, f"{sender}-{number}", UNKNOWN[number], "0000", address))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(fail, range(times))) == [["refused"]] * times


def test_a_refusal_is_the_same_to_the_letter_whatever_was_wrong(
    pair: list[RunningBot], sender: str
) -> None:
    bot = pair[0]
    tries = [(UNKNOWN[0], TAIL), (GUESSED, "0000"), (WITHOUT_NUMBERS, TAIL), (UNKNOWN[1], "0000")]
    at_once, in_turn = [], []
    for number, (code, digits) in enumerate(tries):
        at_once.append(json.dumps(look_up(bot, f"{sender}-{number}", code, digits)))
        asked = say(bot, f"{sender}+{number}", f"tra cứu hồ sơ {code}")
        assert told(asked) == ["clarify"]
        in_turn.append(json.dumps([asked, say(bot, f"{sender}+{number}", digits)]))
    assert len(set(at_once)) == 1
    assert len(set(in_turn)) == 1
    (text, answer) = json.loads(at_once[0])
    assert list(text) == ["text"]
    assert answer == {"custom": {"answer": {"topic": "status", "status": "refused"}}}
    # Tries are not counted aloud.
    assert re.findall(r"\d+", text["text"]) == ["4", "1022"]


def test_a_locked_code_is_locked_on_all_servers_and_after_a_restart(
    pair: list[RunningBot], sender: str
) -> None:
    limit = settings().lookup_failures_per_hour
    refused = [look_up(pair[n % 2], f"{sender}-{n}", LOCKED, "0000") for n in range(limit)]
    refused += [look_up(bot, f"{sender}-{bot.port}", LOCKED) for bot in pair]
    assert [told(look_up(bot, f"{sender}-free", FREE)) for bot in pair] == [["answered"]] * 2
    pair[1].stop()
    own = {name: value for name, value in pair[1].environment.items() if name != "BOT_PORT"}
    with running_bots(own) as (restarted,):
        refused.append(look_up(restarted, f"{sender}-later", LOCKED))
        assert told(look_up(restarted, f"{sender}-new", FREE)) == ["answered"]
    assert refused == [refused[0]] * (limit + 3)
    assert told(refused[0]) == ["refused"]
    shown = run_command(pair[0].environment, "dossiers", "audit", "--code", LOCKED)
    *lines, last = shown.stdout.splitlines()
    assert last == f"{limit + 3} tries of {LOCKED}."
    ways = [line.split()[2:5] for line in lines]
    assert ways == [["rest", "digits", "refused"]] * limit + [["rest", "digits", "locked"]] * 3
    one_try = r"[\d-]{10} [\d:]{8}  rest +digits +\w+ +session [0-9a-f]{8}  address unknown"
    assert [line for line in lines if not re.fullmatch(one_try, line)] == []
    assert [piece for piece in (PHONE, IDENTITY, sender) if piece in shown.stdout] == []


def test_an_address_that_fails_too_often_is_refused_and_no_other(
    pair: list[RunningBot], sender: str
) -> None:
    bot = pair[0]
    fail_over_many_codes(bot, sender, settings().lookup_failures_per_address - 1, ONE_HOUSEHOLD)
    assert told(look_up(bot, f"{sender}-a", FREE, address=ONE_HOUSEHOLD)) == ["answered"]
    last = look_up(bot, f"{sender}-b", UNKNOWN[99], "0000", ONE_HOUSEHOLD)
    assert look_up(bot, f"{sender}-c", FREE, address=ONE_HOUSEHOLD) == last
    # What a client claims stands before what the proxy adds.
    claimed = f"{OTHER_HOUSEHOLD}, {ONE_HOUSEHOLD}"
    assert look_up(bot, f"{sender}-d", FREE, address=claimed) == last
    assert told(last) == ["refused"]
    assert told(look_up(bot, f"{sender}-e", FREE, address=OTHER_HOUSEHOLD)) == ["answered"]
    assert told(look_up(bot, f"{sender}-f", FREE)) == ["answered"]


def test_a_direct_caller_is_never_limited_by_address(pair: list[RunningBot], sender: str) -> None:
    fail_over_many_codes(pair[0], sender, settings().lookup_failures_per_address + 10)
    assert told(look_up(pair[0], f"{sender}-right", FREE)) == ["answered"]


@pytest.mark.parametrize("way", ATTACKS)
def test_an_attack_is_shut_out_before_it_comes_to_the_right_guess(
    pair: list[RunningBot], way: str, sender: str
) -> None:
    ask = enumeration_attack.asking_over_rest(pair[0].url, with_address=True)
    # Messages of one conversation wait for each other.
    at_once = 1 if way == ONE_SESSION else 8
    found = asyncio.run(enumeration_attack.attack(way, iter(guesses(way)), ask, at_once))
    assert (found.tries, found.shown, found.errors) == (ATTACKS[way], 0, 0)
    code, phone = owner_of(way).values()
    # The owner is told: by the whole number while many addresses guess, and not while the code is
    # locked.
    digits = phone if way in (BOTNET, ONE_CODE) else phone[-4:]
    expected = "refused" if way == ONE_CODE else "answered"
    assert told(look_up(pair[0], sender, code, digits, OTHER_HOUSEHOLD)) == [expected]


@pytest.fixture(scope="module")
def sending_bot(
    seeded_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    """A server that verifies by one-time codes."""
    folder = tmp_path_factory.mktemp("sending")
    shutil.copyfile(seeded_file, folder / "bot.db")
    put_dossiers(bot_environment(folder), folder)
    own = {"BOT_LOOKUP_FACTOR": "one_time_code", "BOT_SMS_FOLDER": str(folder / "sms")}
    with running_bot(folder, **own) as bot:
        yield bot


def messages_of(bot: RunningBot) -> list[tuple[str, str]]:
    """Number and text of all short messages, the oldest first."""
    files = sorted(Path(bot.environment["BOT_SMS_FOLDER"]).glob("*.txt"))
    texts = [file.read_text(encoding="utf-8").rstrip("\n") for file in files]
    return [(text.partition("\n")[0], text.partition("\n")[2]) for text in texts]


def sent_code(bot: RunningBot, known: int) -> str:
    """The code of the message that comes after so many others; sending is not waited for."""
    deadline = time.monotonic() + 10
    while len(messages_of(bot)) == known:
        assert time.monotonic() < deadline, "no message was sent"
        time.sleep(0.02)
    *_, (number, text) = messages_of(bot)
    (code,) = re.findall(rf"\b\d{{{one_time_codes.LENGTH}}}\b", text)
    assert number == PHONE
    return code


def ask_for_code(bot: RunningBot, sender: str, code: str, phone: str) -> list[Messages]:
    """What is said to a dossier's code, and then to a telephone number."""
    return [say(bot, sender, f"tra cứu hồ sơ {code}"), say(bot, sender, phone)]


def test_the_code_that_was_sent_opens_the_dossier(sending_bot: RunningBot, sender: str) -> None:
    bot = sending_bot
    known = len(messages_of(bot))
    assert told(look_up(bot, f"{sender}-digits", FREE)) == ["clarify"]
    right = ask_for_code(bot, f"{sender}-owner", FREE, PHONE)
    assert [told(messages) for messages in right] == [["clarify"], ["clarify"]]
    code = sent_code(bot, known)
    # The same words for a number that is not the dossier's, and for no dossier; nothing is sent.
    assert ask_for_code(bot, f"{sender}-guesser", FREE, "0905111223") == right
    assert ask_for_code(bot, f"{sender}-nobody", UNKNOWN[0], PHONE) == right
    assert told(say(bot, f"{sender}-guesser", code)) == ["refused"]
    assert told(say(bot, f"{sender}-nobody", code)) == ["refused"]
    shown = say(bot, f"{sender}-owner", code)
    assert told(shown) == ["answered"]
    assert f"Hồ sơ {FREE}: đang được giải quyết" in shown[0]["text"]
    assert len(messages_of(bot)) == known + 1
    assert PHONE not in str(shown) + bot.log.read_text(errors="replace")


def test_wrong_codes_open_nothing_and_use_the_right_one_up(
    sending_bot: RunningBot, sender: str
) -> None:
    bot = sending_bot
    known = len(messages_of(bot))
    ask_for_code(bot, sender, GUESSED, PHONE)
    code = sent_code(bot, known)
    wrong = "111111" if code != "111111" else "222222"
    statuses = [told(say(bot, sender, offered)) for offered in (*[wrong] * 3, code)]
    assert statuses[0] == ["refused"]
    assert ["answered"] not in statuses
    ask_for_code(bot, sender, GUESSED, PHONE)
    assert told(say(bot, sender, sent_code(bot, known + 1))) == ["answered"]


def test_a_server_that_could_send_no_code_does_not_start(tmp_path: Path) -> None:
    own = {"BOT_LOOKUP_FACTOR": "one_time_code", "BOT_PORT": str(free_port())}
    refused = run_command(bot_environment(tmp_path, **own), "serve")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "Error: BOT_SMS_FOLDER is not set: no one-time codes can be sent\n"
