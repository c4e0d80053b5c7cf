"""CSV files of dossiers for tests; numbers are invented."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from bot.dossiers.csv_import import COLUMNS

CODE = "H48.16-230512-0003"
PHONE, IDENTITY = "0905111222", "051098003344"
ROW = {
    "code": CODE,
    "procedure_code": "1.004194",
    "applicant_phone": PHONE,
    "applicant_identity_number": IDENTITY,
    "received_on": "2026-07-01",
    "due_on": "2026-07-06",
    "finished_on": "",
    "status": "Đang xử lý",
    "agency": "Công an xã thử",
    "note": "Chờ ký",
}


def write_csv(path: Path, *changes: Mapping[str, str], encoding: str = "utf-8") -> Path:
    """A file with one row for each mapping, which names only what differs from `ROW`."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**ROW, **change} for change in changes)
    return path
