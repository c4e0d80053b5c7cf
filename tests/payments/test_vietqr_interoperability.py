"""Our codes read by two other implementations, and theirs by ours.

| what                                   | ours | vietqr-emvco (Python) | vietnam-qr-pay (Node.js) |
|----------------------------------------|------|-----------------------|--------------------------|
| reads our codes, CRC right             | yes  | yes                   | yes                      |
| its codes are read by ours             |  –   | yes                   | yes                      |
| its text is ours, letter for letter    |  –   | but for 52 and 59     | yes                      |
| the amount read                        | int  | float                 | text                     |
| refuses a wrong CRC                    | yes  | only if asked         | yes                      |
| refuses small letters in the CRC       | yes  | no                    | no                       |
| refuses what follows the CRC           | yes  | only if asked         | yes (as a wrong CRC)     |
| refuses an object that comes twice     | yes  | no                    | no                       |
| refuses a broken length, its CRC right | yes  | no                    | only at the root         |
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from vietqr_emvco import VietQRGenerator, VietQRParser

from bot.payments import vietqr
from bot.payments.vietqr import PayloadRefused, Transfer
from tests.payments.node_packages import Ask, running
from tests.payments.test_vietqr import PUBLISHED, TRANSFER, payload, transfers, with_crc

HERE = Path(__file__).parent / "node"
# What vietqr-emvco adds; both are said in words of the standard: no category, a name of its own.
CATEGORY, NAME = "52040000", "5911CUA HANG AI"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`node(question)`: the answer of vietnam-qr-pay, run by Node.js."""
    with running(HERE, tmp_path_factory.mktemp("node")) as ask:
        yield ask


def built_by_python(transfer: Transfer) -> str:
    generator = VietQRGenerator(transfer.bank_bin, transfer.account)
    return str(generator.generate(transfer.amount, transfer.reference))


def built_by_node(node: Ask, transfer: Transfer) -> str:
    options = {
        "bankBin": transfer.bank_bin,
        "bankNumber": transfer.account,
        "amount": str(transfer.amount),
        "purpose": transfer.reference,
    }
    return str(node({"build": options}))


@given(transfers)
@examples(max_examples=300)
def test_the_python_package_reads_ours(transfer: Transfer) -> None:
    text = payload(transfer)
    assert VietQRParser.verify_checksum(text) is True
    found = VietQRParser.parse(text)
    del found["raw_tags"]
    assert found == {
        "payload_format_indicator": "01",
        "point_of_initiation_method": "12",
        "merchant_category_code": "",
        "currency": "704",
        "amount": transfer.amount,
        "country_code": "VN",
        "merchant_name": "",
        "checksum": text[-4:],
        "bank_bin": transfer.bank_bin,
        "account_number": transfer.account,
        "napas_guid": "A000000727",
        "service_code": "QRIBFTTA",
        "memo": transfer.reference,
    }


@given(transfers)
@examples(max_examples=300)
def test_ours_reads_the_python_packages(transfer: Transfer) -> None:
    text = built_by_python(transfer)
    assert vietqr.parse(text) == transfer
    # But for two objects that a transfer does not need it is our text.
    assert with_crc(text[:-8].replace(CATEGORY, "", 1).replace(NAME, "", 1)) == payload(transfer)


def test_the_node_package_reads_ours(node: Ask) -> None:
    @given(transfers)
    @examples(max_examples=300, deadline=None)
    def check(transfer: Transfer) -> None:
        text = payload(transfer)
        assert node({"parse": text}) == {
            "valid": True,
            "method": "12",
            "provider": "A000000727",
            "service": "QRIBFTTA",
            "bankBin": transfer.bank_bin,
            "account": transfer.account,
            "currency": "704",
            "nation": "VN",
            "amount": str(transfer.amount),
            "purpose": transfer.reference,
            "crc": text[-4:],
        }

    check()


def test_ours_reads_the_node_packages_which_is_the_same_text(node: Ask) -> None:
    @given(transfers)
    @examples(max_examples=300, deadline=None)
    def check(transfer: Transfer) -> None:
        text = built_by_node(node, transfer)
        assert text == payload(transfer)
        assert vietqr.parse(text) == transfer

    check()


def test_all_three_agree_on_a_published_code(node: Ask) -> None:
    assert payload(TRANSFER) == built_by_node(node, TRANSFER) == PUBLISHED
    assert VietQRParser.verify_checksum(PUBLISHED) is True


FAULTS = {
    "wrong CRC": PUBLISHED[:-1] + "D",
    "small letters": PUBLISHED[:-4] + PUBLISHED[-4:].lower(),
    "more behind": PUBLISHED + "5802VN",
    "twice": with_crc(PUBLISHED[:-8] + "5406999999"),
    "broken at the root": with_crc(PUBLISHED[:-8].replace("6217", "6299")),
    "broken inside": with_crc(PUBLISHED[:-8].replace("0813ung", "0899ung")),
}


def accepted(node: Ask) -> dict[str, tuple[bool, bool, bool]]:
    """Who takes a faulty code: ours, the Python package, the Node.js package."""

    def ours(text: str) -> bool:
        try:
            vietqr.parse(text)
        except PayloadRefused:
            return False
        return True

    return {
        name: (
            ours(text),
            bool(VietQRParser.verify_checksum(text)),
            bool(node({"parse": text})["valid"]),
        )
        for name, text in FAULTS.items()
    }


def test_ours_refuses_faults_that_the_others_let_pass(node: Ask) -> None:
    assert accepted(node) == {
        "wrong CRC": (False, False, False),
        "small letters": (False, True, True),
        "more behind": (False, False, False),
        "twice": (False, True, True),
        "broken at the root": (False, True, False),
        "broken inside": (False, True, True),
    }
