"""The shipped curated layer against the real national export."""

from __future__ import annotations

from pathlib import Path

from tests.running_bot import bot_environment, run_command


def test_no_curated_fact_disagrees_with_its_record(
    prepared_folder: Path, shared_data: Path
) -> None:
    result = run_command(bot_environment(prepared_folder), "catalogue", "check")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Without a national record" not in result.stdout
