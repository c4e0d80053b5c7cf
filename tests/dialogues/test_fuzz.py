"""Thousands of conversations at random: whatever is said, the bot answers and can be left.

They are held in two processes of their own, each with a copy of the prepared database, so that
memory and log are the bot's alone. What is said depends on the number of the conversation and
on the buttons that the bot offers: a failure names the number, and

    .venv/bin/python -m tests.dialogues.test_fuzz 1234

holds that conversation again and shows it (with the database of the settings).
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import ctypes
import datetime as dt
import gc
import json
import logging
import random
import re
import resource
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import PROJECT_ROOT, settings
from tests.running_bot import bot_environment

SEED = 20261101
CONVERSATIONS = 2000
# Codes of tickets are drawn anew for each.
TICKET = re.compile(r"PA ?\d{3} ?\d{3}")
PROCESSES = 2
# A quarter of the conversations, then all of them: what grows in between is a leak.
WARM = 4
KEPT = 200
# Conversations of which our store forgets most, held with Rasa's store as well.
LONG_TALKS, LONG_TURNS, FEW_EVENTS = 10, 20, 30
# Measured over 450 conversations: nothing, and 10 MB with Rasa's own store.
MOST_GROWTH_MB = 6
FEWEST_TURNS, MOST_TURNS = 2, 7
LONGEST_SECONDS = 900

TEXTS = PROJECT_ROOT / "tests"
STATUSES = {
    "answered", "not_published", "clarify", "not_found", "out_of_scope", "refused",
    "handover", "unavailable", "error",
}  # fmt: skip
# Of templates and of values that are not there.
LEFT_OVERS = re.compile(r"Traceback|[{}]|\b(None|null|nan|undefined)\b")
# Shorter texts ("ok", "1") stand in a log by chance.
TELLING = 12

PAYLOADS = (
    '/choose_option{"procedure_code": "1.001193"}',
    '/choose_option{"procedure_code": "1.004194"}',
    '/choose_option{"procedure_code": "9.999999"}',
    '/choose_option{"ordinal": "2"}',
    '/ask_fee{"procedure_code": "1.004194"}',
    '/inform{"dossier_code": "H48.16-260512-0003"}',
    '/inform{"digits": "5678"}',
    '/check_dossier_status{"dossier_code": "H48.16-260512-0003"}',
)
BROKEN_PAYLOADS = (
    '/choose_option{"procedure_code": "1.001193"', '/choose_option{"procedure_code": 1.001193}',
    '/choose_option{"procedure_code": null}', '/choose_option{"procedure_code": ["1.001193"]}',
    '/choose_option{"procedure_code": {"a": 1}}', '/choose_option{"procedure_code": ""}',
    '/choose_option{"ordinal": "99999999999999999999"}', '/choose_option{"ordinal": -1}',
    '/choose_option{"ordinal": "x"}', "/choose_option{'procedure_code': '1.001193'}",
    '/choose_option{"procedure_code": "1.001193"} và phí', "/choose_option{}", "/choose_option",
    '/inform{"dossier_code": null}', '/inform{"place": ["a", "b"]}', '/inform{"digits": 5678}',
    '/no_such_intent{"a": 1}', '/greet{"no_such_entity": "x"}', "/greet@0.2", "/GREET", "/ greet",
    "/", "//", "/{", "/dossier_status_form", "/action_listen", "/nlu_fallback", "/EXTERNAL: x",
    '{"a": 1}', "[]", "null", "None", '{"text": "x"}', "{procedure}", "%s %d {0}",
)  # fmt: skip
COMMANDS = ("/restart", "/back", "/session_start", " /RESTART ", "/stop", "/help", "/quit")
EMOJI = ("😀", "👍👍", "🙏", "❤️‍🔥", "🇻🇳", "👨‍👩‍👧‍👦", "hồ sơ 😭😭", "1️⃣", "🤔?")
MARKUP = (
    "<script>alert(1)</script>", "<b>phí</b> bao nhiêu", "' OR 1=1; --", "**đậm** _nghiêng_ `mã`",
    "<img src=x onerror=alert(1)>", "[khai sinh](javascript:alert(1))", "&lt;b&gt; &nbsp;",
    'khai sinh" AND "x', "khai sinh* OR NEAR(", "C:\\tạm trú\\n", "${7*7} {{7*7}} #{7}",
)  # fmt: skip
CONTROL = (
    "\x00", "\x07", "\x1b[31m", "\u200b", "\u202e", "\ufeff", "\r\n", "\t", "\ud800", "\U0010ffff",
    "\u0301" * 9, "\x85", "\u2028",
)  # fmt: skip
ORDINALS = (
    "cái thứ hai", "số 1", "số 3", "cái đầu tiên", "cái cuối", "thứ 9", "2", "1", "cai so 4",
    "lựa chọn thứ 5", "số 0", "cái thứ một trăm",
)  # fmt: skip
CODES = (
    "H48.16-260512-0003", "000.00.16.H48-260512-0004", "h48 16 260512 3", "1.001193", "1.004194",
    "H48.16-260512-9999", "H48.99-999999-99999", "H48-", "9.999999", "1.004194.000.00.00.H48",
)  # fmt: skip
DIGITS = ("5678", "0001", "7890", "1111", "0000", "567", "56789", "0912345678", "051234567890")
ADVANCES = (
    "hồ sơ của tôi tới đâu rồi", "tra cứu hồ sơ", "phí bao nhiêu", "cần giấy tờ gì", "đúng rồi",
    "mấy ngày xong", "nộp ở đâu", "ở xã Bình Sơn", "ở thành phố Quảng Ngãi", "không", "sao nữa",
    "cả phí lẫn giấy tờ", "không phải cái đó", "ai làm thay được không", "giống hồi nãy",
    "ngày 1/9/2026 thì sao", "gặp cán bộ", "lịch làm việc", "số điện thoại",
)  # fmt: skip


def known_texts() -> list[str]:
    """What citizens say in other tests."""
    texts: list[str] = []
    for part in ("held_out", "development"):
        lines = (TEXTS / "nlu" / f"{part}.csv").read_text(encoding="utf-8").splitlines()
        texts += [row["text"] for row in csv.DictReader(lines)]
    for path in sorted((TEXTS / "dialogues").glob("*.yml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            texts += [str(turn["say"]) for turn in dialogue["turns"]]
    return texts


def domain_payloads() -> list[str]:
    """Payloads of all buttons that stand in the wording, and each intent as one."""
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
    payloads = {f"/{next(iter(i)) if isinstance(i, dict) else i}" for i in domain["intents"]}
    for path in (PROJECT_ROOT / "domain").glob("*.yml"):
        for variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].values():
            payloads |= {b["payload"] for v in variants for b in v.get("buttons", [])}
    return sorted(payloads)


class Citizen:
    """Says what comes to a random mind."""

    def __init__(self, number: int, texts: list[str], payloads: list[str]) -> None:
        """`number` of the conversation: the same one says the same."""
        self._random = random.Random(SEED * 1_000_003 + number)
        self._texts, self._payloads = texts, payloads
        self.turns = self._random.randint(FEWEST_TURNS, MOST_TURNS)
        pick = self._random.choice
        self._habits: list[tuple[int, Callable[[], str]]] = [
            (36, lambda: pick(texts)),
            (12, lambda: pick(ADVANCES)),
            (8, self._spoiled),
            (5, lambda: pick(payloads)),
            (3, lambda: pick(PAYLOADS)),
            (5, lambda: pick(BROKEN_PAYLOADS)),
            (3, lambda: pick(COMMANDS)),
            (5, lambda: pick(ORDINALS)),
            (6, lambda: pick(CODES)),
            (6, lambda: pick(DIGITS)),
            (2, lambda: str(self._random.randint(-3, 10 ** self._random.randint(1, 30)))),
            (3, lambda: pick(EMOJI) * self._random.randint(1, 5)),
            (3, lambda: pick(MARKUP)),
            (3, self._controlled),
            (2, self._long),
        ]

    def says(self, buttons: list[str]) -> str:
        """The next message; `buttons`: payloads that the bot has just offered."""
        if buttons and self._random.random() < 0.3:
            return self._random.choice(buttons)
        weights = [weight for weight, _ in self._habits]
        return self._random.choices(self._habits, weights)[0][1]()

    def _spoiled(self) -> str:
        """Two messages in one, with letters lost, in another case or spelling."""
        one, other = self._random.choice(self._texts), self._random.choice(self._texts)
        text = f"{one} {other}" if self._random.random() < 0.5 else one
        kept = "".join(c for c in text if self._random.random() > 0.08)
        forms: list[Callable[[str], str]] = [
            str.upper,
            str.title,
            lambda t: unicodedata.normalize("NFD", t),
            lambda t: "  ".join(t.split()),
            lambda t: t.replace(" ", ""),
            str,
        ]
        return self._random.choice(forms)(kept) or one

    def _controlled(self) -> str:
        text = self._random.choice(self._texts)
        at = self._random.randint(0, len(text))
        return f"{text[:at]}{self._random.choice(CONTROL)}{text[at:]}"

    def _long(self) -> str:
        words = self._random.choice(self._texts)
        long = [words * 100, words.replace(" ", "") * 100, "\n".join([words] * 100), "a" * 5000]
        return self._random.choice(long)[: settings().max_message_length]


@dataclass
class Report:
    """What one process found; times in seconds, memory in megabytes."""

    failures: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    turns: int = 0
    seconds: float = 0.0
    memory_warm: float = 0.0
    memory_end: float = 0.0
    conversations: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    slowest: list[float] = field(default_factory=list)
    log: str = ""


class Log(logging.Handler):
    """Keeps what was logged since the last look, at every level."""

    def __init__(self) -> None:
        """Hears the root logger and structlog's."""
        super().__init__(logging.DEBUG)
        self._lines: list[tuple[int, str, str]] = []
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """One record, with its traceback."""
        self._lines.append((record.levelno, record.name, self.format(record)))

    def structured(self, _logger: Any, method: str, event: Any) -> Any:
        """A processor of structlog."""
        level = logging.getLevelName(method.upper())
        self._lines.append((level if isinstance(level, int) else 50, "structlog", repr(event)))
        return event

    def problems(self, texts: list[str]) -> Iterator[str]:
        """Warnings of our own, errors of all, and what citizens said."""
        lines, self._lines = self._lines, []
        for level, name, line in lines:
            own = name.split(".")[0] in ("bot", "actions", "py")
            if level >= (logging.WARNING if own else logging.ERROR):
                yield f"logged by {name}: {shortened(line)}"
            elif any(text in line for text in texts if len(text) >= TELLING):
                yield f"a message stands in the log of {name}: {line}"


def shortened(line: str) -> str:
    """A record whose traceback is cut down to our own places and what was raised."""
    lines = line.split("\n")
    own = [at for at in lines if "site-packages" not in at and at.startswith("  File")]
    raised = [at for at in lines[1:] if re.match(r"\w[\w.]*(Error|Exception)\b", at)]
    return "\n    ".join([lines[0], *own, *raised])


def problems_of_answer(answer: dict[str, Any]) -> Iterator[str]:
    """What an answer object lacks of the contract."""
    topic, status = answer.get("topic"), answer.get("status")
    if not isinstance(topic, str) or not re.fullmatch(r"[a-z_]+", topic):
        yield f"topic {topic!r}"
    if status not in STATUSES:
        yield f"status {status!r}"
    if extra := set(answer) - {
        "topic",
        "status",
        "procedure",
        "options",
        "source",
        "erased",
        "of_dossier",
    }:
        yield f"unknown keys {extra}"
    if answer.get("erased", True) is not True or ("erased" in answer and topic != "privacy"):
        yield f"erased {answer['erased']!r} of {topic}"
    named = [answer["procedure"]] if "procedure" in answer else []
    options = answer.get("options", [])
    # A list of procedures, and what a situation of life brings, show their first ones, too.
    listed = topic in ("list", "life_event", "payment")
    if options and not ((status == "clarify" or listed) and len(options) <= 5):
        yield f"{len(options)} options with {topic} {status}"
    for procedure in [*named, *options]:
        if not all(isinstance(procedure.get(k), str) and procedure[k] for k in ("code", "name")):
            yield f"procedure {procedure}"
    source = answer.get("source")
    if source is None:
        if status in ("answered", "not_published"):
            yield f"{topic} {status} without source"
        return
    if not source.get("title") or not isinstance(source.get("url"), str):
        yield f"source {source}"
    try:
        dt.date.fromisoformat(source.get("checked_on"))
    except (TypeError, ValueError):
        yield f"checked on {source.get('checked_on')!r}"


def problems_of_reply(messages: list[dict[str, Any]], fixed: set[str]) -> Iterator[str]:
    """What is wrong with a reply; `fixed`: texts of the wording that state no fact."""
    texts = [message["text"] for message in messages if "text" in message]
    buttons = [button for message in messages for button in message.get("buttons", [])]
    answers = [message["custom"]["answer"] for message in messages if "custom" in message]
    if not any(text.strip() for text in texts):
        yield "no text"
    for text in [*texts, *(str(button.get("title")) for button in buttons)]:
        if found := LEFT_OVERS.search(text):
            yield f"{found[0]!r} in: {text}"
    for button in buttons:
        if not (button.get("title") or "").strip() or not (button.get("payload") or "").strip():
            yield f"button {button}"
    if not answers:
        yield from (f"no answer object with: {text}" for text in texts if text not in fixed)
    for answer in answers:
        yield from problems_of_answer(answer)
    try:
        json.dumps(messages, ensure_ascii=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        yield f"cannot be sent: {type(error).__name__}"


class Talks:
    """Holds conversations with an agent as channels do."""

    def __init__(self) -> None:
        """Loads the current model."""
        from bot.engine import agent as agents
        from bot.engine.training import current_model

        self.log = Log()
        self._hear_structlog()
        check_forms_faster()
        self._agent = agents.load_now(current_model())
        self._texts, self._payloads = known_texts(), domain_payloads()
        responses = self._agent.domain.responses
        self._fixed = {v["text"] for variants in responses.values() for v in variants}
        self._greetings = {variant["text"] for variant in responses["utter_greet"]}
        self.report = Report()

    def _hear_structlog(self) -> None:
        import structlog

        # Behind what drops the texts, in front of what prints.
        processors = structlog.get_config()["processors"]
        structlog.configure(processors=[*processors[:-1], self.log.structured, processors[-1]])

    async def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        """What the REST channel would send back for a message."""
        from rasa.core.channels.channel import CollectingOutputChannel

        from bot.channels.fallback import handle
        from bot.channels.incoming import user_message

        output = CollectingOutputChannel()
        message = user_message(text, output, sender, "rest")
        begun = time.perf_counter()
        if not await handle(self._agent.handle_message, message):
            output.messages.append({"text": "", "failed": True})
        spent = time.perf_counter() - begun
        self.report.turns += 1
        self.report.seconds += spent
        self.report.slowest = sorted([*self.report.slowest, spent])[-5:]
        return list(output.messages)

    async def hold(self, number: int, *, show: bool = False) -> str | None:
        """One conversation; what went wrong in it, with all that was said until then."""
        from bot.channels.rest import find_problem

        citizen = Citizen(number, self._texts, self._payloads)
        sender = f"fuzz-{number}"
        said: list[str] = []
        buttons: list[str] = []
        for turn in range(citizen.turns + 2):
            left = turn - citizen.turns
            text = ("thôi", "xin chào")[left] if left >= 0 else citizen.says(buttons)
            if find_problem({"message": text}):
                continue  # channels refuse it
            said.append(text)
            messages = await self.say(sender, text)
            if show:
                print(
                    f"> {text!r}", *(json.dumps(m, ensure_ascii=False) for m in messages), sep="\n"
                )
            buttons = [b["payload"] for m in messages for b in m.get("buttons", [])]
            found = [*self.log.problems(said), *problems_of_reply(messages, self._fixed)]
            if left >= 0:
                found += [p async for p in self._problems_of_leaving(sender, left, messages)]
            if found:
                return f"conversation {number} of seed {SEED}: {said!r}\n  " + "\n  ".join(found)
            self._count(messages)
        return None

    async def _problems_of_leaving(
        self, sender: str, left: int, messages: list[dict[str, Any]]
    ) -> Any:
        if left == 0:
            tracker = await self._agent.tracker_store.retrieve(sender)
            if tracker.active_loop:
                yield f"{tracker.active_loop_name} goes on after the citizen has left"
        elif not self._greetings.intersection(m.get("text") for m in messages):
            yield f"no greeting, but {[m.get('text') for m in messages]}"

    def _count(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if "custom" in message:
                answer = message["custom"]["answer"]
                key = f"{answer['topic']} {answer['status']}"
                self.report.statuses[key] = self.report.statuses.get(key, 0) + 1

    async def hold_many(self, numbers: range) -> Report:
        """Conversations one after the other; memory after a part and after all of them."""
        for done, number in enumerate(numbers, 1):
            if problem := await self.hold(number):
                self.report.failures.append(problem)
            if done == len(numbers) // WARM:
                self.report.memory_warm = memory()
        self.report.memory_end = memory()
        self.report.conversations = len(list(await self._agent.tracker_store.keys()))
        for number in numbers[:LONG_TALKS]:
            if difference := await self.compare(number):
                self.report.differences.append(difference)
        return self.report

    async def compare(self, number: int) -> str | None:
        """A long conversation with a store that forgets most of it, and with Rasa's own store.

        What was said up to the first turn that is answered differently, if any is.
        """
        from rasa.core.tracker_store import InMemoryTrackerStore

        from bot.channels.rest import find_problem
        from bot.engine.tracker_store import BoundedTrackerStore

        citizen = Citizen(number, self._texts, self._payloads)
        domain, processor = self._agent.domain, self._agent.processor
        usual = processor.tracker_store
        stores = (BoundedTrackerStore(domain, events=FEW_EVENTS), InMemoryTrackerStore(domain))
        said: list[str] = []
        buttons: list[str] = []
        try:
            for _ in range(LONG_TURNS):
                text = citizen.says(buttons)
                if find_problem({"message": text}):
                    continue
                said.append(text)
                replies = []
                for place, store in enumerate(stores):
                    processor.tracker_store = store
                    random.seed(number)  # Rasa draws among variants of a response
                    # What is stored beside the talk (notices, tickets) is each talk's own.
                    said_back = await self.say(f"long-{number}-{place}", text)
                    written = json.dumps([{**m, "recipient_id": ""} for m in said_back])
                    replies.append(json.loads(TICKET.sub("PA", written)))
                if replies[0] != replies[1]:
                    return f"conversation {number} of seed {SEED}: {said!r}\n  {replies}"
                buttons = [b["payload"] for m in replies[0] for b in m.get("buttons", [])]
        finally:
            processor.tracker_store = usual
        return None


def check_forms_faster() -> None:
    """Forms still make Rasa's own actions, which prove the schema of a result anew each time.

    The result is checked all the same, by the validator that other actions are checked by.
    """
    from rasa.core.actions.action import RemoteAction

    from bot.engine.in_process_actions import InProcessAction

    RemoteAction._validate_action_result = InProcessAction._validate_action_result


def memory() -> float:
    """Resident memory of this process in megabytes."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        # What loading the model left free would hide for long what conversations take.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    # macOS: the highest so far, in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(arguments: list[str]) -> None:
    """`NUMBER` shows one conversation; `FIRST END FILE` holds many and writes a report."""
    from bot.engine import quiet

    quiet.configure()
    talks = Talks()
    if len(arguments) == 1:
        print(asyncio.run(talks.hold(int(arguments[0]), show=True)) or "nothing is wrong")
        return
    first, end, file = int(arguments[0]), int(arguments[1]), Path(arguments[2])
    report = asyncio.run(talks.hold_many(range(first, end)))
    file.write_text(json.dumps(asdict(report)), encoding="utf-8")


def copy_database(source: Path, target: Path) -> None:
    """A SQLite file as it is now, also while a server has it open."""
    target.parent.mkdir(parents=True)
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


def start(folder: Path, numbers: range, log: Path) -> subprocess.Popen[bytes]:
    """A process that holds conversations and logs all it may."""
    environment = bot_environment(
        folder,
        BOT_CONVERSATIONS_KEPT=str(KEPT),
        # Few codes are tried by many: they must not stay shut.
        BOT_LOOKUP_FAILURES_PER_HOUR="1000",
        LOG_LEVEL="DEBUG",
    )
    command = [sys.executable, "-m", "tests.dialogues.test_fuzz"]
    command += [str(numbers.start), str(numbers.stop), str(folder / "report.json")]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )


@pytest.fixture(scope="module")
def reports(
    prepared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Report]]:
    share = CONVERSATIONS // PROCESSES
    folder = tmp_path_factory.mktemp("fuzz")
    running = []
    for part in range(PROCESSES):
        own = folder / str(part)
        copy_database(prepared_folder / "bot.db", own / "bot.db")
        numbers = range(part * share, (part + 1) * share)
        running.append((own, start(own, numbers, folder / f"{part}.log")))
    try:
        for own, process in running:
            assert process.wait(timeout=LONGEST_SECONDS) == 0, (
                folder / f"{own.name}.log"
            ).read_text(errors="replace")[-3000:]
        found = [Report(**json.loads((own / "report.json").read_text())) for own, _ in running]
        for report, (own, _) in zip(found, running, strict=True):
            report.log = (folder / f"{own.name}.log").read_text(errors="replace")
        yield found
    finally:
        for _, process in running:
            process.kill()


def test_every_message_is_answered_in_order_and_every_talk_can_be_left(
    reports: list[Report],
) -> None:
    failures = [failure for report in reports for failure in report.failures]
    assert not failures, "\n\n".join([f"{len(failures)} conversations:", *failures[:10]])


def test_the_conversations_reach_most_of_what_the_bot_can_say(reports: list[Report]) -> None:
    # Otherwise the test above would prove little.
    reached = {key for report in reports for key in report.statuses}
    assert len(reached) > 35, sorted(reached)
    assert {"status answered", "status refused", "fee answered", "procedure clarify"} <= reached
    assert sum(report.turns for report in reports) > 5 * CONVERSATIONS


def test_what_the_store_forgets_changes_no_answer(reports: list[Report]) -> None:
    differences = [difference for report in reports for difference in report.differences]
    assert not differences, "\n\n".join(differences)


def test_memory_stays_flat(reports: list[Report]) -> None:
    growth = [report.memory_end - report.memory_warm for report in reports]
    assert max(growth) < MOST_GROWTH_MB, growth
    assert [report.conversations for report in reports] == [KEPT] * PROCESSES


def test_what_citizens_say_stands_in_no_log(reports: list[Report]) -> None:
    texts = {text for text in known_texts() if len(text) > 2 * TELLING}
    assert len(texts) > 500
    for report in reports:
        assert " DEBUG " in report.log  # it was written at the most talkative level
        assert [text for text in texts if text in report.log] == []


if __name__ == "__main__":
    main(sys.argv[1:])
