"""Commands as their users call them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT
from tests.running_bot import bot_environment, free_port, run_command, running_bot


def test_explain_writes_one_object_a_line(prepared_folder: Path) -> None:
    lines = ["phí đăng ký tạm trú", "", "tra cứu H48.16-260512-0003", "😀"]
    result = run_command(
        bot_environment(prepared_folder), "explain", "--json", text="\n".join(lines) + "\n"
    )
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [a["text"] for a in answers] == lines
    assert answers[0]["intent"]["name"] == "ask_fee"
    assert answers[0]["procedures"][0]["code"] == "1.004194"
    assert set(answers[0]["procedures"][0]) == {"code", "name", "score"}
    assert 0 < len(answers[0]["procedures"]) <= 10
    assert answers[1]["procedures"] == []
    assert answers[2]["entities"] == [
        {"entity": "dossier_code", "value": "H48.16-260512-0003", "start": 8, "end": 26}
    ]


def test_intents_are_shown_to_staff(prepared_folder: Path) -> None:
    result = run_command(
        bot_environment(prepared_folder), "shell", "--nlu", text="lam khai sinh bao lau xong\n"
    )
    assert result.returncode == 0, result.stderr
    assert "ask_processing_time" in result.stdout
    assert "1.001193" in result.stdout


def test_rasas_shell_answers_with_actions(prepared_folder: Path) -> None:
    environment = bot_environment(prepared_folder, BOT_PORT=str(free_port()))
    result = run_command(environment, "shell", text="đăng ký tạm trú nộp ở đâu\n/stop\n")
    assert "Công an cấp xã" in result.stdout, result.stdout + result.stderr


def test_statistics_as_json(prepared_folder: Path) -> None:
    result = run_command(bot_environment(prepared_folder), "catalogue", "stats", "--json")
    counts = json.loads(result.stdout)
    assert counts["curated"] >= 25
    assert counts["procedures"] >= counts["curated"]
    assert counts["life_events"] >= 1


def test_a_taken_port_is_said_so(prepared_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run_command(bot_environment(prepared_folder, BOT_PORT=port), "serve")
    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "BOT_PORT=" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("catalogue", "import", "/no/such/folder"), "does not exist"),
        (("dossiers", "import", "/no/such/file.csv"), "is not a file"),
        (("catalogue", "import", ".", "--checked-on", "gestern"), "is not a date"),
        (("explain",), "Give either a message"),
        (("catalogue", "search", "x", "--limit", "0"), "from 1 to 100"),
    ],
)
def test_bad_arguments_get_a_clear_sentence(
    prepared_folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run_command(bot_environment(prepared_folder), *arguments)
    assert result.returncode in (1, 2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_settings_get_a_clear_sentence(tmp_path: Path) -> None:
    result = run_command(bot_environment(tmp_path, BOT_PORT="eighty"), "check-port")
    assert result.returncode == 1
    assert "BOT_PORT must be a whole number" in result.stderr


def test_ctrl_c_stops_the_server(prepared_folder: Path) -> None:
    with running_bot(prepared_folder) as bot:
        assert bot.stop() in (0, 130, -2)
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", bot.port)) != 0


def test_the_address_is_said_only_when_messages_are_answered(prepared_folder: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=PROJECT_ROOT,
        env=bot_environment(prepared_folder, BOT_PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if f"http://127.0.0.1:{port}/" in line)
        assert "answers at" in line
        deadline = time.monotonic() + 2
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready") as response:
                    assert response.status == 200
                break
            except OSError:
                assert time.monotonic() < deadline
    finally:
        process.terminate()
        process.wait(timeout=20)
