"""The bot on the procedures system (iGate): what a citizen reads in good days and in bad ones.

Two servers start: one whose system misbehaves on demand, and one whose system is gone and comes
back while the first is being tried.
"""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import today
from bot.dossiers.igate_client import FAILURES, OPEN_SECONDS, IGateGateway
from bot.settings import PROJECT_ROOT, settings
from tests.dossiers.test_answer_time import difference, is_leak
from tests.igate_dossiers import IDENTITY, PHONE, demo_dossiers, dossier
from tests.igate_server import CLIENT_ID, CLIENT_SECRET, RunningIGate, running_igate
from tests.running_bot import Reply, RunningBot, free_port, run_command, running_bot

TIMEOUT = 1
# A look-up takes at most twice the time-out, and its answer comes at the next half second.
LONGEST = 2 * TIMEOUT + IGateGateway.answer_seconds
# What a busy machine may add to a bound; what others may wait for while one look-up hangs.
SLACK, AT_ONCE = 1.5, 1.0
HAMMERED = 12
SIDE_QUESTION = "lệ phí đăng ký kết hôn bao nhiêu"
CODE = "H48.16-260701-0003"
KNOWN = [f"H48.16-260702-{number:04}" for number in range(1, 13)]
UNKNOWN = [f"H48.16-260702-{number:04}" for number in range(5001, 5013)]
TRIES, LANES, LARGEST_DIFFERENCE = 60, 8, 0.015
PERSONAL = ("Nguyễn Văn Thử", PHONE, IDENTITY, "đường Thử", "Thôn Thử", "thu@example.vn")

ANSWERED, REFUSED, UNAVAILABLE = "answered", "refused", "unavailable"
# Mode of the system → what the citizen is told. A search that finds nothing, or another dossier,
# is an answer: there is no such dossier.
TOLD = {
    "ok": ANSWERED,
    "slow": UNAVAILABLE,
    "drip": UNAVAILABLE,
    "401": ANSWERED,
    "401-always": UNAVAILABLE,
    "403": UNAVAILABLE,
    "404": REFUSED,
    "429": UNAVAILABLE,
    "500": UNAVAILABLE,
    "502": UNAVAILABLE,
    "503": UNAVAILABLE,
    "broken-json": UNAVAILABLE,
    "wrong-shape": UNAVAILABLE,
    "wrong-code": REFUSED,
    "empty": REFUSED,
    "huge": UNAVAILABLE,
    "reset": UNAVAILABLE,
    "token-500": UNAVAILABLE,
}


@contextlib.contextmanager
def bot_on(url: str, seeded_file: Path, folder: Path) -> Iterator[RunningBot]:
    shutil.copyfile(seeded_file, folder / "bot.db")
    own = {
        "BOT_IGATE_URL": url,
        "BOT_IGATE_SSO_URL": url,
        "BOT_IGATE_CLIENT_ID": CLIENT_ID,
        "BOT_IGATE_CLIENT_SECRET": CLIENT_SECRET,
        "BOT_IGATE_TIMEOUT": str(TIMEOUT),
        "BOT_IGATE_CACHE": "0",
        "LOG_LEVEL": "DEBUG",
    }
    with running_bot(folder, **own) as bot:
        yield bot


@pytest.fixture(scope="module")
def igate() -> Iterator[RunningIGate]:
    with running_igate([dossier(CODE), *map(dossier, KNOWN), *demo_dossiers(today())]) as running:
        yield running


@pytest.fixture(scope="module")
def asking_bot(
    igate: RunningIGate, seeded_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    with bot_on(igate.url, seeded_file, tmp_path_factory.mktemp("asking")) as bot:
        yield bot


@contextlib.contextmanager
def system_at(port: int) -> Iterator[None]:
    """The demonstration's system as a process of its own, which holds `demo_dossiers`."""
    command = [sys.executable, "-m", "tests.igate_server", "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT) as process:
        try:
            deadline = time.monotonic() + 20
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert time.monotonic() < deadline, "the system does not listen"
                time.sleep(0.05)
            yield
        finally:
            process.kill()


def look_up(bot: RunningBot, sender: str, code: str = CODE, digits: str = PHONE[-4:]) -> Reply:
    return bot.say(sender, f"Hồ sơ {code} của tôi tới đâu rồi, 4 số cuối {digits}")


def timed(bot: RunningBot, sender: str, code: str = CODE) -> tuple[Reply, float]:
    started = time.monotonic()
    return look_up(bot, sender, code), time.monotonic() - started


def told(reply: Reply) -> list[str]:
    """Statuses of a reply that speaks of a dossier, and not with an empty message."""
    assert {a["topic"] for a in reply.answers} == {"status"}, reply
    assert all(m["text"].strip() for m in reply.messages if "text" in m)
    assert reply.text
    return [a["status"] for a in reply.answers]


def tried(bot: RunningBot, code: str) -> list[str]:
    """Outcomes of all tries of a code, as an operator reads them."""
    shown = run_command(bot.environment, "dossiers", "audit", "--code", code)
    assert shown.returncode == 0, shown.stderr
    return [line.split()[4] for line in shown.stdout.splitlines()[:-1]]


@dataclass(frozen=True)
class Outage:
    """A server whose system was gone until it was left in peace, and which is back since then."""

    bot: RunningBot
    code: str
    failed: list[tuple[Reply, float]]
    opened_at: float


@pytest.fixture(scope="module")
def outage(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outage]:
    port, code = free_port(), demo_dossiers(today())[0]["code"]
    folder = tmp_path_factory.mktemp("outage")
    with bot_on(f"http://127.0.0.1:{port}", seeded_file, folder) as bot:
        failed = [timed(bot, f"early-{number}", code) for number in range(FAILURES)]
        opened_at = time.monotonic()
        with system_at(port):
            yield Outage(bot, code, failed, opened_at)


def test_a_system_that_is_gone_is_said_so_at_once(outage: Outage) -> None:
    assert [told(reply) for reply, _ in outage.failed] == [[UNAVAILABLE]] * FAILURES
    assert len({reply.text for reply, _ in outage.failed}) == 1
    assert max(seconds for _, seconds in outage.failed) < IGateGateway.answer_seconds * 2 + SLACK


def test_a_side_question_is_answered_while_the_system_is_left_in_peace(
    outage: Outage, sender: str
) -> None:
    assert told(outage.bot.say(sender, f"tra cứu hồ sơ {outage.code}")) == ["clarify"]
    reply = outage.bot.say(sender, SIDE_QUESTION)
    (fee, asked_on) = reply.answers
    assert (fee["topic"], fee["procedure"]["code"]) == ("fee", "1.000894")
    assert (asked_on["topic"], asked_on["status"]) == ("status", "clarify")
    assert told(outage.bot.say(sender, PHONE[-4:])) == [UNAVAILABLE]


def test_failures_of_the_system_are_no_failed_tries(outage: Outage, sender: str) -> None:
    assert settings().lookup_failures_per_hour < HAMMERED
    askers = [f"{sender}-{number}" for number in range(HAMMERED)]
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda asker: look_up(outage.bot, asker, outage.code), askers))
    # The system is back, but not yet trusted.
    assert time.monotonic() - outage.opened_at < OPEN_SECONDS
    assert [told(reply) for reply in replies] == [[UNAVAILABLE]] * HAMMERED


def test_other_citizens_are_served_while_a_look_up_hangs(
    asking_bot: RunningBot, igate: RunningIGate, sender: str
) -> None:
    igate.set_mode("slow", seconds=30)
    try:
        asked = igate.counts()["requests"]
        with ThreadPoolExecutor(1) as thread:
            hanging = thread.submit(timed, asking_bot, sender)
            while igate.counts()["requests"] == asked:
                time.sleep(0.01)
            waited = []
            for number in range(3):
                started = time.monotonic()
                reply = asking_bot.say(f"{sender}-{number}", SIDE_QUESTION)
                waited.append(time.monotonic() - started)
                assert [a["topic"] for a in reply.answers] == ["fee"]
            assert not hanging.done()
            reply, seconds = hanging.result(timeout=LONGEST + SLACK)
    finally:
        igate.set_mode("ok")
    assert max(waited) < AT_ONCE
    assert told(reply) == [UNAVAILABLE]
    assert TIMEOUT <= seconds < LONGEST + SLACK


@pytest.mark.parametrize("mode", TOLD)
def test_each_fault_is_answered_in_time_and_leaves_nothing_behind(
    asking_bot: RunningBot, igate: RunningIGate, sender: str, mode: str
) -> None:
    if mode.startswith("token"):
        igate.state.tokens.clear()  # or nobody would have to sign in
    times, wait = (1 if mode == "401" else None), (30 if mode == "slow" else None)
    igate.set_mode(mode, times, wait)
    try:
        reply, seconds = timed(asking_bot, sender)
    finally:
        igate.set_mode("ok")
    assert told(reply) == [TOLD[mode]]
    assert seconds < LONGEST + SLACK
    assert told(look_up(asking_bot, f"{sender}-again")) == [ANSWERED]


def test_the_answer_holds_what_a_citizen_needs_and_nothing_of_the_applicant(
    asking_bot: RunningBot, sender: str
) -> None:
    late = demo_dossiers(today())[1]
    reply = look_up(asking_bot, sender, late["code"])
    received, due = (
        "{2}/{1}/{0}".format(*late[name][:10].split("-"))
        for name in ("acceptedDate", "appointmentDate")
    )
    for piece in (
        f"Hồ sơ {late['code']}: đang được giải quyết (hệ thống ghi “Đang xử lý”).",
        "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
        f"Ngày nhận: {received}. Hẹn trả: {due}.",
        "em xin lỗi anh/chị",
        "UBND xã Bình Sơn",
        "Hệ thống thông tin giải quyết thủ tục hành chính của tỉnh",
    ):
        assert piece in reply.text
    assert re.search(r"Đã trễ hẹn [4-6] ngày làm việc\.", reply.text)
    said, log = str(reply.messages), asking_bot.log.read_text(errors="replace")
    assert " DEBUG " in log, "the log is read from the wrong place, or holds too little"
    assert [piece for piece in (*PERSONAL, PHONE[-4:], IDENTITY[-4:]) if piece in said] == []
    assert [piece for piece in (*PERSONAL, "4 số cuối", late["code"]) if piece in log] == []


def lane(bot: RunningBot, number: int, seconds: dict[str, list[float]]) -> None:
    """One after the other: a known and an unknown code, in random order, with wrong digits."""
    dice = random.Random(number)
    for turn in range(number, TRIES, LANES):
        pair = [("known", KNOWN[turn % len(KNOWN)]), ("unknown", UNKNOWN[turn % len(UNKNOWN)])]
        dice.shuffle(pair)
        for kind, code in pair:
            started = time.monotonic()
            reply = look_up(bot, f"{kind}-{turn}", code, "0000")
            seconds[kind].append(time.monotonic() - started)
            assert told(reply) == [REFUSED]


@pytest.mark.alone
def test_unknown_codes_and_wrong_digits_take_the_same_time(asking_bot: RunningBot) -> None:
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    with ThreadPoolExecutor(LANES) as threads:
        for done in [threads.submit(lane, asking_bot, n, seconds) for n in range(LANES)]:
            done.result()
    assert [len(found) for found in seconds.values()] == [TRIES, TRIES]
    assert statistics.median(seconds["known"]) >= IGateGateway.answer_seconds
    assert difference(seconds) < LARGEST_DIFFERENCE
    assert not is_leak(seconds)


def test_the_system_is_asked_again_when_its_rest_is_over(outage: Outage, sender: str) -> None:
    time.sleep(max(0.0, outage.opened_at + OPEN_SECONDS - time.monotonic()))
    assert told(look_up(outage.bot, sender, outage.code)) == [ANSWERED]
    outcomes = tried(outage.bot, outage.code)
    assert outcomes == [*[UNAVAILABLE] * (len(outcomes) - 1), "shown"]
