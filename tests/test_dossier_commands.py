"""Commands about dossiers and retention: what operators read, and exit statuses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import __main__ as command_line
from bot import database
from bot.dossiers import audit, gateway, notices, subscriptions
from bot.dossiers import tables as t
from bot.dossiers.marks import dossier_mark
from bot.dossiers.model import Asker, Dossier, GatewayUnavailable, Record
from bot.settings import Settings
from tests.dossiers.files import CODE, write_csv

pytestmark = pytest.mark.usefixtures("database_ready")

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
Captured = pytest.CaptureFixture[str]


def run(captured: Captured, *arguments: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command."""
    status = command_line.main(arguments)
    output = captured.readouterr()
    return status, output.out, output.err


def subscribe(code: str = CODE) -> None:
    long_ago = dt.datetime.utcnow() - dt.timedelta(hours=1)
    dossier = Dossier(code, "Đang xử lý", "Nguồn thử", long_ago.date())
    assert subscriptions.subscribe("one", "web", dossier, long_ago) is True


def test_a_poll_says_what_it_found(capsys: Captured, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dossiers.csv", {"status": "Có kết quả"})
    assert run(capsys, "dossiers", "import", str(file)) == (0, "1 new, 0 updated.\n", "")
    subscribe()
    subscribe("H48.16-230512-0004")
    gateway.gateway.cache_clear()
    found = (0, "1 checked, 1 changed, 1 unknown.\n", "")
    assert run(capsys, "dossiers", "poll") == found
    assert run(capsys, "dossiers", "poll") == (0, "1 checked, 0 changed, 1 unknown.\n", "")
    assert [notice.status for notice in notices.pending("one")] == ["Có kết quả"]


def test_a_poll_of_a_system_that_is_down_fails(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down:
        async def by_code(self, code: str) -> Record | None:
            raise GatewayUnavailable("down")

    monkeypatch.setattr(gateway, "gateway", Down)
    subscribe()
    assert run(capsys, "dossiers", "poll") == (
        1,
        "0 checked, 0 changed, 0 unknown.\n",
        "Error: 1 dossiers could not be asked for, 0 were left out; the next poll asks again.\n",
    )


def test_the_tries_of_a_code_are_shown_with_times_of_vietnam(capsys: Captured) -> None:
    near, far = Asker("one", "rest"), Asker("two", "web", "203.0.113.7")
    mark = dossier_mark(CODE)
    # As clocks tell it: with parts of a second, which nobody reads.
    exactly = NOON + dt.timedelta(microseconds=123456)
    audit.record(near, mark, audit.DIGITS, audit.REFUSED, exactly)
    audit.record(far, mark, audit.ONE_TIME_CODE, audit.SHOWN, NOON + dt.timedelta(hours=6))
    audit.record(near, dossier_mark("H48.16-230512-0004"), audit.DIGITS, audit.SHOWN, NOON)
    first, second = audit.entries(CODE)
    assert run(capsys, "dossiers", "audit", "--code", "h48 16 230512 3") == (
        0,
        "2026-07-20 19:00:00  rest     digits         refused      "
        f"session {first.session_hash[:8]}  address unknown\n"
        "2026-07-21 01:00:00  web      one_time_code  shown        "
        f"session {second.session_hash[:8]}  address {second.address_hash[:8]}\n"
        f"2 tries of {CODE}.\n",
        "",
    )


def test_what_is_no_code_is_refused(capsys: Captured) -> None:
    assert run(capsys, "dossiers", "audit", "--code", "xin chao") == (
        1,
        "",
        "Error: 'xin chao' is not a dossier code.\n",
    )


def test_retention_counts_first_and_then_deletes(capsys: Captured) -> None:
    values = {"kind": "session", "key_hash": "x", "failed_at": NOON - dt.timedelta(days=999)}
    with database.begin() as connection:
        connection.execute(sa.insert(t.lookup_failures).values(values))
    names = ["lookup_failures", "one_time_codes", "lookup_audit", "subscriptions", "notices"]
    names += ["tickets", "ratings", "payment_orders", "payment_messages", "handovers"]
    names += ["staff_audit", "hotline_deliveries", "hotline_screens", "sms_files"]
    counts = dict.fromkeys(names, 0)

    def shown(prefix: str, failures: int) -> str:
        told = {**counts, "lookup_failures": failures}
        return "".join(f"{prefix}{name:16} {count:6}\n" for name, count in told.items())

    dry = run(capsys, "retention", "run", "--dry-run")
    assert dry == (0, shown("Dry run: ", 1), "")
    assert run(capsys, "retention", "run") == (0, shown("", 1), "")
    assert run(capsys, "retention", "run") == (0, shown("", 0), "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("dossiers", "audit"),
        ("retention",),
    ],
)
def test_missing_or_unknown_arguments_show_how_it_is_used(
    capsys: Captured, database_ready: Settings, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m bot")
