"""The demonstration of the procedures system, as `scripts/run --demo-igate` starts it."""

from __future__ import annotations

import datetime as dt
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from bot.clock import today
from bot.dossiers.igate_mapping import record_of
from bot.settings import PROJECT_ROOT
from tests.dossiers.igate import FIELDS, SECRET, client, run
from tests.igate_dossiers import demo_dossiers
from tests.running_bot import free_port

START_SECONDS = 20
SERVER = [sys.executable, "-m", "tests.igate_server"]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(port: int, *, listening: bool) -> None:
    deadline = time.monotonic() + START_SECONDS
    while listens(port) != listening:
        assert time.monotonic() < deadline, f"port {port}: listening is not {listening}"
        time.sleep(0.05)


@pytest.fixture
def parent() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that started the demonstration and became another, and the demonstration's port."""
    port = free_port()
    script = f'"$@" --port {port} --with-parent $$ & exec sleep 60'
    with subprocess.Popen(["sh", "-c", script, "sh", *SERVER], cwd=PROJECT_ROOT) as process:
        wait_until(port, listening=True)
        yield process, port
        process.kill()


def test_it_serves_what_it_lists_and_ends_with_its_parent(
    parent: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = parent
    listed = subprocess.run(
        [*SERVER, "--list"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    ).stdout
    codes = re.findall(r"H48\.16-\d{6}-\d{4}", listed)
    assert codes == [entry["code"] for entry in demo_dossiers(today())]
    assert re.findall(r"\d{4} or \d{4}", listed)[:3] == ["1222 or 3344"] * 2 + ["0111 or 9988"]
    asked = client(f"http://127.0.0.1:{port}", timeout=5)
    records = run(*(lambda code=code: asked.by_code(code) for code in codes))
    assert [record.dossier.code for record in records] == codes
    process.kill()  # no chance to say good-bye
    process.wait()
    wait_until(port, listening=False)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*SERVER, "--port", str(port)],
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == f"Cannot listen on port {port}: is it taken?\n"


def test_the_invented_dossiers_show_every_situation() -> None:
    day = dt.date(2026, 7, 20)
    records = [record_of(entry, FIELDS, SECRET) for entry in demo_dossiers(day)]
    dossiers = [record.dossier for record in records if record]
    assert [d.status for d in dossiers if d.due_on is None] == ["Chờ tiếp nhận"]
    late = [d.status for d in dossiers if d.due_on and d.due_on < day and d.finished_on is None]
    assert late == ["Đang xử lý"]
    assert [(d.status, d.fee_unpaid) for d in dossiers if d.fee_unpaid] == [("Có kết quả", 30_000)]
    assert [d.status for d in dossiers if d.returned_on] == ["Đã trả kết quả"]


@pytest.mark.parametrize("arguments", [["--demo"], ["--demo-igate", "x"], [""]])
def test_the_start_script_refuses_other_arguments_before_it_does_anything(
    arguments: list[str],
) -> None:
    ended = subprocess.run(
        [PROJECT_ROOT / "scripts" / "run", *arguments], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "Usage: scripts/run, or scripts/run --demo-igate with invented dossiers.\n"
    )
