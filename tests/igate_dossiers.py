"""Invented dossiers in the form of the procedures system (docs of the interface: VNPT iGate 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

VIETNAMESE, ENGLISH = 228, 46
PHONE, IDENTITY = "0905111222", "051098003344"
OTHER_PHONE, OTHER_IDENTITY = "0914000111", "051201009988"

Name = list[dict[str, Any]]


def name(vietnamese: str, english: str = "") -> Name:
    """A name in two languages, the foreign one first."""
    return [
        {"languageId": ENGLISH, "name": english},
        {"languageId": VIETNAMESE, "name": vietnamese},
    ]


def moment(day: dt.date | None, clock: str = "03:00:00") -> str | None:
    """Ten o'clock in Vietnam (or another time, in UTC) as the system writes it."""
    return f"{day.isoformat()}T{clock}.000+0000" if day else None


def dossier(
    code: str,
    status: str = "Đang xử lý",
    *,
    procedure: tuple[str, str] = ("1.001193", "Đăng ký khai sinh"),
    agency: str = "UBND xã Bình Sơn",
    phone: str = PHONE,
    identity: str = IDENTITY,
    received: dt.date | None = dt.date(2026, 7, 1),
    due: dt.date | None = dt.date(2026, 7, 6),
    finished: dt.date | None = None,
    returned: dt.date | None = None,
    fees: Sequence[tuple[int, int]] = (),
) -> dict[str, Any]:
    """A record; `fees` are pairs of what is owed and what is paid."""
    return {
        "id": f"id-{code}",
        "code": code,
        "nationCode": None,
        "procedure": {
            "id": "5f3f",
            "code": f"{procedure[0]}.000.00.00.H48",
            "translate": name(procedure[1]),
            "sector": {"id": "9", "name": name("Hộ tịch")},
        },
        "applicant": {
            "userId": "u-1",
            "data": {
                "fullname": "Nguyễn Văn Thử",
                "phoneNumber": phone,
                "identityNumber": identity,
                "address": "Thôn Thử, 12/3 đường Thử",
                "email": "thu@example.vn",
            },
        },
        "agency": {
            "id": "a-1",
            "code": "H48.16",
            "name": name(agency),
            "parent": {"id": "a-0", "name": name("UBND tỉnh Quảng Ngãi")},
        },
        "dossierStatus": {"id": 2, "name": "Đang xử lý"},
        "dossierTaskStatus": {"id": "t-1", "name": name(status, "In process")},
        "appliedDate": moment(received),
        "acceptedDate": moment(received),
        "appointmentDate": moment(due, "09:30:00"),
        "completedDate": moment(finished),
        "returnedDate": moment(returned),
        "dossierFee": [
            {"id": "f", "amount": float(owed), "quantity": 1, "paid": float(paid), "required": 1}
            for owed, paid in fees
        ],
        "dossierReceivingKind": {"id": "r-1", "name": name("Nhận trực tiếp")},
        "procedureProcessDefinition": {
            "processDefinition": {"processingTime": 3, "processingTimeUnit": "day"}
        },
    }


def demo_dossiers(today: dt.date) -> list[dict[str, Any]]:
    """One dossier for each thing that a citizen may be told; days are counted from today."""

    def day(days: int) -> dt.date:
        return today + dt.timedelta(days=days)

    def code(days: int, serial: str) -> str:
        return f"H48.16-{day(days):%y%m%d}-{serial}"

    id_card = ("1.004222", "Đăng ký thường trú")
    house = ("1.009994", "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ")
    return [
        dossier(code(-2, "0001"), received=day(-2), due=day(5)),
        dossier(code(-30, "0002"), procedure=house, received=day(-30), due=day(-7)),
        dossier(
            code(-6, "0003"),
            "Yêu cầu bổ sung",
            procedure=id_card,
            agency="Công an xã Lý Sơn",
            received=day(-6),
            due=day(1),
            phone=OTHER_PHONE,
            identity=OTHER_IDENTITY,
        ),
        dossier(
            code(-8, "0004"),
            "Có kết quả",
            received=day(-8),
            due=day(-1),
            finished=day(-2),
            fees=[(30_000, 0), (8_000, 8_000)],
        ),
        dossier(
            code(-40, "0005"),
            "Đã trả kết quả",
            received=day(-40),
            due=day(-30),
            finished=day(-33),
            returned=day(-32),
            phone=OTHER_PHONE,
            identity=OTHER_IDENTITY,
        ),
        dossier(code(-1, "0006"), "Chờ tiếp nhận", received=None, due=None),
        dossier(code(-12, "0007"), "Rút hồ sơ", received=day(-12), due=day(2)),
        # A text that no list of statuses has.
        dossier(code(-3, "0008"), "Chờ họp hội đồng", received=day(-3), due=day(9)),
    ]
