"""The telephone in the terminal, before a hotline that is a real server on loopback."""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import hotline_commands
from bot.commands import CommandError
from bot.hotline_client import (
    HotlineClient,
)
from tests.examples.servers import SECRET, Hotline, running

NUMBER = "0900000001"
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def gateway() -> Iterator[Hotline]:
    with running(Hotline()) as server:
        assert isinstance(server, Hotline)
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_pages_are_framed_with_their_length() -> None:
    page = "Dong mot\n1 Le phi"
    expected = "+-- [17/160]\n| Dong mot\n| 1 Le phi\n+--"
    assert hotline_commands.framed(page, "unaccented") == expected
    assert hotline_commands.framed("Lệ phí", "accented").startswith("+-- [6/70]")


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    assert "\x1b" not in hotline_commands.framed("Đỏ\x1b[31m", "accented")


@pytest.mark.parametrize(
    ("page", "form", "expected"),
    [("a[b]", "unaccented", 6), ("ab", "accented", 2), ("🙂", "accented", 2)],
)
def test_length_is_counted_as_networks_do(page: str, form: str, expected: int) -> None:
    assert hotline_commands.length(page, form) == expected


@pytest.fixture
def arguments(
    fresh_settings: object, monkeypatch: pytest.MonkeyPatch, gateway: Hotline
) -> argparse.Namespace:
    from bot.settings import settings

    monkeypatch.setenv("BOT_HOTLINE_SECRET", SECRET)
    settings.cache_clear()
    return argparse.Namespace(sender=NUMBER, url=gateway.url, form="")


def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    """Standard input from a file, as `< file` gives it."""
    (tmp_path / "typed").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", (tmp_path / "typed").open(encoding="utf-8"))


def test_lines_of_a_file_are_sent_and_answered_in_order(
    arguments: argparse.Namespace,
    gateway: Hotline,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Captured,
) -> None:
    typed(monkeypatch, tmp_path, "xin chao\n\n  1  \n#")
    hotline_commands.hotline(arguments)
    assert [message["text"] for message in gateway.messages] == ["xin chao", "1", "#"]
    assert len({message["message_id"] for message in gateway.messages}) == 3
    assert all(abs(message["sent_at"] - time.time()) < 60 for message in gateway.messages)
    shown = "".join(
        f"+-- [{9 + len(text)}/160]\n| Em nghe: {text}\n+--\n" for text in ("xin chao", "1", "#")
    )
    assert capsys.readouterr().out == shown
    assert not any(path.endswith("/poll") for path, _, _ in gateway.seen)


def test_lines_of_a_pipe_are_sent_and_the_word_ends_the_talk(
    arguments: argparse.Namespace,
    gateway: Hotline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    os.write(writing, "lệ phí\n/thoat\nsau\n".encode())
    with open(reading, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        hotline_commands.hotline(arguments)
    os.close(writing)
    assert [message["text"] for message in gateway.messages] == ["lệ phí"]


def test_the_form_is_asked_for_and_measured_by(
    arguments: argparse.Namespace,
    gateway: Hotline,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Captured,
) -> None:
    typed(monkeypatch, tmp_path, "a\n")
    arguments.form = "accented"
    hotline_commands.hotline(arguments)
    assert gateway.messages[0]["form"] == "accented"
    assert capsys.readouterr().out.startswith("+-- [10/70]")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ((429, {}, {"Retry-After": "9"}), "Wait 9 seconds"),
        ((409, {}, {}), "another message"),
        ((400, {"error": {"code": "x", "message": "Dài quá."}}, {}), "(status 400): Dài quá."),
    ],
    ids=["429", "409", "400"],
)
def test_a_refusal_is_told_and_the_talk_goes_on(
    arguments: argparse.Namespace,
    gateway: Hotline,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Captured,
    fault: Any,
    said: str,
) -> None:
    typed(monkeypatch, tmp_path, "a\nb\n")
    gateway.faults = [fault]
    hotline_commands.hotline(arguments)
    first, *rest = capsys.readouterr().out.splitlines()
    assert said in first
    assert "| Em nghe: b" in rest


def test_a_wrong_secret_is_told(
    arguments: argparse.Namespace,
    gateway: Hotline,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    typed(monkeypatch, tmp_path, "a\nb\n")
    gateway.faults = [(401, {}, {})]
    with pytest.raises(CommandError, match="BOT_HOTLINE_SECRET"):
        hotline_commands.hotline(arguments)
    assert len(gateway.seen) == 1


def test_a_bot_that_does_not_run_is_told_with_how_to_start_it(
    arguments: argparse.Namespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed(monkeypatch, tmp_path, "a\n")
    arguments.url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match=r"not running .* scripts/run"):
        hotline_commands.hotline(arguments)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]")],
)
def test_the_address_is_that_of_the_settings(
    fresh_settings: object, monkeypatch: pytest.MonkeyPatch, host: str, expected: str
) -> None:
    from bot.settings import read_settings

    values = read_settings({**os.environ, "BOT_HOST": host, "BOT_PORT": "5099"})
    assert hotline_commands.own_address(values) == f"http://{expected}:5099"


def at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, gateway: Hotline, person: Callable[[int], None]
) -> None:
    """A talk at a pseudo-terminal; `person` types, in a thread, at the other end."""
    master, slave = pty.openpty()
    with open(slave, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        async def run() -> None:
            async with aiohttp.ClientSession() as session:
                client = HotlineClient(session, gateway.url, SECRET, pause=0.01)
                telephone = hotline_commands.Telephone(client, NUMBER, "", "unaccented", 0.02)
                await asyncio.gather(telephone.talk(), asyncio.to_thread(person, master))

        asyncio.run(asyncio.wait_for(run(), 30))
    os.close(master)


def test_what_the_staff_say_is_shown_while_a_person_waits(
    gateway: Hotline, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def person(terminal: int) -> None:
        os.write(terminal, b"0\n")
        gateway.wait_for(lambda: bool(gateway.messages))
        with gateway.changed:
            gateway.waiting = ["Em la Lan."]
        gateway.wait_for(lambda: not gateway.waiting)
        os.write(terminal, b"\x04")

    at_a_terminal(monkeypatch, gateway, person)
    out = capsys.readouterr().out
    assert "> +-- [10/160]\n| Em nghe: 0\n+--\n> \n+-- [10/160]\n| Em la Lan.\n+--\n> " in out
    assert [message["text"] for message in gateway.messages] == ["0"]


def test_a_hotline_without_polling_is_asked_once(
    gateway: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.faults = [(404, {}, {})]

    def person(terminal: int) -> None:
        gateway.wait_for(lambda: bool(gateway.seen))
        for text in (b"a\n", b"b\n"):
            os.write(terminal, text)
        gateway.wait_for(lambda: len(gateway.messages) == 2)
        os.write(terminal, b"/thoat\n")

    at_a_terminal(monkeypatch, gateway, person)
    polls = [path for path, _, _ in gateway.seen if path.endswith("/poll")]
    assert len(polls) == 1
