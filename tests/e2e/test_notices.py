"""Notices: a change of a dossier reaches who asked for it, once, and only until it is over."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.channels import channel
from sanic import Sanic

from bot import database
from bot.channels import web
from bot.channels.web import WebChannel
from bot.channels.web_sessions import session_of, sign
from bot.dossiers import subscriptions
from bot.dossiers import tables as t
from bot.dossiers.gateway import gateway
from bot.dossiers.model import Dossier
from bot.dossiers.poll import Report, poll
from bot.engine import schedule
from bot.settings import Settings
from tests.igate_dossiers import PHONE, dossier, name
from tests.igate_server import CLIENT_ID, CLIENT_SECRET, RunningIGate, running_igate
from tests.running_bot import Reply, RunningBot, free_port, run_command, running_bot
from tests.web_page import Page

SECONDS = 30
NOTIFY_ME, STOP = "báo tôi khi có kết quả", "đừng báo nữa"
WORKED_ON, READY, HANDED_OVER = "Đang xử lý", "Có kết quả", "Đã trả kết quả"
CHANGED = "vừa đổi trạng thái: "
# One dossier for each test: what one changes is no news for the others.
WEB, REST, ENDED, FINAL = CODES = [f"H48.16-260703-{number:04}" for number in range(1, 5)]


@pytest.fixture(scope="module")
def igate() -> Iterator[RunningIGate]:
    with running_igate([dossier(code, WORKED_ON) for code in CODES]) as running:
        yield running


@pytest.fixture(scope="module")
def telling_bot(
    igate: RunningIGate, seeded_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("telling")
    shutil.copyfile(seeded_file, folder / "bot.db")
    own = {
        "BOT_IGATE_URL": igate.url,
        "BOT_IGATE_SSO_URL": igate.url,
        "BOT_IGATE_CLIENT_ID": CLIENT_ID,
        "BOT_IGATE_CLIENT_SECRET": CLIENT_SECRET,
        "BOT_IGATE_CACHE": "0",
        # Only what the tests poll counts.
        "BOT_POLL_MINUTES": "1440",
    }
    with running_bot(folder, **own) as bot:
        yield bot


def subscribe(say: Callable[[str], Reply], code: str) -> None:
    shown = say(f"tra cứu hồ sơ {code}, 4 số cuối {PHONE[-4:]}")
    assert [a["status"] for a in shown.answers] == ["answered"], shown.text
    assert "Báo khi có thay đổi" in shown.buttons
    agreed = say(NOTIFY_ME)
    assert f"Hồ sơ {code} đổi trạng thái thì em báo" in agreed.text
    assert STOP in agreed.text


def change(igate: RunningIGate, code: str, status: str) -> None:
    record = next(entry for entry in igate.state.dossiers if entry["code"] == code)
    record["dossierTaskStatus"]["name"] = name(status)


def polled(bot: RunningBot) -> str:
    """What the command says that asks for changes."""
    done = run_command(bot.environment, "dossiers", "poll")
    assert done.returncode == 0, done.stderr
    return done.stdout.partition(" checked, ")[2].strip()


def is_notice(text: str, code: str, plain: str) -> bool:
    """Whether a text names the new status first and then says more of it."""
    first, *others = text.split("\n")
    return first == f"Hồ sơ {code} của anh/chị {CHANGED}{plain}." and len(others) > 0


def test_a_page_that_comes_back_is_told_once(
    telling_bot: RunningBot, igate: RunningIGate, open_page: Callable[..., Page]
) -> None:
    first = open_page(telling_bot.url)
    subscribe(first.say, WEB)
    change(igate, WEB, READY)
    assert polled(telling_bot) == "1 changed, 0 unknown."
    stranger = open_page(telling_bot.url)
    assert stranger.session != first.session
    assert stranger.texts == []
    first.close()
    back = open_page(telling_bot.url, first.session)
    (text,) = back.texts
    assert is_notice(text, WEB, "đã có kết quả")
    second_tab = open_page(telling_bot.url, first.session)
    assert second_tab.texts == []
    assert CHANGED not in back.say("xin chào").text
    assert polled(telling_bot) == "0 changed, 0 unknown."


def test_after_the_last_status_nothing_is_told_any_more(
    telling_bot: RunningBot, igate: RunningIGate, open_page: Callable[..., Page]
) -> None:
    owner = open_page(telling_bot.url)
    subscribe(owner.say, FINAL)
    change(igate, FINAL, HANDED_OVER)
    assert polled(telling_bot) == "1 changed, 0 unknown."
    forged = open_page(telling_bot.url, sign(session_of(owner.session), "another secret"))
    assert forged.session != owner.session
    assert forged.texts == []
    (text,) = open_page(telling_bot.url, owner.session).texts
    assert is_notice(text, FINAL, "đã trả kết quả")
    change(igate, FINAL, WORKED_ON)
    assert polled(telling_bot) == "0 changed, 0 unknown."
    assert open_page(telling_bot.url, owner.session).texts == []


def test_over_rest_it_comes_behind_the_next_reply(
    telling_bot: RunningBot, igate: RunningIGate, sender: str
) -> None:
    subscribe(lambda message: telling_bot.say(sender, message), REST)
    change(igate, REST, READY)
    assert polled(telling_bot) == "1 changed, 0 unknown."
    assert CHANGED not in telling_bot.say(f"{sender}-other", "xin chào").text
    greeting, notice = telling_bot.say(sender, "xin chào").messages
    assert "máy trả lời tự động" in greeting["text"]
    assert is_notice(notice["text"], REST, "đã có kết quả")
    assert CHANGED not in telling_bot.say(sender, "xin chào").text


def test_who_wants_no_more_notices_gets_none_of_those_that_wait(
    telling_bot: RunningBot, igate: RunningIGate, sender: str
) -> None:
    subscribe(lambda message: telling_bot.say(sender, message), ENDED)
    change(igate, ENDED, "Yêu cầu bổ sung")
    assert polled(telling_bot) == "1 changed, 0 unknown."
    stopped = telling_bot.say(sender, STOP)
    assert "đã dừng báo tin" in stopped.text
    assert CHANGED not in stopped.text
    change(igate, ENDED, READY)
    assert polled(telling_bot) == "0 changed, 0 unknown."
    assert CHANGED not in telling_bot.say(sender, "xin chào").text
    assert "chưa đăng ký báo tin" in telling_bot.say(sender, STOP).text


@contextlib.contextmanager
def small_server(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The web channel and the schedule alone, in this process; its rounds follow at once."""
    patch.setattr(web, "_PAGES", [])
    sleep = asyncio.sleep
    hurried = {"sleep": lambda _: sleep(0.02)}
    patch.setattr(schedule, "asyncio", SimpleNamespace(**vars(asyncio) | hurried))
    app = Sanic(f"small_{uuid.uuid4().hex}", configure_logging=False)
    channel.register([WebChannel()], app, route="/webhooks/")
    schedule.add(app, web.tell)
    port, loop = free_port(), asyncio.new_event_loop()

    async def start() -> Any:
        server = await app.create_server("127.0.0.1", port, return_asyncio_server=True)
        await server.startup()
        await server.after_start()
        return server

    async def stop(server: Any) -> None:
        await server.before_stop()
        await server.close()
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


def put_dossier(status: str) -> None:
    """The one dossier of the local database."""
    with database.begin() as connection:
        connection.execute(sa.delete(t.dossiers))
        values = {"code": WEB, "status": status, "imported_at": dt.datetime.utcnow()}
        connection.execute(sa.insert(t.dossiers).values(values))


def test_a_page_that_is_open_is_told_without_asking(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch, open_page: Callable[..., Page]
) -> None:
    gateway.cache_clear()
    put_dossier(WORKED_ON)
    shown = Dossier(WEB, WORKED_ON, "Nguồn thử", dt.date(2026, 7, 20))
    with small_server(monkeypatch) as url:
        page, stranger = open_page(url), open_page(url)
        second_tab = open_page(url, page.session)
        subscriptions.subscribe(session_of(page.session), WebChannel.name(), shown)
        put_dossier(READY)
        # Another worker polls; this one has the citizen.
        assert asyncio.run(poll(gateway())) == Report(checked=1, changed=1)
        deadline = time.monotonic() + SECONDS
        while not (page.texts and second_tab.texts) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)  # several rounds
        (text,) = page.texts
        assert is_notice(text, WEB, "đã có kết quả")
        # One message to one session, which two tabs show.
        assert second_tab.texts == [text]
        assert stranger.texts == []
        assert open_page(url, page.session).texts == []
