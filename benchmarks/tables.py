"""Tables of results: printed for people, and kept as JSON below `benchmarks/results/`."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def show(name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print rows of the same columns as a Markdown table and write them to a file."""
    columns = list(rows[0])
    widths = [max(len(c), *(len(str(row[c])) for row in rows)) for c in columns]

    def line(cells: Sequence[Any]) -> str:
        padded = (str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    print(line(columns))
    print(f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    for row in rows:
        print(line([row[c] for c in columns]))
    RESULTS.mkdir(exist_ok=True)
    document = {
        "benchmark": name,
        "at": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "rows": list(rows),
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
