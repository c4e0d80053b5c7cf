"""CSV files of offices, hours and digital teams, and a database that knows the units."""

from __future__ import annotations

from pathlib import Path

OFFICES = (
    "key,kind,name,unit_code,address,telephone,email,website,note,"
    "source_title,source_url,checked_on"
)
HOURS = "office_key,weekday,opens,closes,source_title,source_url,checked_on"
TEAMS = "unit_code,hamlet,name,contact,telephone,note,source_title,source_url,checked_on"
SOURCE = "Thông báo,https://example.org/tb,2026-11-01"
VAN_TUONG, BA_TO = "21061", "21484"

CENTRE = f"tinh,province_centre,Trung tâm tỉnh,,54 Hùng Vương,,,,,{SOURCE}"
BRANCH = f'kon-tum,branch,Điểm thứ hai,,"492 Trần Phú, phường Kon Tum",,,,,{SOURCE}'
COMMUNE = f"xa,commune_centre,Trung tâm xã Vạn Tường,{VAN_TUONG},,0255 3822868,,,,{SOURCE}"
LINE = f"duong-day,other,Tổng đài 1022,,,1022,,,,{SOURCE}"


def write(path: Path, *lines: str) -> Path:
    """A file of these lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def span(weekday: int | str, opens: str, closes: str, office: str = "tinh") -> str:
    """A line of hours."""
    return f"{office},{weekday},{opens},{closes},{SOURCE}"


def team(hamlet: str, name: str = "Tổ", unit: str = VAN_TUONG, telephone: str = "") -> str:
    """A line of a digital team."""
    return f"{unit},{hamlet},{name},,{telephone},,{SOURCE}"
