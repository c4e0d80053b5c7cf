"""Import of the administrative units: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.offices.routing import find_place
from bot.offices.units_import import SHIPPED, ImportRefused, Report, import_units
from bot.settings import Settings

HEADER = "old_province,old_district,old_ward,old_ward_code,new_ward,new_type,new_ward_code,divided"


def write(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "units.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return file


def test_the_shipped_table_and_again(database_ready: Settings) -> None:
    assert import_units() == Report(rows=274, units=96, changed=True)
    assert import_units() == Report(rows=274, units=96, changed=False)
    place = find_place("xã Bình Hải")
    assert place is not None
    assert place.new_wards == ("Xã Vạn Tường",)


def test_another_table_replaces_the_first_at_once(database_ready: Settings, tmp_path: Path) -> None:
    import_units()
    assert find_place("xã Bình Hải") is not None
    row = "Tỉnh A,Huyện B,Xã Cũ Kỹ,1,Xã Mới Mẻ,Xã,2,no"
    assert import_units(write(tmp_path, row)) == Report(rows=1, units=1, changed=True)
    assert find_place("xã Bình Hải") is None
    place = find_place("xã Cũ Kỹ")
    assert place is not None
    assert place.new_wards == ("Xã Mới Mẻ",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "lacks the columns"),
        (HEADER.encode() + b"\n", "holds no units"),
        (HEADER.encode() + b"\nT,H,X,1,N,X,2,maybe\n", "line 2: divided"),
        (HEADER.encode() + b"\nT,H,X,1,,X,2,no\n", "line 2: new_ward"),
        (b"\xff\xfe\x00", "is not UTF-8"),
    ],
)
def test_a_faulty_file_is_refused_and_changes_nothing(
    database_ready: Settings, tmp_path: Path, content: bytes, said: str
) -> None:
    import_units()
    file = tmp_path / "units.csv"
    file.write_bytes(content)
    with pytest.raises(ImportRefused, match=said):
        import_units(file)
    assert import_units(SHIPPED).changed is False


def test_a_missing_file_is_refused(database_ready: Settings, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="is not a file"):
        import_units(tmp_path / "none.csv")
