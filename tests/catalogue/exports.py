"""Small national exports for tests: records in the format, packed with an index."""

from __future__ import annotations

import datetime as dt
import io
import json
import lzma
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.catalogue.model import Procedure, Source
from bot.catalogue.national_import import ARCHIVE_NAME, INDEX_NAMES
from bot.catalogue.national_record import SECTIONS

EXPORTED_ON = dt.date(2026, 7, 20)
SOURCE = Source("Nguồn thử", "https://example.vn", dt.date(2026, 7, 1))
UNKNOWN = "Không có thông tin"

CHANNELS = """
  * Hình thức nộp: ONLINE
    Thời hạn giải quyết: 3 WORKING_DAY
    Phí, lệ phí: 7000 VNĐ (mỗi lần nộp)
    Mô tả: Gửi qua cổng
  * Hình thức nộp: DIRECT
    Thời hạn giải quyết: 1 OTHER
    Phí, lệ phí: 0 VNĐ ()
    Mô tả: Không có thông tin
"""
DOCUMENTS = """
  [ Thành phần hồ sơ gồm: ]
    - Tờ khai theo mẫu thử;
      Số lượng: Bản chính: 1, Bản sao: 0
"""


def procedure(code: str, name: str, **facts: Any) -> Procedure:
    """A procedure with the facts named, of the commune unless said otherwise."""
    rest = {"field": "Lĩnh vực thử", "level": "commune", "source": SOURCE, **facts}
    return Procedure(code=code, name=name, **rest)


def record(code: str = "1.000001", name: str = "Đăng ký thử", **sections: str) -> str:
    """Text of one record; `sections` replaces values by the first word of their key.

    Keys are section names with underscores for blanks and commas: `Cấp_thực_hiện`.
    """
    values = dict.fromkeys(SECTIONS, f" {UNKNOWN}")
    values["Mã thủ tục"] = f" {code}"
    values["Tên thủ tục"] = f" {name}"
    values["Cấp thực hiện"] = " Cấp Xã"
    values["Lĩnh vực"] = " Lĩnh vực thử"
    values["Cách thức thực hiện"] = CHANNELS
    values["Thành phần hồ sơ"] = DOCUMENTS
    for key, value in sections.items():
        title = key.replace("_", " ")
        assert title in values, title
        values[title] = value
    lines = [f"{title}:{value}" for title, value in values.items()]
    return "\n".join(["Chi tiết thủ tục hành chính", *lines])


def index_row(code: str, body: str = "Bộ Thử nghiệm", kind: str = "STANDARD") -> dict[str, str]:
    """One row of the index."""
    return {"code": code, "departmentPromulgate": body, "type": kind}


def pack(records: Mapping[str, str | bytes]) -> bytes:
    """An uncompressed tar archive of the records."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for code, text in records.items():
            content = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(f"Data_DVC/{code}.txt")
            member.size = len(content)
            noon = dt.datetime.combine(EXPORTED_ON, dt.time(12), dt.timezone.utc)
            member.mtime = int(noon.timestamp())
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def write_export(
    folder: Path,
    records: Mapping[str, str | bytes],
    rows: Iterable[Mapping[str, str]] | None = None,
) -> Path:
    """Archive and index in a folder; every record is in the index unless `rows` says so."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARCHIVE_NAME).write_bytes(lzma.compress(pack(records)))
    rows = [index_row(code) for code in records] if rows is None else rows
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / INDEX_NAMES[0]).write_bytes(lzma.compress(lines.encode()))
    return folder
