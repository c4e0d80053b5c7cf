"""The signed list of beneficiaries: what is taken, what is refused, and who receives what."""

from __future__ import annotations

import base64
import datetime as dt
import json
import logging
import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot import clock, settings
from bot.payments import beneficiaries, signed_list
from bot.payments.beneficiary import Beneficiary, BeneficiaryListError
from tests.payments.beneficiary_lists import (
    AGENCY,
    ENTRY,
    OTHER_AGENCY,
    PUBLIC_KEY,
    entry,
    sign_anything,
    signed,
    switch_on,
    write,
)

pytestmark = pytest.mark.usefixtures("fresh_settings")

# Of nobody that the settings name; fixed, so that tests have the same names in all workers.
STRANGE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TODAY = dt.date(2026, 11, 30)
JUSTICE = Beneficiary(
    key="justice",
    name="SO TU PHAP TINH QUANG NGAI",
    bank_bin="970436",
    bank_name="Vietcombank",
    account="0271000123456",
    agencies=(AGENCY,),
    valid_from=dt.date(2026, 1, 1),
    valid_to=dt.date(2099, 12, 31),
)
OTHER = entry(key="other", agencies=[OTHER_AGENCY], account="5110000012345")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good list that the settings name."""
    path = write(tmp_path / "beneficiaries.json", signed(ENTRY))
    switch_on(monkeypatch, path)
    return path


def replace(path: Path, document: Any) -> None:
    """Another file in its place, as `bot beneficiaries sign` puts it."""
    os.replace(write(path.with_suffix(".new"), document), path)


# Off


@pytest.mark.parametrize(
    ("file_name", "public_key"), [("", ""), ("list.json", ""), ("", PUBLIC_KEY)]
)
def test_without_a_list_and_a_key_there_is_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file_name: str, public_key: str
) -> None:
    write(tmp_path / "list.json", signed(ENTRY))
    monkeypatch.setenv("BOT_QR_BENEFICIARIES", str(tmp_path / file_name) if file_name else "")
    monkeypatch.setenv("BOT_QR_PUBLIC_KEY", public_key)
    settings.settings.cache_clear()
    assert beneficiaries.check() is None
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) is None
    assert beneficiaries.beneficiary("justice", TODAY) is None


# Who receives


def test_a_good_list_is_taken_whole(file: Path) -> None:
    found = beneficiaries.check()
    assert found == signed_list.BeneficiaryList((JUSTICE,), TODAY)
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) == JUSTICE
    assert beneficiaries.beneficiary("justice", TODAY) == JUSTICE


@pytest.mark.parametrize(
    "agency", ["", "*", "Sở Tư", "Sở Tư pháp tỉnh", "SỞ TƯ PHÁP", "So Tu phap", OTHER_AGENCY]
)
def test_other_agencies_have_nobody(file: Path, agency: str) -> None:
    assert beneficiaries.beneficiary_for(agency, TODAY) is None


def test_a_name_may_be_spelt_with_other_code_points(file: Path) -> None:
    assert (
        beneficiaries.beneficiary_for(unicodedata.normalize("NFD", "Sở  Tư pháp "), TODAY)
        == JUSTICE
    )


def test_one_entry_may_serve_all(file: Path) -> None:
    replace(file, signed(entry(agencies=["*"])))
    for agency in (AGENCY, OTHER_AGENCY, ""):
        found = beneficiaries.beneficiary_for(agency, TODAY)
        assert found is not None
        assert found.key == "justice"


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-12-31", None), ("2026-01-01", "old"), ("2026-06-30", "old"), ("2026-07-01", "new"),
     ("2026-12-31", "new"), ("2027-01-01", None)],
)  # fmt: skip
def test_entries_hold_from_a_day_to_a_day(file: Path, on: str, expected: str | None) -> None:
    first = entry(key="old", valid_from="2026-01-01", valid_to="2026-06-30")
    second = entry(key="new", valid_from="2026-07-01", valid_to="2026-12-31")
    listed = {**signed(first, second), "signed_on": "2025-01-01"}
    del listed["signature"]
    replace(file, sign_anything(listed))
    found = beneficiaries.beneficiary_for(AGENCY, dt.date.fromisoformat(on))
    assert (found.key if found else None) == expected
    assert (beneficiaries.beneficiary("old", dt.date.fromisoformat(on)) is not None) is (
        expected == "old"
    )


# The file changes


def test_a_changed_file_is_read_and_verified_again(file: Path) -> None:
    assert beneficiaries.beneficiary_for(OTHER_AGENCY, TODAY) is None
    replace(file, signed(ENTRY, OTHER))
    found = beneficiaries.beneficiary_for(OTHER_AGENCY, TODAY)
    assert found is not None
    assert found.account == "5110000012345"


def test_an_unchanged_file_is_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) == JUSTICE
    monkeypatch.setattr(beneficiaries, "read_signed", None)
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) == JUSTICE


def test_while_the_file_is_wrong_nobody_receives_and_operators_are_told(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = file.read_bytes()
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) == JUSTICE
    file.write_bytes(good.replace(b"0271000123456", b"9999000123456"))
    with caplog.at_level(logging.ERROR):
        assert beneficiaries.beneficiary_for(AGENCY, TODAY) is None
        assert beneficiaries.beneficiary("justice", TODAY) is None
    assert "No QR codes are offered: beneficiaries.json: The signature is wrong" in caplog.text
    file.unlink()
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) is None
    file.write_bytes(good)
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) == JUSTICE


def test_another_key_in_the_settings_makes_the_list_useless(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) == JUSTICE
    other = signed_list.public_text(STRANGE_KEY)
    switch_on(monkeypatch, file, other)
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) is None


# What is refused


def refused(content: bytes, public_key: str = PUBLIC_KEY) -> str:
    """Why a file is refused."""
    with pytest.raises(BeneficiaryListError) as caught:
        signed_list.read_signed(content, public_key)
    return str(caught.value)


def encoded(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


GOOD = {"beneficiaries": [ENTRY], "signed_on": "2026-11-30"}


@pytest.mark.parametrize("field", sorted(ENTRY))
def test_each_field_is_signed(field: str) -> None:
    document = signed(ENTRY, OTHER)
    document["beneficiaries"][0] = {**ENTRY, field: OTHER[field] + OTHER[field]}
    assert "The signature is wrong" in refused(encoded(document))


def test_the_day_and_the_order_are_signed() -> None:
    document = signed(ENTRY, OTHER)
    assert "signature is wrong" in refused(encoded({**document, "signed_on": "2026-11-29"}))
    turned = {**document, "beneficiaries": document["beneficiaries"][::-1]}
    assert "signature is wrong" in refused(encoded(turned))
    fewer = {**document, "beneficiaries": document["beneficiaries"][:1]}
    assert "signature is wrong" in refused(encoded(fewer))


def test_blanks_and_the_order_of_fields_do_not_matter() -> None:
    document = signed(ENTRY, OTHER)
    turned = {name: document[name] for name in reversed(list(document))}
    content = json.dumps(turned, indent=4, ensure_ascii=True).encode()
    found = signed_list.read_signed(content, PUBLIC_KEY)
    assert [one.key for one in found.beneficiaries] == ["justice", "other"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON"), (b"\xff", "no JSON"), (b"{", "no JSON"), (b"[" * 100_000, "no JSON"),
        (b"[]", "a JSON object"), (b"null", "a JSON object"), (b"{}", "exactly the fields"),
        (b" " * (2**20 + 1), "larger than"),
        (encoded(GOOD), "exactly the fields"),
        (encoded({**sign_anything(GOOD), "more": 1}), "exactly the fields"),
        (encoded(sign_anything({**GOOD, "more": 1})), "exactly the fields"),
        (encoded({**GOOD, "signature": ""}), "64 bytes in base64"),
        (encoded({**GOOD, "signature": 1}), "64 bytes in base64"),
        (encoded({**GOOD, "signature": "%" * 88}), "64 bytes in base64"),
        (encoded({**GOOD, "signature": base64.b64encode(bytes(64)).decode()}), "is wrong"),
        (b'{"beneficiaries": [], "beneficiaries": [], "signed_on": "", "signature": ""}', "twice"),
        (encoded(sign_anything(GOOD)).replace(b'{"key"', b'{"key": "a", "key"'), "twice"),
        (encoded({**sign_anything(GOOD), "signed_on": "x"}), "signature is wrong"),
        (encoded(sign_anything({**GOOD, "signed_on": "30/11/2026"})), "signed_on must be a day"),
        (encoded(sign_anything({**GOOD, "signed_on": None})), "signed_on must be a day"),
        (encoded(sign_anything({**GOOD, "beneficiaries": []})), "at least one entry"),
        (encoded(sign_anything({**GOOD, "beneficiaries": {}})), "at least one entry"),
        (encoded(GOOD | {"signature": "A" * 86 + "=="}).replace(b"SO TU", b"\\ud800"), "half a"),
    ],
)  # fmt: skip
def test_files_of_another_form_are_refused(content: bytes, reason: str) -> None:
    assert reason in refused(content)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": ""}, "key must be"), ({"key": "A b"}, "key must be"), ({"key": 1}, "key must be"),
        ({"name": ""}, "name must be"), ({"name": " A"}, "name must be"),
        ({"name": "A" * 151}, "name must be"), ({"name": "A\u200bB"}, "name must be"),
        ({"name": "A\nB"}, "name must be"),
        ({"name": unicodedata.normalize("NFD", "Sở")}, "name must be"),
        ({"name": None}, "name must be"), ({"bank_name": ""}, "bank_name must be"),
        ({"bank_bin": "97043"}, "bank_bin must be"), ({"bank_bin": 970436}, "bank_bin must be"),
        ({"bank_bin": "９７０４３６"}, "bank_bin must be"),
        ({"account": "12345"}, "account must be"), ({"account": "0" * 20}, "account must be"),
        ({"account": "0271 0001"}, "account must be"), ({"account": 271000}, "account must be"),
        ({"account": "0000000000"}, "placeholder"),
        ({"agencies": []}, "agencies must be"), ({"agencies": AGENCY}, "agencies must be"),
        ({"agencies": [""]}, "agencies must be"), ({"agencies": [1]}, "agencies must be"),
        ({"agencies": [AGENCY, AGENCY]}, "twice"), ({"agencies": ["*", AGENCY]}, "beside *"),
        ({"valid_from": "2026-1-1"}, "valid_from must be"),
        ({"valid_from": "2026-02-30"}, "valid_from must be"),
        ({"valid_to": "31/12/2099"}, "valid_to must be"), ({"valid_to": None}, "valid_to must be"),
        ({"valid_to": "2025-12-31"}, "before valid_from"),
        ({"more": "1"}, "exactly the fields"),
    ],
)  # fmt: skip
def test_weak_values_are_refused_though_they_are_signed(
    changes: dict[str, Any], reason: str
) -> None:
    document = sign_anything({**GOOD, "beneficiaries": [OTHER, entry(**changes)]})
    message = refused(encoded(document))
    assert message.startswith("Beneficiary 2: ")
    assert reason in message


def test_a_missing_field_is_refused() -> None:
    for field in ENTRY:
        less = {name: value for name, value in ENTRY.items() if name != field}
        assert "exactly the fields" in refused(
            encoded(sign_anything({**GOOD, "beneficiaries": [less]}))
        )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (entry(agencies=[OTHER_AGENCY]), "The key justice comes twice"),
        (entry(key="b"), "justice and b both serve Sở Tư pháp on some days"),
        (entry(key="b", agencies=["*"]), "justice and b both serve Sở Tư pháp on some days"),
        (entry(key="b", valid_from="2099-12-31"), "both serve"),
        (entry(key="b", agencies=[OTHER_AGENCY, AGENCY]), "both serve Sở Tư pháp on"),
    ],
)
def test_two_for_one_agency_are_refused(other: dict[str, Any], reason: str) -> None:
    assert reason in refused(encoded(sign_anything({**GOOD, "beneficiaries": [ENTRY, other]})))


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "32 bytes"), ("x", "32 bytes"), (PUBLIC_KEY[:-4], "32 bytes"), ("á" * 44, "32 bytes"),
        (base64.b64encode(bytes(32)).decode(), "placeholder"),
        (base64.b64encode(b"\x01" + bytes(31)).decode(), "placeholder"),
        (base64.b64encode(b"changeme" * 4).decode(), "placeholder"),
        (signed_list.public_text(STRANGE_KEY), "signature is wrong"),
    ],
)  # fmt: skip
def test_keys_that_are_wrong_or_placeholders_are_refused(key: str, reason: str) -> None:
    assert reason in refused(encoded(sign_anything(GOOD)), key)


# At the start of the server


def test_a_list_that_has_ended_stops_the_start(file: Path) -> None:
    replace(file, signed(entry(valid_to="2026-11-29")))
    with pytest.raises(BeneficiaryListError, match="have ended"):
        beneficiaries.check()
    replace(file, signed(entry(valid_to="2026-11-30")))
    assert beneficiaries.check() is not None


def test_a_list_from_tomorrow_stops_the_start(file: Path) -> None:
    replace(file, sign_anything({**GOOD, "signed_on": "2026-12-01"}))
    with pytest.raises(BeneficiaryListError, match="after today"):
        beneficiaries.check()
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) is None


@pytest.mark.parametrize("kind", ["missing", "folder", "large", "broken"])
def test_a_file_that_cannot_be_read_stops_the_start(file: Path, kind: str) -> None:
    file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "large":
        file.write_bytes(b" " * (2**20 + 1))
    elif kind == "broken":
        file.write_bytes(b"{")
    with pytest.raises(BeneficiaryListError, match=r"^beneficiaries\.json"):
        beneficiaries.check()
    assert beneficiaries.beneficiary_for(AGENCY, TODAY) is None
