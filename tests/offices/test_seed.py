"""The offices that ship with the project."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from bot.offices import service
from bot.offices.model import COMMUNE_CENTRE
from bot.offices.sheet_import import SEED, import_sheet, load_seed
from bot.settings import Settings
from tests.offices import files as f


def rows() -> list[dict[str, str]]:
    with (SEED / "offices.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_commune_of_today_has_a_centre_of_its_name() -> None:
    with (SEED / "administrative_units.csv").open(encoding="utf-8", newline="") as file:
        units = {row["new_ward_code"]: row["new_ward"] for row in csv.DictReader(file)}
    centres = {row["unit_code"]: row["name"] for row in rows() if row["kind"] == COMMUNE_CENTRE}
    assert len(centres) == 96
    assert set(centres) == set(units)
    for code, name in centres.items():
        assert name.lower().endswith(f"trung tâm phục vụ hành chính công {units[code]}".lower())


def test_only_what_a_source_says_is_stated() -> None:
    known = {row["key"]: (row["address"], row["telephone"]) for row in rows()}
    stated = {key: value for key, value in known.items() if any(value)}
    assert stated == {
        "province-centre": ("54 Hùng Vương, phường Cẩm Thành, tỉnh Quảng Ngãi", ""),
        "province-centre-2": ("492 Trần Phú, phường Kon Tum, tỉnh Quảng Ngãi", ""),
        "line-1022": ("", "1022"),
        "line-18001096": ("", "18001096"),
    }
    for row in rows():
        assert row["source_title"], row
        assert dt.date.fromisoformat(row["checked_on"]) <= dt.date.today(), row


def test_the_addresses_are_those_of_the_national_record(shared_data: Path) -> None:
    import tarfile

    archive = shared_data / "national-catalogue-2026-07" / "procedures-text.tar.xz"
    with tarfile.open(archive) as tar:
        member = next(m for m in tar if m.name.endswith("/1.013694.txt"))
        content = tar.extractfile(member)
        assert content is not None
        text = content.read().decode("utf-8")
    assert "số 54 đường Hùng Vương, phường Cẩm Thành" in text
    assert "số 492 đường Trần Phú, phường Kon Tum" in text


def test_what_the_province_imported_is_not_overwritten(
    units_ready: Settings, tmp_path: Path
) -> None:
    assert load_seed() == 100
    assert load_seed() == 0
    row = next(row for row in rows() if row["key"] == "province-centre")
    shipped = row["source_title"]
    for address, source, checked_on, kept in (
        ("1 Đường Mới", shipped, "2027-01-01", "1 Đường Mới"),
        ("2 Đường Mới", shipped, row["checked_on"], "2 Đường Mới"),
        ("3 Đường Khác", "Thông báo của tỉnh", "2020-01-01", "3 Đường Khác"),
        ("4 Đường Cũ", shipped, "2020-01-01", row["address"]),
    ):
        line = {**row, "address": address, "source_title": source, "checked_on": checked_on}
        file = tmp_path / "own.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(line))
            writer.writeheader()
            writer.writerow(line)
        import_sheet(file)
        load_seed()
        assert service.offices_of_province()[0].address == kept


def test_the_empty_list_of_teams_has_its_header() -> None:
    assert (SEED / "digital_teams.csv").read_text(encoding="utf-8") == f.TEAMS + "\n"
