"""The gateway's call-backs to a server in a process of its own, which is killed now and then."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.settings import PROJECT_ROOT
from tests import payment_server as ps
from tests.payment_server import PaymentServer, running_payment_server
from tests.payments.paying import FEE, fetch
from tests.running_bot import (
    RunningBot,
    bot_environment,
    free_port,
    run_command,
    running_bot,
)

# Opens an order as the chat does for a citizen who has proven to own the dossier, and prints the
# reference and the address of its page.
OPEN_ORDER = """
import sys
from bot.payments import orders, payment_pages
order = orders.open_order(sys.argv[1], int(sys.argv[2]), "session")
print(order.reference, payment_pages.path(order.reference))
"""


@pytest.fixture
def desk() -> Iterator[PaymentServer]:
    with running_payment_server() as running:
        yield running


@pytest.fixture
def folder(upgraded_file: Path, tmp_path: Path) -> Path:
    shutil.copyfile(upgraded_file, tmp_path / "bot.db")
    return tmp_path


def opened(bot: RunningBot, dossier: str) -> tuple[str, str]:
    """Reference and page of a new order."""
    command = [sys.executable, "-c", OPEN_ORDER, dossier, str(FEE)]
    done = subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env=bot.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    reference, path = done.stdout.split()
    return reference, path


def begin(bot: RunningBot, desk: PaymentServer, path: str) -> None:
    """A browser opens our page and goes on to the gateway's."""
    page = fetch(f"{bot.url}{path}")[1]
    target = page.partition(f'href="{desk.url}')[2].partition('"')[0].replace("&amp;", "&")
    status, _, _ = fetch(f"{desk.url}{target}")
    assert status == 200, desk.refusals


def reconciled(bot: RunningBot) -> tuple[int, list[dict[str, Any]]]:
    done = run_command(bot.environment, "payments", "reconcile", "--json")
    return done.returncode, json.loads(done.stdout)["orders"]


def test_many_call_backs_at_once_pay_once(folder: Path, desk: PaymentServer) -> None:
    with running_bot(folder, ready=False, **desk.settings) as bot:
        desk.callback_url = f"{bot.url}/payments/callback"
        reference, path = opened(bot, "H48.22-260906-0017")
        begin(bot, desk, path)
        desk.fault = ps.LATE
        fetch(f"{desk.url}/pay/{reference}/success")
        with ThreadPoolExecutor(20) as threads:
            told = threads.map(lambda _: desk.call_back(desk.later[0], 1), range(20))
            codes = sorted(reply.get("RspCode", str(reply)) for reply in told)
        assert codes == ["00", *["02"] * 19]
        page = fetch(f"{bot.url}{path}")[1]
        assert "Cổng thanh toán báo đã nhận đủ tiền lúc" in page
        status, rows = reconciled(bot)
        assert status == 0
        assert [(row["before"], row["after"]) for row in rows] == [("paid", "paid")]
        log = bot.log.read_text(encoding="utf-8", errors="replace")
        assert "vnp_" not in log
        assert ps.SECRET not in log


def test_a_payment_survives_a_server_that_is_killed(folder: Path, desk: PaymentServer) -> None:
    with running_bot(folder, ready=False, **desk.settings) as bot:
        desk.callback_url = f"{bot.url}/payments/callback"
        first, second = (opened(bot, f"H48.22-260906-001{n}") for n in (7, 8))
        for _, path in (first, second):
            begin(bot, desk, path)
        bot.process.send_signal(signal.SIGKILL)
        bot.process.wait(timeout=20)
        for reference, _ in (first, second):
            fetch(f"{desk.url}/pay/{reference}/success")
        assert {next(iter(reply)) for reply in desk.replies} == {"failed"}
        lost = desk.sent[0]
    with running_bot(folder, ready=False, **desk.settings) as bot:
        desk.callback_url = f"{bot.url}/payments/callback"
        assert desk.call_back(lost)["RspCode"] == "00"
        # The other call-back is never sent again: a reconciliation finds the money.
        status, rows = reconciled(bot)
        told = {row["reference"]: (row["before"], row["after"]) for row in rows}
        assert (status, told) == (
            0,
            {first[0]: ("paid", "paid"), second[0]: ("open", "paid")},
        )


def test_a_server_whose_gateway_is_set_in_part_does_not_start(
    folder: Path, desk: PaymentServer
) -> None:
    part = {k: v for k, v in desk.settings.items() if k != "BOT_PAYMENT_SECRET"}
    done = run_command(bot_environment(folder, BOT_PORT=str(free_port()), **part), "serve")
    assert done.returncode == 1
    assert done.stderr.endswith("Error: The payment gateway needs BOT_PAYMENT_SECRET as well.\n")


def test_a_server_without_a_gateway_has_no_such_pages(folder: Path) -> None:
    with running_bot(folder, ready=False) as bot:
        for path in ("/payments/callback?x=1", "/payments/return", "/payments/order/x"):
            status, found = bot.request(path)
            assert (status, found["error"]["code"]) == (404, "not_found")
        with urllib.request.urlopen(f"{bot.url}/health/live", timeout=20) as answer:
            assert answer.status == 200
