"""Commands about the list of beneficiaries: what operators read, and exit statuses."""

from __future__ import annotations

import datetime as dt
import json
import stat
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot import clock
from bot.beneficiary_commands import PRIVATE_KEY, PUBLIC_KEY
from bot.payments import beneficiaries
from tests.payments.beneficiary_lists import AGENCY, ENTRY, OTHER_AGENCY, entry, switch_on, write

pytestmark = pytest.mark.usefixtures("fresh_settings")

Captured = pytest.CaptureFixture[str]
TODAY = dt.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def run(captured: Captured, *arguments: object) -> tuple[int, str, str]:
    """Exit status, output and errors of a command."""
    status = command_line.main(["beneficiaries", *(str(one) for one in arguments)])
    output = captured.readouterr()
    return status, output.out, output.err


@pytest.fixture
def keys(tmp_path: Path, capsys: Captured) -> Path:
    """A folder with a key pair."""
    folder = tmp_path / "keys"
    assert run(capsys, "keygen", folder)[0] == 0
    return folder


def test_keys_are_drawn_once_and_the_private_one_is_its_owners(
    tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "new" / "keys"
    status, output, errors = run(capsys, "keygen", folder)
    private, public = folder / PRIVATE_KEY, folder / PUBLIC_KEY
    key = public.read_text().strip()
    assert (status, errors) == (0, "")
    assert output.splitlines() == [
        f"{private}: keep it off the server and tell it nobody.",
        f"BOT_QR_PUBLIC_KEY={key}",
    ]
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    kept = private.read_bytes()
    assert "PRIVATE" not in output
    again = f"Error: {private} is there already, and no key is overwritten.\n"
    assert run(capsys, "keygen", folder) == (1, "", again)
    private.unlink()
    assert run(capsys, "keygen", folder)[0] == 1
    assert not private.exists()
    assert public.read_text().strip() == key
    public.unlink()
    assert run(capsys, "keygen", folder)[0] == 0
    assert private.read_bytes() != kept


def test_a_list_is_signed_and_the_bot_takes_it(
    tmp_path: Path, keys: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = entry(key="other", agencies=[OTHER_AGENCY], valid_to="2026-11-29")
    source = write(tmp_path / "list.json", {"beneficiaries": [ENTRY, other]})
    target = tmp_path / "signed.json"
    signing = ("sign", source, "--key", keys / PRIVATE_KEY, "--to", target)
    assert run(capsys, *signing) == (0, f"{target}: 2 beneficiaries, signed.\n", "")
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["signed_on"] == "2026-11-30"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    switch_on(monkeypatch, target, (keys / PUBLIC_KEY).read_text().strip())
    found = beneficiaries.beneficiary_for(AGENCY, TODAY)
    assert found is not None
    assert found.key == "justice"
    expected = (
        "justice  now    2026-01-01 to 2099-12-31  SO TU PHAP TINH QUANG NGAI, Vietcombank "
        "(970436) 0271000123456: Sở Tư pháp\n"
        "other  ended  2026-01-01 to 2026-11-29  SO TU PHAP TINH QUANG NGAI, Vietcombank "
        "(970436) 0271000123456: Ủy ban nhân dân xã Bình Sơn\n"
        "The signature is right; signed on 2026-11-30.\n"
    )
    assert run(capsys, "check") == (0, expected, "")
    assert run(capsys, "check", target) == (0, expected, "")
    # A signed list is changed and signed again.
    document["beneficiaries"].pop()
    write(target, document)
    assert run(capsys, "check")[0] == 1
    assert run(capsys, "sign", target, "--key", keys / PRIVATE_KEY, "--to", target)[0] == 0
    assert run(capsys, "check")[0] == 0


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"beneficiaries": []}, "at least one entry"),
        ({"beneficiaries": [entry(bank_bin="1")]}, "Beneficiary 1: bank_bin must be"),
        ({"beneficiaries": [ENTRY], "more": 1}, "unknown fields: more"),
        ({}, "at least one entry"),
        ([], "a JSON object"),
    ],
)
def test_what_could_not_be_used_is_not_signed(
    tmp_path: Path, keys: Path, capsys: Captured, document: object, reason: str
) -> None:
    source = write(tmp_path / "list.json", document)
    target = tmp_path / "signed.json"
    target.write_text("kept", encoding="utf-8")
    status, output, errors = run(
        capsys, "sign", source, "--key", keys / PRIVATE_KEY, "--to", target
    )
    assert (status, output) == (1, "")
    assert errors.startswith("Error: ")
    assert reason in errors
    assert target.read_text(encoding="utf-8") == "kept"


def test_a_file_that_is_no_private_key_is_refused_and_not_shown(
    tmp_path: Path, keys: Path, capsys: Captured
) -> None:
    source = write(tmp_path / "list.json", {"beneficiaries": [ENTRY]})
    wrong = tmp_path / "wrong.key"
    wrong.write_text("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n")
    for key in (wrong, keys / PUBLIC_KEY):
        found = run(capsys, "sign", source, "--key", key, "--to", tmp_path / "signed.json")
        assert found == (1, "", f"Error: {key.name} is no Ed25519 key without a password.\n")
    status, _, errors = run(
        capsys, "sign", source, "--key", tmp_path / "none", "--to", tmp_path / "signed.json"
    )
    assert (status, errors.startswith("Error: ")) == (1, True)
    assert not (tmp_path / "signed.json").exists()


def test_a_list_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, keys: Path, capsys: Captured
) -> None:
    source = write(tmp_path / "list.json", {"beneficiaries": [ENTRY]})
    folder = tmp_path / "target"
    (folder / "signed.json").mkdir(parents=True)
    target = folder / "signed.json"
    assert run(capsys, "sign", source, "--key", keys / PRIVATE_KEY, "--to", target)[0] == 1
    assert [path.name for path in folder.iterdir()] == ["signed.json"]


def test_a_check_says_what_is_not_set_or_wrong(
    tmp_path: Path, keys: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = "Error: QR codes are off: BOT_QR_BENEFICIARIES is not set.\n"
    assert run(capsys, "check") == (1, "", off)
    off = "Error: QR codes are off: BOT_QR_PUBLIC_KEY is not set.\n"
    assert run(capsys, "check", "list.json") == (1, "", off)
    missing = tmp_path / "list.json"
    switch_on(monkeypatch, missing, (keys / PUBLIC_KEY).read_text().strip())
    gone = "Error: list.json cannot be read: No such file or directory.\n"
    assert run(capsys, "check") == (1, "", gone)
    source = write(tmp_path / "source.json", {"beneficiaries": [entry(valid_to="2026-11-29")]})
    assert run(capsys, "sign", source, "--key", keys / PRIVATE_KEY, "--to", missing)[0] == 0
    status, output, errors = run(capsys, "check")
    assert (status, errors) == (1, "Error: All entries of the list have ended.\n")
    assert output.startswith("justice  ended  ")
