"""Real servers for tests: the bot on a free port with a database of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.settings import PROJECT_ROOT

START_SECONDS = 90
TEST_SECRET = "secret-of-the-tests"

# ruff: noqa: E501
DOSSIERS = """\
code,procedure_code,applicant_phone,applicant_identity_number,received_on,due_on,finished_on,status,agency,note,fee_unpaid
H48.16-260512-0003,1.001193,0912345678,051234567890,2026-05-12,2026-05-13,,Đang xử lý,UBND xã Bình Sơn,,
000.00.16.H48-260512-0004,1.004222,,051234560001,2026-05-12,,,Yêu cầu bổ sung,Công an xã Lý Sơn,Thiếu ảnh,
H48.21-260601-0011,1.000894,0900001122,051000003344,2026-06-01,2026-06-04,,Đang xử lý,UBND xã Tịnh Khê,,
H48.21-260810-0012,1.001193,0900001122,051000003344,2026-08-10,2026-08-14,2026-08-12,Có kết quả,UBND xã Tịnh Khê,,
H48.21-260902-0013,1.004194,0900005566,051000007788,2026-09-02,2039-12-30,,Đã tiếp nhận,Công an xã Tịnh Khê,,
H48.22-260903-0014,1.001193,0900002468,051000001357,2026-09-03,2026-09-08,,Yêu cầu bổ sung,UBND xã Ba Tơ,Thiếu giấy chứng sinh,
H48.22-260904-0015,1.000894,0900003579,051000004680,2026-09-04,2026-09-09,2026-09-08,Từ chối,UBND xã Ba Tơ,,
H48.22-260905-0016,1.001193,0900009753,051000006420,2026-09-05,2026-09-10,2026-09-10,Đã trả kết quả,UBND xã Ba Tơ,,
H48.22-260906-0017,1.001193,0900008642,,2026-09-06,2026-09-10,,Chờ thanh toán,UBND xã Ba Tơ,,
H48.22-260907-0018,1.001193,0900007531,212345678,2026-09-07,2026-09-11,,Chuyển bước 4b,UBND xã Ba Tơ,,
H48.23-260908-0019,1.001193,0900006789,051000009876,2026-09-08,2026-09-11,,Đang xử lý,UBND xã Sơn Hà,,
H48.22-261106-0022,1.001193,0900004826,,2026-11-06,2026-11-10,,Chờ thanh toán,UBND xã Ba Tơ,,25000
H48.24-261120-0020,2.000815,0900001357,051000002468,2026-11-20,2026-11-21,,Đang xử lý,UBND xã Sơn Tây,,0
"""

# Hours and a team that are true of no office: what ships knows none.
OFFICE_HOURS = """\
office_key,weekday,opens,closes,source_title,source_url,checked_on
commune-21439,0,07:00,11:30,Bảng giờ thử nghiệm,,2026-11-01
commune-21439,0,13:30,17:00,Bảng giờ thử nghiệm,,2026-11-01
commune-21439,5,07:30,11:00,Bảng giờ thử nghiệm,,2026-11-01
"""
DIGITAL_TEAMS = """\
unit_code,hamlet,name,contact,telephone,note,source_title,source_url,checked_on
21439,Thôn Thử Một,Tổ số 1,Chị Thử,0912345678,,Danh sách thử nghiệm,,2026-11-01
21439,Thôn Thử Hai,Tổ số 2,,,,Danh sách thử nghiệm,,2026-11-01
"""
IMPORTS = (
    ("dossiers", DOSSIERS),
    ("offices", OFFICE_HOURS),
    ("offices", DIGITAL_TEAMS),
)


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Reply:
    """What the bot said to one message."""

    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All texts, one below the other."""
        return "\n".join(m["text"] for m in self.messages if "text" in m)

    @property
    def buttons(self) -> list[str]:
        """Titles of all buttons."""
        return [b["title"] for m in self.messages for b in m.get("buttons", [])]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """All answer objects."""
        return [m["custom"]["answer"] for m in self.messages if "custom" in m]


@dataclass
class RunningBot:
    """A server that can be talked to over REST."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    def request(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and parsed JSON (or text) of a request; errors are answers, too."""
        request = urllib.request.Request(
            self.url + path, body, {"Content-Type": "application/json", **(headers or {})}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, content = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read().decode()
        try:
            return status, json.loads(content)
        except json.JSONDecodeError:
            return status, content

    def say(self, sender: str, message: str) -> Reply:
        """One message over the REST channel."""
        body = json.dumps({"sender": sender, "message": message}).encode()
        status, messages = self.request("/webhooks/rest/webhook", body)
        assert status == 200, messages
        return Reply(messages)

    def kill(self) -> None:
        """It dies at once, as when the power fails."""
        self.process.kill()
        self.process.wait()

    def start_again(self, **settings: str) -> None:
        """Start a bot that was killed, on the same port."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve"],
                cwd=PROJECT_ROOT,
                env={**self.environment, **settings},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for(f"{self.url}/health/ready", self.process, self.log, {200})

    def stop(self) -> int:
        """Interrupt it as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, ok: set[int]) -> None:
    """Wait until a GET answers with one of the statuses; fail with the log otherwise."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status in ok:
                    return
        except urllib.error.HTTPError as error:
            if error.code in ok:
                return
        except OSError:
            pass
        time.sleep(0.2)
    process.kill()
    pytest.fail(f"{url} did not answer:\n{log.read_text(errors='replace')[-3000:]}")


def bot_environment(folder: Path, **settings: str) -> dict[str, str]:
    """An environment with a database and secrets of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("BOT_")}
    return {
        **clean,
        "BOT_VAR_DIR": str(folder),
        "BOT_SECRET": TEST_SECRET,
        "BOT_HOTLINE_SECRET": TEST_SECRET,
        "PYTHONUTF8": "1",
        **settings,
    }


def run_command(
    environment: dict[str, str], *arguments: str, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m bot …` with captured output."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=PROJECT_ROOT,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@contextlib.contextmanager
def running_bot(folder: Path, *, ready: bool = True, **settings: str) -> Iterator[RunningBot]:
    """A server of `python -m bot serve`; with `ready` off, only until it lives."""
    port = free_port()
    environment = bot_environment(folder, BOT_PORT=str(port), **settings)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    bot = RunningBot(port, process, log, environment)
    try:
        path = "/health/ready" if ready else "/health/live"
        wait_for(bot.url + path, process, log, {200})
        yield bot
    finally:
        bot.stop()


def prepare_database(folder: Path) -> dict[str, str]:
    """Seed, national export where it is there, a few dossiers, hours and digital teams."""
    environment = bot_environment(folder)
    prepared = run_command(environment, "prepare")
    assert prepared.returncode == 0, prepared.stderr
    for group, content in IMPORTS:
        file = folder / f"{group}.csv"
        file.write_text(content, encoding="utf-8")
        imported = run_command(environment, group, "import", str(file))
        assert imported.returncode == 0, imported.stderr
    return environment


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a filled database."""
    folder = tmp_path_factory.mktemp("bot")
    prepare_database(folder)
    return folder


@pytest.fixture(scope="session")
def bot(prepared_folder: Path) -> Iterator[RunningBot]:
    """The server that most tests share."""
    with running_bot(prepared_folder) as running:
        yield running


@pytest.fixture
def sender() -> str:
    """A conversation of its own."""
    return f"test-{uuid.uuid4().hex}"
