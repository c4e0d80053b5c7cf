"""Short messages (SMS) with one-time codes: any provider behind one protocol."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import re
from pathlib import Path
from typing import Protocol

from bot.dossiers.marks import mark
from bot.settings import settings

_OWN_FILE = re.compile(r"\d{8}T\d{12}-[0-9a-f]{16}\.txt")
logger = logging.getLogger(__name__)


class SmsUnavailable(RuntimeError):
    """No short message can be sent; the citizen is led to a person."""


class SmsSender(Protocol):
    """Sends short messages; called from a thread, so it may wait for a provider, within limits."""

    def send(self, phone: str, text: str) -> None:
        """Send a text to a telephone number (digits only).

        Raises:
            SmsUnavailable: it was not sent.
        """


class FileSender:
    """For development: each message becomes a file of a folder, readable by its owner only.

    The name is the time (UTC) and a keyed hash of the number. The file holds the number in its
    first line and the text below, in clear: it *is* the message.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, phone: str, text: str) -> None:
        """See `SmsSender`."""
        name = f"{dt.datetime.utcnow():%Y%m%dT%H%M%S%f}-{mark('sms', phone)[:16]}"
        unfinished = self._folder / f".{name}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Created with mode 600 from the start: the code is never readable by others.
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{phone}\n{text}\n")
            unfinished.replace(self._folder / f"{name}.txt")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SmsUnavailable(f"BOT_SMS_FOLDER cannot be written to: {reason}") from None


def purge(before: dt.datetime, *, dry_run: bool = False) -> int:
    """Delete the messages of `FileSender` that are older than a time (UTC); how many.

    `dry_run` counts only. Other files of the folder stay.
    """
    folder, count = settings().sms_folder, 0
    files = Path(folder).iterdir() if folder and Path(folder).is_dir() else ()
    for path in (file for file in files if _OWN_FILE.fullmatch(file.name)):
        sent_at = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.timezone.utc)
        if sent_at.replace(tzinfo=None) < before:
            count += 1
            if not dry_run:
                path.unlink(missing_ok=True)
    return count


def sender() -> SmsSender:
    """The sender that the settings name.

    Raises:
        SmsUnavailable: they name none.
    """
    if not settings().sms_folder:
        raise SmsUnavailable("BOT_SMS_FOLDER is not set: no one-time codes can be sent")
    return FileSender(Path(settings().sms_folder))


def send_soon(chosen: SmsSender, phone: str, text: str) -> None:
    """Send without waiting: how long it takes, or that it fails, would tell that there is a
    dossier with this number. Failures are logged without number and text.
    """
    asyncio.get_running_loop().run_in_executor(None, _send, chosen, phone, text)


def _send(chosen: SmsSender, phone: str, text: str) -> None:
    try:
        chosen.send(phone, text)
    except SmsUnavailable as error:
        logger.error("A one-time code was not sent: %s", error)
    except Exception as error:
        # A provider's own words may repeat the number.
        logger.error("A one-time code was not sent: %s", type(error).__name__)
