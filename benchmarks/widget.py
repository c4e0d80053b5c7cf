"""The chat's waiting times on the demo page: page, launcher, panel, first reply, in milliseconds.

Each row is the median of several first visits with Chromium on one kind of line and device. The
bot is started with the catalogue of the settings; it, the browser and the benchmark share the
machine. `tests/browser/loading.py` says what is measured.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.tables import show


def _row(name: str, waited: Sequence[Any], kilobytes: float) -> dict[str, Any]:
    medians = {
        field.name.replace("_", " "): round(
            statistics.median(getattr(w, field.name) for w in waited)
        )
        for field in dataclasses.fields(waited[0])
    }
    return {"line and device": name, **medians, "script KB (gzip)": f"{kilobytes:.1f}"}


def main(arguments: Sequence[str]) -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench widget", description=__doc__)
    parser.add_argument("--visits", type=int, default=5, help="first visits a row")
    count = parser.parse_args(list(arguments)).visits
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Error: Chromium is not installed.")
    from playwright.sync_api import sync_playwright

    from bot.http.assets import WEB
    from bot.settings import settings
    from tests.browser.loading import CONDITIONS, visits
    from tests.running_bot import running_bot

    script = gzip.compress((WEB / "dist" / "widget.js").read_bytes(), compresslevel=9, mtime=0)
    own = {"BOT_DATABASE_URL": settings().database_url}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_bot(Path(folder), **own) as bot,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        rows = [
            _row(
                conditions.name,
                visits(browser.new_context, f"{bot.url}/", conditions, count),
                len(script) / 1024,
            )
            for conditions in CONDITIONS
        ]
        browser.close()
    show("widget", rows)
