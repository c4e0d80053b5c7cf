"""Small records in the shape of the national portal's own JSON, and files of them."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TAKEN_ON = dt.date(2026, 7, 19)
DONG = "019b3fb2-b5b8-70ac-85e2-9409ec1eaffa"
DOLLAR = "019b3fb2-dee2-76ab-aa53-22d4d903a2bb"


def named(*names: str) -> list[dict[str, str]]:
    """Details that have a name."""
    return [{"id": f"id-{name}", "name": name, "code": "X"} for name in names]


def fee(value: Any, words: str = "", currency: str = "") -> dict[str, Any]:
    """A fee of a way to file."""
    return {"type": "FEE", "value": value, "currencyId": currency, "description": words}


def way(
    kind: str = "DIRECT", time: Any = 3, unit: str = "WORKING_DAY", *fees: Any, words: str = ""
) -> dict[str, Any]:
    """A way to file."""
    return {
        "submissionMethod": kind,
        "processingTime": time,
        "processingTimeUnit": unit,
        "description": words,
        "fees": list(fees),
    }


def paper(name: str, original: Any = 1, copy: Any = 0, *files: str) -> dict[str, Any]:
    """A paper of the dossier with the files of its form."""
    return {
        "name": name,
        "originalQty": original,
        "copyQty": copy,
        "required": False,
        "attachments": [{"fileName": file, "fileId": "1"} for file in files],
    }


def papers(group: str, *parts: Any) -> dict[str, Any]:
    """Papers below a heading."""
    return {"name": group, "profileComponents": list(parts)}


def case(name: str, number: Any = None, unit: str = "DAY", code: str = "") -> dict[str, Any]:
    """A case of a procedure."""
    days = None if number is None else {"qty": number, "type": unit}
    return {"id": "1", "name": name, "code": code, "processingDay": days}


def portal(code: str = "1.000001", name: str = "Đăng ký thử", **data: Any) -> dict[str, Any]:
    """The object of a record's file; `data` replaces parts, and None takes one away."""
    parts: dict[str, Any] = {
        "code": code,
        "name": name,
        "isWard": True,
        "isProvince": False,
        "isInternal": False,
        "isFullProcess": False,
        "type": "STANDARD",
        "departmentPromulgateName": "Bộ Thử nghiệm",
        "category": {"name": "Lĩnh vực thử"},
        "categoriesDetails": [],
        "executionMethods": [way()],
        "executionCases": [],
        "executionSteps": [],
        "cases": [],
        "departmentsExecuting": [],
        "unitGroupsExecuting": [],
        "legalBasisesDetails": [],
        "resultsDetails": [],
        "subjectTypesDetails": [],
        "dossierReceivingAddresses": "",
        "requirementsAndConditions": "",
        "procedureProposal": None,
    }
    parts.update(data)
    return {"code": "OK", "data": parts, "message": "OK"}


def as_bytes(content: Any) -> bytes:
    """A file's bytes, from an object or as they are."""
    if isinstance(content, bytes):
        return content
    return json.dumps(content, ensure_ascii=False).encode()


def _noon() -> float:
    return dt.datetime.combine(TAKEN_ON, dt.time(12), dt.timezone.utc).timestamp()


def pack(files: Mapping[str, Any]) -> bytes:
    """A plain tar archive of files by their names without ending."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"portal-json/{name}.json")
            member.size = len(as_bytes(content))
            member.mtime = int(_noon())
            archive.addfile(member, io.BytesIO(as_bytes(content)))
    return buffer.getvalue()


def write_folder(folder: Path, files: Mapping[str, Any]) -> Path:
    """A folder of files by their names without ending, of the day `TAKEN_ON`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / f"{name}.json"
        file.write_bytes(as_bytes(content))
        os.utime(file, (_noon(), _noon()))
    return folder
