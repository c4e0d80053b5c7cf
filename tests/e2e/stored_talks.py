"""Servers whose conversations and events lie in databases, where a test can look for them.

A test module takes `stored` in with `pytest_plugins = ("tests.e2e.stored_talks",)`: once SQLite
with Rasa's SQL event broker, once PostgreSQL with RabbitMQ.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aio_pika
import pytest
import sqlalchemy as sa
import yaml

from tests.databases import POSTGRES
from tests.running_bot import RunningBot, bot_environment, run_command, running_bot

RABBITMQ = "amqp://guest:guest@127.0.0.1:5672/"
SECONDS = 10

CODE, LATER_CODE, THIRD_CODE = CODES = tuple(f"H48.77-26110{n}-004{n}" for n in (1, 2, 3))
PHONE, IDENTITY = "0396118427", "051396117391"
OTHER_PHONE, OTHER_IDENTITY = "0396118555", "051396118666"
# ruff: noqa: E501
DOSSIERS = f"""\
code,procedure_code,applicant_phone,applicant_identity_number,received_on,due_on,finished_on,status,agency,note
{CODE},1.001193,{PHONE},{IDENTITY},2026-11-02,2027-11-02,,Đang xử lý,UBND xã Bình Sơn,
{LATER_CODE},1.004222,{OTHER_PHONE},{OTHER_IDENTITY},2026-11-02,2027-11-02,,Đang xử lý,Công an xã Lý Sơn,
{THIRD_CODE},1.004222,{OTHER_PHONE},{OTHER_IDENTITY},2026-11-02,2027-11-02,,Đang xử lý,Công an xã Lý Sơn,
"""

Event = dict[str, Any]
# Tests write faster than citizens do.
FAST = {"BOT_MESSAGES_PER_MINUTE": "10000"}


@dataclass
class StoredBot:
    """A server, its folder, and where its conversations and events are read.

    `heard` are the events that were read so far: a queue gives each of them once.
    """

    bot: RunningBot
    folder: Path
    tracker: sa.engine.Engine
    read_events: Callable[[], list[Event]]
    heard: list[Event] = field(default_factory=list)

    def rows(self, sender: str = "") -> list[Event]:
        """Stored events of one conversation, or of all."""
        query = sa.text("SELECT sender_id, data FROM events ORDER BY id")
        with self.tracker.connect() as connection:
            found = connection.execute(query).all()
        return [json.loads(data) for owner, data in found if not sender or owner == sender]

    def events(self, wanted: Callable[[Event], bool]) -> list[Event]:
        """The whole stream up to now, in which an event is waited for: brokers are not at once."""
        deadline = time.monotonic() + SECONDS
        while True:
            self.heard += self.read_events()
            if any(map(wanted, self.heard)):
                return self.heard
            assert time.monotonic() < deadline, f"not among {len(self.heard)} events"
            time.sleep(0.1)


def import_dossiers(environment: dict[str, str], folder: Path, content: str) -> None:
    """Import dossiers through a file that is gone afterwards."""
    file = folder / f"{uuid.uuid4().hex}.csv"
    file.write_text(content, encoding="utf-8")
    imported = run_command(environment, "dossiers", "import", str(file))
    file.unlink()
    assert imported.returncode == 0, imported.stderr


@contextlib.contextmanager
def sqlite_store(folder: Path) -> Iterator[tuple[Event, str]]:
    file = folder / "talks.db"
    yield {"type": "SQL", "dialect": "sqlite", "db": str(file)}, f"sqlite:///{file}"


@contextlib.contextmanager
def postgres_store(folder: Path) -> Iterator[tuple[Event, str]]:
    name = f"bot_test_{uuid.uuid4().hex}"
    store = {
        "type": "SQL", "dialect": "postgresql", "url": "127.0.0.1", "username": "postgres",
        "db": name, "login_db": "postgres",
    }  # fmt: skip
    try:
        yield store, POSTGRES + name
    finally:
        server = sa.create_engine(f"{POSTGRES}postgres", isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()


@contextlib.contextmanager
def _sql_broker(folder: Path) -> Iterator[tuple[Event, Callable[[], list[Event]]]]:
    file = folder / "events.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    last = 0

    def read() -> list[Event]:
        nonlocal last
        query = sa.text("SELECT id, data FROM events WHERE id > :last ORDER BY id")
        with engine.connect() as connection:
            found = connection.execute(query, {"last": last}).all()
        last = found[-1][0] if found else last
        return [json.loads(data) for _, data in found]

    yield {"type": "sql", "dialect": "sqlite", "db": str(file)}, read
    engine.dispose()


@contextlib.contextmanager
def _rabbitmq(folder: Path) -> Iterator[tuple[Event, Callable[[], list[Event]]]]:
    name = f"bot-test-{uuid.uuid4().hex}"

    async def read() -> list[Event]:
        async with await aio_pika.connect(RABBITMQ) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(name, durable=True)
            found = []
            while message := await queue.get(no_ack=True, fail=False):
                found.append(json.loads(message.body))
            return found

    async def clear() -> None:
        async with await aio_pika.connect(RABBITMQ) as connection:
            channel = await connection.channel()
            await channel.queue_delete(name)
            await channel.exchange_delete(name)

    broker = {
        "type": "pika", "url": "127.0.0.1", "username": "guest", "password": "guest",
        "queues": [name], "exchange_name": name,
    }  # fmt: skip
    try:
        yield broker, lambda: asyncio.run(read())
    finally:
        asyncio.run(clear())


STORES = {"sqlite": (sqlite_store, _sql_broker), "postgres": (postgres_store, _rabbitmq)}
SERVICES = (("PostgreSQL", "127.0.0.1", 5432), ("RabbitMQ", "127.0.0.1", 5672))


def write_endpoints(folder: Path, store: Event, broker: Event | None = None) -> Path:
    """An endpoints file that names a tracker store and perhaps an event broker."""
    file = folder / "endpoints.yml"
    named = {"tracker_store": store, **({"event_broker": broker} if broker else {})}
    file.write_text(yaml.safe_dump(named), encoding="utf-8")
    return file


@pytest.fixture(scope="session", params=STORES)
def stored(
    request: pytest.FixtureRequest,
    seeded_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    require_service: Callable[[str, str, int], None],
) -> Iterator[StoredBot]:
    """A server that logs all it can, with two dossiers."""
    for service in SERVICES if request.param == "postgres" else ():
        require_service(*service)
    folder = tmp_path_factory.mktemp(request.param) / "var"
    folder.mkdir()
    shutil.copyfile(seeded_file, folder / "bot.db")
    make_store, make_broker = STORES[request.param]
    with make_store(folder) as (store, url), make_broker(folder) as (broker, read):
        endpoints = write_endpoints(folder, store, broker)
        import_dossiers(bot_environment(folder), folder.parent, DOSSIERS)
        with running_bot(folder, BOT_ENDPOINTS=str(endpoints), LOG_LEVEL="DEBUG", **FAST) as bot:
            engine = sa.create_engine(url)
            try:
                yield StoredBot(bot, folder, engine, read)
            finally:
                engine.dispose()
