"""Faults of a file, collected so that they can be mended at once."""

from __future__ import annotations

from bot.imports import ImportRefused

MOST_FAULTS = 20


class Faults:
    """Faults with their places; only the first ones are named."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def add(self, place: str, reason: object) -> None:
        self.count += 1
        if len(self.lines) < MOST_FAULTS:
            self.lines.append(f"{place}: {reason}")

    def refuse(self) -> None:
        if self.count:
            more = self.count - len(self.lines)
            tail = f"\n  and {more} more" if more else ""
            raise ImportRefused("\n  ".join(["The file has faults:", *self.lines]) + tail)
