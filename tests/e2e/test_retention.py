"""`python -m bot retention run`: what is old goes, in the database and in the tracker store."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from bot.dossiers import tables as t
from bot.settings import Settings
from bot.support.tables import answer_ratings, tickets
from tests.e2e.stored_talks import SERVICES, postgres_store, sqlite_store, write_endpoints
from tests.running_bot import bot_environment, run_command
from tests.test_retention import COUNTED_AS, marks, put

DAY = 24 * 60 * 60
STORES = {"sqlite": sqlite_store, "postgres": postgres_store}
# Table, column of the time, days that a row is kept, and what else makes it one that can go.
KEPT: tuple[tuple[sa.Table, str, int, dict[str, str]], ...] = (
    (t.lookup_failures, "failed_at", 1, {}),
    (t.one_time_codes, "made_at", 1, {}),
    (t.lookup_audit, "tried_at", 365, {}),
    (t.subscriptions, "ended_at", 30, {"consented_at": "ended_at"}),
    (t.notices, "delivered_at", 30, {"made_at": "delivered_at"}),
    (tickets, "closed_at", 365, {"made_at": "closed_at"}),
    (answer_ratings, "made_at", 365, {}),
)
# Conversations are kept 20 days here.
TALKS = (
    ("old", 20.1),
    ("older", 400.0), ("older", 300.0),
    ("young", 19.9),
    ("gone on with", 90.0), ("gone on with", 1.0),
)  # fmt: skip
ALL_ROWS = {table.name: ["goes", "stays"] for table, *_ in KEPT}
ALL_COUNTED = [COUNTED_AS.get(name, name) for name in ALL_ROWS]
# Counted, too; rows of them go in tests/payments/test_orders.py.
OF_PAYMENTS = {"payment_orders": 0, "payment_messages": 0}
OF_PEOPLE = dict.fromkeys(("handovers", "staff_audit", "hotline_deliveries", "hotline_screens"), 0)
COUNTED = {
    **dict.fromkeys(ALL_COUNTED, 1),
    **OF_PAYMENTS,
    **OF_PEOPLE,
    "sms_files": 1,
    "conversations": 2,
}


def say(store: SQLTrackerStore, sender: str, days_ago: float) -> None:
    """One turn, so many days ago: two events, and one more where a conversation begins."""

    async def turn() -> None:
        tracker = await store.get_or_create_tracker(sender)
        tracker.update(UserUttered("xin chào"))
        tracker.update(BotUttered("Chào anh/chị."))
        await store.save(tracker)

    when = time.time() - days_ago * DAY
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.time", lambda: when)
        asyncio.run(turn())


MARKS = {"goes": "a" * 16, "stays": "b" * 16}


@pytest.fixture(params=STORES)
def environment(
    request: pytest.FixtureRequest,
    database_ready: Settings,
    require_service: Callable[[str, str, int], None],
) -> Iterator[tuple[dict[str, str], SQLTrackerStore]]:
    """Old and young rows and conversations; one is old, but was gone on with."""
    if request.param == "postgres":
        require_service(*SERVICES[0])
    folder = database_ready.var_dir
    for table, column, days, further in KEPT:
        for name, hours in (("goes", 1), ("stays", -1)):
            when = dt.datetime.utcnow() - dt.timedelta(days=days, hours=hours)
            put(table, name, **{column: when}, **dict.fromkeys(further, when))
    sms = folder / "sms"
    sms.mkdir()
    for name, hours in (("goes", 25), ("stays", 23)):
        # Named as `sms.FileSender` names its files; what else lies there is not the bot's.
        for file in (sms / f"20260101T000000{hours:06}-{MARKS[name]}.txt", sms / f"{name}.txt"):
            file.write_text("0396118427\nMa xac nhan la 123456.\n")
            os.utime(file, (time.time() - hours * 3600,) * 2)
    with STORES[request.param](folder) as (store, _):
        environment = bot_environment(
            folder,
            BOT_ENDPOINTS=str(write_endpoints(folder, store)),
            BOT_KEEP_CONVERSATIONS_DAYS="20",
            BOT_SMS_FOLDER=str(sms),
        )
        options = {name: value for name, value in store.items() if name not in ("type", "url")}
        tracker_store = SQLTrackerStore(Domain.empty(), host=store.get("url"), **options)
        for sender, days_ago in TALKS:
            say(tracker_store, sender, days_ago)
        yield environment, tracker_store
        tracker_store.engine.dispose()


def state(environment: dict[str, str], store: SQLTrackerStore) -> dict[str, Any]:
    """Names of all rows and messages, and number of events of all conversations."""
    files = Path(environment["BOT_SMS_FOLDER"]).iterdir()
    marks_of_files = {mark: name for name, mark in MARKS.items()}
    messages = sorted(marks_of_files.get(file.stem[-16:], file.name) for file in files)
    with store.engine.connect() as connection:
        counts = sa.text("SELECT sender_id, count(*) FROM events GROUP BY sender_id")
        conversations = {str(sender): int(n) for sender, n in connection.execute(counts)}
    rows = {table.name: marks(table) for table, *_ in KEPT}
    return {**rows, "sms_files": messages, "conversations": conversations}


def run(environment: dict[str, str], *arguments: str) -> dict[str, int]:
    """What the command says of each table."""
    done = run_command(environment, "retention", "run", *arguments)
    assert done.returncode == 0, done.stderr
    prefix = "Dry run: " if arguments else ""
    lines = [line.removeprefix(prefix).split() for line in done.stdout.splitlines()]
    assert all(line.startswith(prefix) for line in done.stdout.splitlines())
    return {name: int(count) for name, count in lines}


def test_a_dry_run_shows_what_a_real_one_deletes_exactly(
    environment: tuple[dict[str, str], SQLTrackerStore],
) -> None:
    settings_of_command, store = environment
    before = state(settings_of_command, store)
    assert before == {
        **ALL_ROWS,
        "sms_files": ["goes", "goes.txt", "stays", "stays.txt"],
        "conversations": {"old": 3, "older": 5, "young": 3, "gone on with": 5},
    }
    assert run(settings_of_command, "--dry-run") == COUNTED
    assert state(settings_of_command, store) == before
    assert run(settings_of_command) == COUNTED
    after = {
        **{name: ["stays"] for name in ALL_ROWS},
        "sms_files": ["goes.txt", "stays", "stays.txt"],
        "conversations": {"young": 3, "gone on with": 5},
    }
    assert state(settings_of_command, store) == after
    assert run(settings_of_command) == dict.fromkeys(COUNTED, 0)
    assert state(settings_of_command, store) == after


def test_a_command_without_a_store_in_its_endpoints_says_nothing_of_conversations(
    database_ready: Settings, tmp_path: Path
) -> None:
    environment = bot_environment(database_ready.var_dir)
    assert run(environment) == dict.fromkeys(
        (*ALL_COUNTED, *OF_PAYMENTS, *OF_PEOPLE, "sms_files"), 0
    )
