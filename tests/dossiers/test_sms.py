"""Short messages: files for development, faults that tell no number, and no waiting."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import stat
import time
from pathlib import Path

import pytest

from bot.dossiers import sms
from bot.settings import Settings
from tests.dossiers.files import PHONE
from tests.dossiers.looking_up import change_setting

pytestmark = pytest.mark.usefixtures("fresh_settings")


def test_a_message_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "sms"
    sms.FileSender(folder).send(PHONE, "Mã thử: 012345.")
    (file,) = folder.iterdir()
    assert file.read_text(encoding="utf-8") == f"{PHONE}\nMã thử: 012345.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.fullmatch(r"\d{8}T\d{12}-[0-9a-f]{16}\.txt", file.name)
    assert PHONE not in file.name


def test_messages_stand_in_the_order_of_sending_and_name_the_same_number_alike(
    tmp_path: Path,
) -> None:
    sender = sms.FileSender(tmp_path / "sms")
    for phone, text in ((PHONE, "one"), (PHONE, "two"), ("0905000999", "three")):
        sender.send(phone, text)
    files = sorted((tmp_path / "sms").iterdir())
    assert [f.read_text().splitlines()[1] for f in files] == ["one", "two", "three"]
    marks = [f.stem.split("-")[1] for f in files]
    assert marks[0] == marks[1] != marks[2]


def test_a_folder_that_cannot_be_written_to_is_said_without_the_number(tmp_path: Path) -> None:
    (tmp_path / "sms").write_text("no folder")
    with pytest.raises(sms.SmsUnavailable, match="BOT_SMS_FOLDER cannot be written to") as caught:
        sms.FileSender(tmp_path / "sms").send(PHONE, "012345")
    assert PHONE not in str(caught.value)
    assert "012345" not in str(caught.value)


def test_the_settings_name_the_sender(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(sms.SmsUnavailable, match="BOT_SMS_FOLDER is not set"):
        sms.sender()
    change_setting(monkeypatch, "BOT_SMS_FOLDER", str(tmp_path / "sms"))
    sms.sender().send(PHONE, "text")
    assert len(list((tmp_path / "sms").iterdir())) == 1


class SlowSender:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, phone: str, text: str) -> None:
        time.sleep(0.2)
        self.sent.append(text)


def test_nobody_waits_for_a_slow_provider() -> None:
    sender = SlowSender()

    async def send_soon() -> float:
        started = time.monotonic()
        sms.send_soon(sender, PHONE, "text")
        return time.monotonic() - started

    assert asyncio.run(send_soon()) < 0.2
    assert sender.sent == ["text"]  # the loop waited for it at its end


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(sms.SmsUnavailable("no credit"), "no credit"), (ValueError(f"no {PHONE}"), "ValueError")],
)
def test_a_fault_is_logged_without_number_and_text(
    caplog: pytest.LogCaptureFixture, fault: Exception, reason: str
) -> None:
    class BrokenSender:
        def send(self, phone: str, text: str) -> None:
            raise fault

    async def send_soon() -> None:
        sms.send_soon(BrokenSender(), PHONE, "012345")

    with caplog.at_level(logging.INFO):
        asyncio.run(send_soon())
    said = [r.getMessage() for r in caplog.records if r.name == "bot.dossiers.sms"]
    assert said == [f"A one-time code was not sent: {reason}"]
    assert PHONE not in caplog.text


def test_old_messages_are_deleted_and_nothing_else_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sms"
    change_setting(monkeypatch, "BOT_SMS_FOLDER", str(folder))
    assert sms.purge(dt.datetime.utcnow()) == 0  # there is no folder yet
    sms.FileSender(folder).send(PHONE, "old")
    (folder / "notes.txt").write_text("an operator's", encoding="utf-8")
    now = dt.datetime.utcnow()
    assert sms.purge(now - dt.timedelta(hours=1)) == 0
    later = now + dt.timedelta(hours=1)
    assert sms.purge(later, dry_run=True) == 1
    assert len(list(folder.iterdir())) == 2
    assert sms.purge(later) == 1
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]
