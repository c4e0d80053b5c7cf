"""The text of a VietQR code: an EMVCo merchant-presented code for a transfer to a bank account.

What stands where is NAPAS's: "Technical Specifications on NAPAS QR Switching", part IV, version
1.5.2 (January 2021), service QRIBFTTA, in the frame of EMVCo's "QR Code Specification for Payment
Systems, Merchant-Presented Mode". Each object is two digits of identifier, two digits of length
and its value; the last one is a CRC-16 over all before it (polynomial 1021, start FFFF).

The standard knows no moment until which a code is good: that is kept and told by who shows it.
The beneficiary's name is left out on purpose: a bank's application shows the name that the
account really has, and this is what a payer has to compare.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

VERSION, DYNAMIC = "01", "12"
NAPAS, TO_ACCOUNT, DONG, VIETNAM = "A000000727", "QRIBFTTA", "704", "VN"
# What others put in and no transfer needs: category, name, city, postal code.
_PASSED_OVER = frozenset({"52", "59", "60", "61"})
_HIGHEST = 9_999_999_999_999  # 13 digits
_BANK = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9A-Z]{1,19}")
_REFERENCE = re.compile(r"(?=.{1,25}\Z)[0-9A-Za-z]+(?: [0-9A-Za-z]+)*")
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_HEADER = re.compile(r"[0-9]{4}")
_CRC = re.compile(r"[0-9A-F]{4}")


class PayloadRefused(ValueError):
    """Values that no code may carry, or a text that is no code of this kind."""


@dataclass(frozen=True)
class Transfer:
    """What a code asks for: `amount` in whole đồng, `reference` as the purpose of the transfer.

    `bank_bin` is the bank's number at NAPAS, 6 digits; an account has up to 19 digits or capital
    letters, a reference up to 25 letters and digits without accents and with single blanks.

    Raises:
        PayloadRefused: a value is not of its form.
    """

    bank_bin: str
    account: str
    amount: int
    reference: str

    def __post_init__(self) -> None:
        for name, form in (("bank_bin", _BANK), ("account", _ACCOUNT), ("reference", _REFERENCE)):
            value = getattr(self, name)
            if not isinstance(value, str) or not form.fullmatch(value):
                raise PayloadRefused(f"{value!r} is no {name} of a VietQR code.")
        # A truth value is an integer to Python and no sum to anybody.
        if type(self.amount) is not int or not 1 <= self.amount <= _HIGHEST:
            raise PayloadRefused(f"{self.amount!r} is no sum from 1 to {_HIGHEST} VND.")


def payload(bank_bin: str, account: str, amount: int, reference: str) -> str:
    """The text of a code for one transfer (see `Transfer`).

    Raises:
        PayloadRefused: a value is not of its form.
    """
    wanted = Transfer(bank_bin, account, amount, reference)
    holder = _object("00", wanted.bank_bin) + _object("01", wanted.account)
    root = (
        ("00", VERSION),
        ("01", DYNAMIC),
        ("38", _object("00", NAPAS) + _object("01", holder) + _object("02", TO_ACCOUNT)),
        ("53", DONG),
        ("54", str(wanted.amount)),
        ("58", VIETNAM),
        ("62", _object("08", wanted.reference)),
    )
    text = "".join(_object(identifier, value) for identifier, value in root) + "6304"
    return text + crc(text)


def crc(text: str) -> str:
    """CRC-16 of a text (ASCII), as four capital hex digits."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def parse(text: str) -> Transfer:
    """What a code asks for; nothing in it is passed over but what no transfer needs.

    Raises:
        PayloadRefused: the text is broken, its CRC is wrong, an object is missing, comes twice or
            is not known, or the code is for something else than a transfer of đồng to an account.
    """
    if not text.isascii():
        raise PayloadRefused("The text holds letters that no code has.")
    if not _CRC.fullmatch(text[-4:]) or text[-8:-4] != "6304" or crc(text[:-4]) != text[-4:]:
        raise PayloadRefused("The CRC is missing or wrong.")
    root = _objects(text)
    if next(iter(root)) != "00" or list(root)[-1] != "63":
        raise PayloadRefused("The version must come first and the CRC last.")
    for identifier in _PASSED_OVER:
        root.pop(identifier, None)
    account = _exactly(root.get("38", ""), {"00", "01", "02"})
    holder = _exactly(account["01"], {"00", "01"})
    extra = _exactly(root.get("62", ""), {"08"})
    fixed = (root.get("00"), root.get("53"), root.get("58"), account["00"], account["02"])
    if fixed != (VERSION, DONG, VIETNAM, NAPAS, TO_ACCOUNT):
        raise PayloadRefused("The code is not for a transfer of VND to an account.")
    if set(root) != {"00", "01", "38", "53", "54", "58", "62", "63"}:
        raise PayloadRefused("An object is missing, or one that is not known is there.")
    if root["01"] != DYNAMIC or not _AMOUNT.fullmatch(root["54"]):
        raise PayloadRefused("The code is not for one transfer of a whole sum.")
    return Transfer(holder["00"], holder["01"], int(root["54"]), extra["08"])


def _object(identifier: str, value: str) -> str:
    return f"{identifier}{len(value):02}{value}"


def _objects(text: str) -> dict[str, str]:
    """Values by identifier, in their order."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        header = text[place : place + 4]
        if not _HEADER.fullmatch(header):
            raise PayloadRefused(f"There is no object at place {place}.")
        identifier, length = header[:2], int(header[2:])
        value = text[place + 4 : place + 4 + length]
        if not value or len(value) != length:
            raise PayloadRefused(f"The object {identifier} is empty or too short.")
        if identifier in found:
            raise PayloadRefused(f"The object {identifier} comes twice.")
        found[identifier] = value
        place += 4 + length
    return found


def _exactly(text: str, identifiers: set[str]) -> dict[str, str]:
    found = _objects(text)
    if set(found) != identifiers:
        raise PayloadRefused(f"Wanted are the objects {sorted(identifiers)}, not {sorted(found)}.")
    return found
