"""Where the seed's files lie, and the reader of its plain lists."""

from __future__ import annotations

from pathlib import Path

SEED_DIR = Path(__file__).resolve().parent / "seed"


def data_lines(path: Path) -> list[str]:
    """Lines of a file; blank lines and `#` comments are passed over."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
