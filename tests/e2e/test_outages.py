"""The database, the action server or an action fails: the citizen still reads a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.engine.training import current_model
from bot.settings import PROJECT_ROOT
from tests.running_bot import (
    RunningBot,
    bot_environment,
    free_port,
    run_command,
    running_bot,
    wait_for,
)

QUESTION = "đăng ký tạm trú cần giấy tờ gì"
SECRET_TEXT = "0911222333 bimatkhongduocghi"


@pytest.fixture(scope="module")
def without_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """A server whose database is not there, logging all it can."""
    folder = tmp_path_factory.mktemp("down")
    url = f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none"
    with running_bot(folder, ready=False, BOT_DATABASE_URL=url, LOG_LEVEL="DEBUG") as bot:
        yield bot


@pytest.mark.parametrize("message", [QUESTION, "phí bao nhiêu", "nộp tiền kiểu gì"])
def test_a_database_that_is_down_is_said_so(without_database: RunningBot, message: str) -> None:
    reply = without_database.say("down", message)
    assert "trục trặc" in reply.text
    assert "1022" in reply.text
    assert [a["status"] for a in reply.answers] == ["unavailable"]


def test_a_status_look_up_without_database_is_said_so(without_database: RunningBot) -> None:
    reply = without_database.say("down-2", "tra cứu hồ sơ H48.16-260512-0003, 4 số cuối 5678")
    assert "trục trặc" in reply.text


def test_small_talk_goes_on_without_database(without_database: RunningBot) -> None:
    assert "máy trả lời tự động" in without_database.say("down-3", "xin chào").text


def test_readiness_and_the_catalogue_say_that_the_database_is_down(
    without_database: RunningBot,
) -> None:
    status, body = without_database.request("/health/ready")
    assert (status, body) == (503, {"status": "unavailable", "missing": ["database"]})
    status, body = without_database.request("/api/procedures?q=khai+sinh")
    assert (status, body["error"]["code"]) == (503, "unavailable")


def test_what_citizens_write_is_in_no_log(without_database: RunningBot) -> None:
    without_database.say("down-4", SECRET_TEXT)
    without_database.say("down-4", f"tra cứu hồ sơ H48.16-260512-0003 {SECRET_TEXT}")
    log = without_database.log.read_text(errors="replace")
    assert "database is down" in log, "the log is read from the wrong place"
    for piece in (*SECRET_TEXT.split(), "260512"):
        assert piece not in log


def test_commands_say_that_the_database_is_down(without_database: RunningBot) -> None:
    result = run_command(without_database.environment, "catalogue", "stats")
    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr


def start(folder: Path, name: str, port: int, *arguments: str) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "rasa", *arguments],
            cwd=PROJECT_ROOT,
            env={**bot_environment(folder), "RASA_TELEMETRY_ENABLED": "false"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def test_plain_rasa_run_apologises_without_action_server_and_answers_with_it(
    prepared_folder: Path, tmp_path: Path
) -> None:
    port, action_port = free_port(), free_port()
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(
        f"action_endpoint:\n  url: http://127.0.0.1:{action_port}/webhook\n"
        "  enable_selective_domain: true\n"
    )
    server = start(
        prepared_folder, "rasa", port, "run", "-i", "127.0.0.1", "-p", str(port),
        "-m", str(current_model()), "--endpoints", str(endpoints),
    )  # fmt: skip
    bot = RunningBot(port, server, prepared_folder / "rasa.log")
    actions = None
    try:
        wait_for(f"{bot.url}/webhooks/rest/", server, bot.log, {200})
        apology = bot.say("stock", QUESTION)
        assert "trục trặc" in apology.text
        assert [a["status"] for a in apology.answers] == ["unavailable"]
        # The form's own action is remote, too.
        assert "trục trặc" in bot.say("stock-2", "tra cứu hồ sơ H48.16-260512-0003").text
        actions = start(
            prepared_folder, "actions", action_port, "run", "actions", "-p", str(action_port)
        )
        wait_for(
            f"http://127.0.0.1:{action_port}/health",
            actions,
            prepared_folder / "actions.log",
            {200},
        )
        reply = bot.say("stock", QUESTION)
        assert reply.answers[0]["procedure"]["code"] == "1.004194"
    finally:
        for process in (server, actions):
            if process is not None:
                process.terminate()
                process.wait(timeout=20)
