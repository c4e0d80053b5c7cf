"""What lies at a path is told by its content, whatever it is called."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.importing import NATIONAL, PORTAL, SHEETS, import_path, kind_of
from bot.catalogue.sheets import template
from bot.catalogue.sheets.spec import sheets
from bot.imports import ImportRefused
from tests.catalogue.exports import pack, record, write_export
from tests.catalogue.sheets import correction, dump, new_procedure, write, write_csv

PORTAL_RECORD: dict[str, Any] = {"data": {"code": "1.000001", "executionMethods": []}}
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(40)


def tar_of(files: dict[str, bytes], *, folders: tuple[str, ...] = ()) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in folders:
            member = tarfile.TarInfo(name)
            member.type = tarfile.DIRTYPE
            archive.addfile(member)
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return buffer.getvalue()


TEXTS = pack({"1.000001": record()})
OBJECTS = tar_of({"json/1.000001.json": json.dumps(PORTAL_RECORD).encode()})
CATALOGUE_JSON = json.dumps({"format": "tro-ly-thu-tuc/catalogue", "version": 1}).encode()
ENDINGS = ["", ".csv", ".json", ".xlsx", ".txt", ".tar.xz", ".png"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (TEXTS, NATIONAL),
        (lzma.compress(TEXTS), NATIONAL),
        (gzip.compress(TEXTS, mtime=0), NATIONAL),
        (lzma.compress(tar_of({"a.txt": b"x"}, folders=("Data_DVC",))), NATIONAL),
        (OBJECTS, PORTAL),
        (lzma.compress(OBJECTS), PORTAL),
        (gzip.compress(OBJECTS, mtime=0), PORTAL),
        (json.dumps(PORTAL_RECORD).encode(), PORTAL),
        (b"\xef\xbb\xbf \r\n" + json.dumps(PORTAL_RECORD, indent=1).encode(), PORTAL),
        (CATALOGUE_JSON, SHEETS),
        (b"\xef\xbb\xbf\n\t" + CATALOGUE_JSON, SHEETS),
        (zip_of({"[Content_Types].xml": b"<Types/>"}), SHEETS),
        (b"code,source_title,checked_on\n", SHEETS),
        (b"\xef\xbb\xbfcode,source_title,checked_on\r\n1.000001,a,2026-07-01\r\n", SHEETS),
        (b'"code","source_title","checked_on"\r\n', SHEETS),
        (b"checked_on , source_title , code\n", SHEETS),
        (b"code,phrase", SHEETS),
    ],
    ids=["tar of texts", "xz of texts", "gz of texts", "folder before its texts", "tar of objects",
         "xz of objects", "gz of objects", "object", "object with a mark", "own JSON",
         "own JSON with a mark", "zip", "csv header", "csv with a mark", "quoted csv",
         "csv with blanks", "csv of aliases"],
)  # fmt: skip
def test_a_file_is_told_by_its_content_and_not_by_its_name(
    tmp_path: Path, content: bytes, kind: str, ending: str
) -> None:
    path = tmp_path / f"file{ending}"
    path.write_bytes(content)
    assert kind_of(path) == kind


@pytest.mark.parametrize("name", list(sheets()))
def test_the_csv_file_of_every_sheet_is_known_by_its_name_and_header(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / f"{name}.csv"
    header = ",".join(column.name for column in sheets()[name].columns)
    path.write_text(header + "\r\n", encoding="utf-8-sig")
    assert kind_of(path) == SHEETS


@pytest.mark.parametrize("name", template.STAFF_SHEETS)
def test_each_file_of_the_template_is_known_alone(tmp_path: Path, name: str) -> None:
    template.write_csv(tmp_path / "t")
    assert kind_of(tmp_path / "t" / f"{name}.csv") == SHEETS


def national_folder(path: Path) -> Path:
    return write_export(path, {"1.000001": record()})


def folder_of_texts(path: Path) -> Path:
    path.mkdir()
    (path / "1.000001.txt").write_text(record(), encoding="utf-8")
    return path


def folder_with_data_dvc(path: Path) -> Path:
    (path / "Data_DVC").mkdir(parents=True)
    return path


def folder_of_objects(path: Path) -> Path:
    path.mkdir()
    (path / "1.000001.json").write_text(json.dumps(PORTAL_RECORD), encoding="utf-8")
    return path


def folder_of_csv(path: Path) -> Path:
    return write_csv(path, {"procedures": [correction()]})


def template_folder(path: Path) -> Path:
    template.write_csv(path)
    return path


def package_folder(path: Path) -> Path:
    write_csv(path, {"procedures": [correction()]})
    (path / "datapackage.json").write_text("{}", encoding="utf-8")
    (path / "huong_dan.txt").write_text("x", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (national_folder, NATIONAL),
        (folder_of_texts, NATIONAL),
        (folder_with_data_dvc, NATIONAL),
        (folder_of_objects, PORTAL),
        (folder_of_csv, SHEETS),
        (template_folder, SHEETS),
        (package_folder, SHEETS),
    ],
)
def test_a_folder_is_told_by_what_is_in_it(
    tmp_path: Path, make: Callable[[Path], Path], kind: str
) -> None:
    assert kind_of(make(tmp_path / "folder")) == kind


def test_a_workbook_is_told_from_csv_and_json_of_the_same_rows(tmp_path: Path) -> None:
    for kind in ("csv", "json", "xlsx"):
        assert kind_of(write(tmp_path / kind, kind, {"procedures": [correction()]})) == SHEETS


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file.csv is empty"),
        (b" \r\n\t ", "file.csv is neither"),
        (b"\xef\xbb\xbf", "file.csv is neither"),
        (PNG, "file.csv is neither"),
        (b"%PDF-1.7\n", "file.csv is neither"),
        (bytes(10_000), "file.csv is neither"),
        (b"<html><body>404</body></html>", "file.csv is neither"),
        ("code,phrase\n".encode("utf-16"), "file.csv is neither"),
        (b"code;source_title;checked_on\n", "file.csv is neither"),
        (b"code,source_title,checked_on,colour\n", "file.csv is neither"),
        (b"code\n", "file.csv is neither"),
        (b"name,amount\n", "file.csv is neither"),
        (b"[]", "file.csv is neither"),
        (b"{}", "file.csv is JSON, but no record or export that is known here"),
        (b'{"format": "another"}', "file.csv is JSON, but no record"),
        (b'{"data": {"code": "1.000001"}}', "file.csv is JSON, but no record"),
        (b'{"data": [1]}', "file.csv is JSON, but no record"),
        (b'{"format": \n', "file.csv, line 2: no whole JSON"),
        (b'{"format": "\xff"}', "file.csv is not UTF-8"),
        (b'{"a":' + b"[" * 100_000, "file.csv is nested too deeply"),
        (b'{"format": ' + b"9" * 5_000 + b"}", "file.csv"),
        (lzma.compress(b"no archive"), "file.csv is not a whole archive"),
        (gzip.compress(b"no archive", mtime=0), "file.csv is not a whole archive"),
        (lzma.compress(TEXTS)[:40], "file.csv is not a whole archive"),
        (lzma.compress(tar_of({})), "file.csv holds no files"),
        (tar_of({}, folders=("Data_DVC",)), "file.csv holds no files"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_is_of_no_known_kind_is_refused_with_its_name(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as caught:
        kind_of(path)
    assert str(caught.value).startswith(reason)


def test_a_folder_of_nothing_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fees.CSV").mkdir()
    (tmp_path / "photo.png").write_bytes(PNG)
    with pytest.raises(ImportRefused, match="holds neither"):
        kind_of(tmp_path)


@pytest.mark.parametrize("make", [lambda p: None, os.mkfifo, lambda p: p.symlink_to(p / "x")])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "thing"
    make(path)
    with pytest.raises(ImportRefused, match="thing does not exist"):
        kind_of(path)


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize(
    "head",
    [PNG, b"MZ", b" \n", b"{", b"code,phrase\n1.000001,goi\n", b"["],
    ids=lambda head: repr(head[:8]),
)
def test_a_zip_behind_something_else_is_refused(tmp_path: Path, head: bytes) -> None:
    path = write(tmp_path, "xlsx", {"procedures": [new_procedure()]})
    path.write_bytes(head + path.read_bytes())
    before = dump()
    with pytest.raises(ImportRefused, match=r"given\.xlsx"):
        import_path(path)
    assert dump() == before


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.xlsx", "x", "x.tar.xz", "Danh mục (1).TXT"])
@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_renamed_file_is_imported_as_what_it_is(tmp_path: Path, kind: str, name: str) -> None:
    path = write(tmp_path / kind, kind, {"procedures": [new_procedure()]})
    assert import_path(path.rename(tmp_path / name))[0].new == ["1.000001"]


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.xlsx", "x", "steps.csv", "x.tar.xz"])
def test_a_renamed_csv_file_is_imported_as_what_it_is(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, "csv", {"procedures": [new_procedure()]})
    path = (folder / "procedures.csv").rename(tmp_path / name)
    assert import_path(path)[0].new == ["1.000001"]


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("make", [national_folder, folder_of_objects])
@pytest.mark.parametrize("option", ["complete", "restore"])
def test_options_of_the_own_format_are_refused_for_exports(
    tmp_path: Path, make: Callable[[Path], Path], option: str
) -> None:
    path = make(tmp_path / "export")
    before = dump()
    with pytest.raises(ImportRefused, match="for files of the catalogue's own format"):
        import_path(path, **{option: True})
    assert dump() == before


@pytest.mark.usefixtures("database_ready")
@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_day_of_checking_is_refused_for_the_own_format(tmp_path: Path, kind: str) -> None:
    from bot import clock

    path = write(tmp_path, kind, {"procedures": [new_procedure()]})
    before = dump()
    with pytest.raises(ImportRefused, match="checked_on"):
        import_path(path, checked_on=clock.today())
    assert dump() == before
