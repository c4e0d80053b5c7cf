"""Exported tickets: Vietnamese on the slip, a signature that others verify, all files or none."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from bot import feedback_commands
from bot.commands import CommandError
from bot.rendering.ticket_slip import draw
from bot.settings import Settings, settings
from bot.support import envelope, export, signing, tickets
from bot.support.envelope import EnvelopeInvalid
from bot.support.export import ExportRefused
from bot.support.signing import Signer, SigningRefused
from bot.support.ticket import Ticket

NOON = dt.datetime.fromisoformat("2026-07-20T05:00:00")  # UTC without zone, as stored
TEXT = "Đèn đường hỏng ở thôn Phước Thiện, gọi ••••••••••. Ưỡn ẹo, Ữ ự ỵ ẵ."
TICKET = Ticket(
    "PA012345",
    "complaint",
    "",
    "web",
    TEXT,
    NOON,
    due_at=NOON + dt.timedelta(hours=4),
    field="Hạ tầng kỹ thuật",
    level="commune",
    agency="Ủy ban nhân dân xã Bình Hải",
    place="xã Bình Hải",
    has_contact=True,
)
NAMES = ["PA012345.json", "PA012345.pdf", "PA012345.pdf.p7s"]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return signing.make_trial_pair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def signer(pair: tuple[Path, Path]) -> Signer:
    return signing.read_signer(*pair)


def text_of(pdf: bytes) -> str:
    """The letters of a document, without spaces, as fpdf2 writes them: glyphs and a table."""
    streams = [
        zlib.decompress(body)
        for body in re.findall(rb"(?s)/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf)
        if body[:1] == b"\x78"
    ]
    tables = [dict(_table(stream)) for stream in streams if b"beginbfchar" in stream]
    tables += [dict(_table(s)) for s in re.findall(rb"(?s)begincmap.*?endcmap", pdf)]
    pages = [stream for stream in streams if b" Tf " in stream]
    assert tables
    assert pages
    letters = []
    for shown in re.findall(rb"(?s)/F(\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) ?Tj", pages[0]):
        if shown[0]:
            table = tables[int(shown[0]) - 1]
            continue
        raw = re.sub(rb"(?s)\\(.)", lambda m: {b"n": b"\n", b"r": b"\r"}.get(m[1], m[1]), shown[1])
        codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
        letters += [table.get(code, "") for code in codes]
    return "".join(letters).replace(" ", "")


def _table(stream: bytes) -> list[tuple[int, str]]:
    found = re.findall(rb"<([0-9A-Fa-f]+)> ?<([0-9A-Fa-f]+)>\s*\n", stream)
    return [(int(g, 16), bytes.fromhex(u.decode()).decode("utf-16-be")) for g, u in found]


def verify(pdf: Path, signature: Path, certificate: Path) -> bool:
    """What another system does with a signature."""
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", str(signature)]
    command += ["-content", str(pdf), "-CAfile", str(certificate), "-purpose", "any"]
    done = subprocess.run([*command, "-out", os.devnull], capture_output=True, check=False)
    return done.returncode == 0


def test_the_slip_says_all_in_vietnamese_and_is_always_the_same() -> None:
    pdf = draw(TICKET)
    said = text_of(pdf)
    wanted = (
        "PHIẾU TIẾP NHẬN Ý KIẾN CÔNG DÂN", "PA 012 345", "Phản ánh", "12:00, 20/07/2026",
        "16:00, 20/07/2026", "Hạ tầng kỹ thuật", "Cấp xã", "Ủy ban nhân dân xã Bình Hải", TEXT,
        "Chưa trả lời",
    )  # fmt: skip
    assert [piece for piece in wanted if piece.replace(" ", "") not in said] == []
    assert draw(TICKET) == pdf
    # A4 in points.
    assert re.search(rb"/MediaBox \[0 0 595\.28 841\.89\]", pdf)


def test_long_texts_go_on_and_signs_without_a_letter_do_no_harm() -> None:
    long = Ticket(
        **{**vars(TICKET), "text": "Một dòng dài. \x1b[31m\n" * 150, "place": "\u202e\x07"}
    )
    assert len(re.findall(rb"/Type /Page\b", draw(long))) > 1


def test_another_program_verifies_the_signature_and_finds_tampering(
    pair: tuple[Path, Path], signer: Signer, tmp_path: Path
) -> None:
    written = export.export([TICKET], tmp_path, draw, signer, now=NOON)
    assert written == [tmp_path / "PA012345.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES
    pdf, signature = tmp_path / "PA012345.pdf", tmp_path / "PA012345.pdf.p7s"
    assert verify(pdf, signature, pair[1])
    # Detached: the content is not in it.
    assert pdf.read_bytes()[:20] not in signature.read_bytes()
    pdf.write_bytes(pdf.read_bytes().replace(b"PDF-1", b"PDF-2", 1))
    assert not verify(pdf, signature, pair[1])


def test_the_envelope_describes_the_slip(
    pair: tuple[Path, Path], signer: Signer, tmp_path: Path
) -> None:
    (path,) = export.export([TICKET], tmp_path, draw, signer, now=NOON)
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    pdf = (tmp_path / read["document"]["name"]).read_bytes()
    envelope.check(read, pdf)
    assert read["format"] == envelope.FORMAT
    assert (read["code"], read["kind"], read["agency"]) == (
        "PA012345", "complaint", "Ủy ban nhân dân xã Bình Hải",
    )  # fmt: skip
    assert (read["received_at"], read["due_at"], read["closed_at"]) == (
        "2026-07-20T12:00:00+07:00", "2026-07-20T16:00:00+07:00", None,
    )  # fmt: skip
    command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(pair[1])]
    known = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    known = known.rpartition("=")[2].strip().replace(":", "").lower()
    assert read["signature"]["certificate_sha256"] == known
    assert not {"text", "answer", "place"} & set(read)
    # The same again: nothing but the time of export may differ.
    again = json.loads(export.files_of(TICKET, pdf, signer, NOON)["PA012345.json"])
    assert again == read


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 2}, "another format"),
        ({"further": 1}, "not exactly the keys"),
        ({"received_at": "2026-07-20T12:00:00"}, "received_at"),
        ({"state": "lost"}, "no state"),
    ],
    ids=["version", "keys", "time", "state"],
)
def test_a_wrong_envelope_is_found(signer: Signer, change: dict[str, Any], why: str) -> None:
    right = envelope.make(TICKET, b"pdf", ("a", "b"), signer, NOON)
    envelope.check(right, b"pdf")
    with pytest.raises(EnvelopeInvalid, match="the document is another"):
        envelope.check(right, b"fdp")
    with pytest.raises(EnvelopeInvalid, match=why):
        envelope.check({**right, **change}, b"pdf")


def test_nothing_is_overwritten_unless_it_is_wanted(signer: Signer, tmp_path: Path) -> None:
    (tmp_path / "PA012345.pdf").write_text("older")
    with pytest.raises(ExportRefused, match=r"PA012345\.pdf already"):
        export.export([TICKET], tmp_path, draw, signer)
    assert [path.name for path in tmp_path.iterdir()] == ["PA012345.pdf"]
    export.export([TICKET], tmp_path, draw, signer, replace=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES
    assert (tmp_path / "PA012345.pdf").read_bytes() == draw(TICKET)
    assert (tmp_path / "PA012345.pdf").stat().st_mode & 0o077 == 0


def test_all_files_come_to_be_or_none(
    signer: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "PA012345.pdf").write_text("older")
    really: Callable[..., None] = os.replace

    def fails_late(source: Path, target: Path) -> None:
        if Path(target) == tmp_path / "PA012345.json":
            raise OSError(28, "No space left on device")
        really(source, target)

    monkeypatch.setattr(export.os, "replace", fails_late)
    with pytest.raises(ExportRefused, match="No space left"):
        export.export([TICKET], tmp_path, draw, signer, replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["PA012345.pdf"]
    assert (tmp_path / "PA012345.pdf").read_text() == "older"


def test_a_slip_that_cannot_be_drawn_leaves_nothing(signer: Signer, tmp_path: Path) -> None:
    def draws_once(ticket: Ticket) -> bytes:
        if ticket is not TICKET:
            raise ValueError("no paper")
        return b"pdf"

    other = Ticket(**{**vars(TICKET), "code": "PA000001"})
    with pytest.raises(ValueError, match="no paper"):
        export.export([TICKET, other], tmp_path / "out", draws_once, signer)
    assert not (tmp_path / "out").exists()


# Keys


def test_no_key_or_a_wrong_one_is_refused(
    fresh_settings: Settings, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(SigningRefused, match="BOT_SIGNING_KEY and BOT_SIGNING_CERTIFICATE"):
        signing.default_signer()
    other_key, _ = signing.make_trial_pair(tmp_path / "other")
    with pytest.raises(SigningRefused, match="does not belong to the certificate"):
        signing.read_signer(other_key, pair[1])
    with pytest.raises(SigningRefused, match="key cannot be read: FileNotFoundError"):
        signing.read_signer(tmp_path / "none.pem", pair[1])
    with pytest.raises(SigningRefused, match="certificate cannot be read"):
        signing.read_signer(pair[0], pair[0])
    odd = tmp_path / "odd.pem"
    odd.write_bytes(
        ed25519.Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(SigningRefused, match="RSA or an elliptic-curve"):
        signing.read_signer(odd, pair[1])


def test_a_certificate_is_taken_while_it_is_valid_only(pair: tuple[Path, Path]) -> None:
    now = dt.datetime.now(dt.timezone.utc)
    with pytest.raises(SigningRefused, match="has expired on"):
        signing.read_signer(*pair, now=now + dt.timedelta(days=366))
    with pytest.raises(SigningRefused, match="valid from"):
        signing.read_signer(*pair, now=now - dt.timedelta(days=1))


def test_a_trial_pair_is_private_and_never_overwritten(pair: tuple[Path, Path]) -> None:
    assert pair[0].stat().st_mode & 0o077 == 0
    before = pair[0].read_bytes()
    with pytest.raises(SigningRefused, match=r"holds key\.pem and certificate\.pem already"):
        signing.make_trial_pair(pair[0].parent)
    assert pair[0].read_bytes() == before


# Commands


def arguments(**values: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"code": None, "all_open": False, "replace": False, **values})


def test_commands_export_what_is_stored(
    database_ready: Settings,
    pair: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = tickets.open_ticket("complaint", "one", "web", TEXT, now=NOON, agency="Sở Y tế").code
    with pytest.raises(CommandError, match="must be set"):
        feedback_commands.feedback_export(arguments(code=code, to=tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    monkeypatch.setenv("BOT_SIGNING_KEY", str(pair[0]))
    monkeypatch.setenv("BOT_SIGNING_CERTIFICATE", str(pair[1]))
    settings.cache_clear()
    with pytest.raises(CommandError, match="Name one ticket, or --all-open"):
        feedback_commands.feedback_export(arguments(to=tmp_path))
    with pytest.raises(CommandError, match="no ticket PA9"):
        feedback_commands.feedback_export(arguments(code="PA9", to=tmp_path))
    feedback_commands.feedback_export(arguments(all_open=True, to=tmp_path / "out"))
    assert f"{code}.json\n1 exported, signed by" in capsys.readouterr().out
    out = tmp_path / "out"
    assert verify(out / f"{code}.pdf", out / f"{code}.pdf.p7s", pair[1])
    with pytest.raises(CommandError, match="already"):
        feedback_commands.feedback_export(arguments(code=code.lower(), to=out))
    feedback_commands.feedback_list(argparse.Namespace(state="open", kind="complaint"))
    assert capsys.readouterr().out.startswith(
        f"{code}  2026-07-20 12:00  due -  open     complaint"
    )
    feedback_commands.feedback_list(argparse.Namespace(state="open", kind="message"))
    assert capsys.readouterr().out == ""
