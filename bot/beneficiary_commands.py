"""What the commands about the list of beneficiaries do; their arguments are in `bot.__main__`."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from bot import clock
from bot.commands import CommandError
from bot.settings import settings

PRIVATE_KEY, PUBLIC_KEY = "beneficiaries.key", "beneficiaries.pub"


def beneficiaries_keygen(arguments: argparse.Namespace) -> None:
    """Draw a key pair into a folder; the private key signs lists and stays off the server."""
    from bot.payments.signed_list import new_key_pair

    folder: Path = arguments.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_file, public_file = folder / PRIVATE_KEY, folder / PUBLIC_KEY
    for file in (private_file, public_file):
        if file.exists() or file.is_symlink():
            raise CommandError(f"{file} is there already, and no key is overwritten.")
    private, public = new_key_pair()
    _create(private_file, private, 0o600)
    _create(public_file, f"{public}\n".encode(), 0o644)
    print(f"{private_file}: keep it off the server and tell it nobody.")
    print(f"BOT_QR_PUBLIC_KEY={public}")


def beneficiaries_sign(arguments: argparse.Namespace) -> None:
    """Sign a list with a private key; what could not be used is refused."""
    from bot.payments import signed_list

    document = signed_list.read_document(arguments.list.read_bytes())
    key = signed_list.read_private_key(arguments.key)
    signed = signed_list.signed(document, key, clock.today())
    content = json.dumps(signed, ensure_ascii=False, indent=2).encode() + b"\n"
    # Verified as the server will, before anything is written.
    found = signed_list.read_signed(content, signed_list.public_text(key))
    _replace(arguments.to, content)
    print(f"{arguments.to}: {len(found.beneficiaries)} beneficiaries, signed.")


def beneficiaries_check(arguments: argparse.Namespace) -> None:
    """Verify a signed list, by default the one of the settings, and show what it says."""
    from bot.payments import beneficiaries

    named = arguments.file or settings().qr_beneficiaries
    if not named or not settings().qr_public_key:
        missing = "BOT_QR_PUBLIC_KEY" if named else "BOT_QR_BENEFICIARIES"
        raise CommandError(f"QR codes are off: {missing} is not set.")
    found = beneficiaries.load(Path(named), settings().qr_public_key)
    today = clock.today()
    for entry in found.beneficiaries:
        state = "now" if entry.holds(today) else "ended" if entry.valid_to < today else "later"
        print(
            f"{entry.key}  {state:5}  {entry.valid_from} to {entry.valid_to}  {entry.name}, "
            f"{entry.bank_name} ({entry.bank_bin}) {entry.account}: {', '.join(entry.agencies)}"
        )
    beneficiaries.require_current(found, today)
    print(f"The signature is right; signed on {found.signed_on}.")


def _create(file: Path, content: bytes, mode: int) -> None:
    """A file with its mode from the start, that was not there before."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _replace(file: Path, content: bytes) -> None:
    """The whole file or nothing: a running server reads it at any time."""
    descriptor, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        os.chmod(made, 0o644)
        os.replace(made, file)
    except OSError:
        os.unlink(made)
        raise
