"""Colours of the pages: readable for weak eyes, on every ground on which they are used."""

from __future__ import annotations

import re

import pytest

from bot.settings import PROJECT_ROOT

STYLE = PROJECT_ROOT / "web" / "style"
TEXT, SHAPE = 4.5, 3.0


def colours() -> dict[str, str]:
    """The named colours of the sheet that all pages have."""
    sheet = (STYLE / "portal.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", sheet.partition("}")[0]))


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in channels]
    return sum(share * x for share, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("ink", "ground", TEXT), ("ink", "soft", TEXT), ("ink", "gold", TEXT),
        ("muted", "ground", TEXT), ("muted", "soft", TEXT),
        ("brand", "ground", TEXT), ("brand", "soft", TEXT),
        ("on-brand", "brand", TEXT), ("gold", "brand", TEXT),
        ("line", "ground", SHAPE), ("line", "soft", SHAPE),
        ("focus", "ground", SHAPE), ("focus", "soft", SHAPE),
    ],
)  # fmt: skip
def test_colours_stand_out_from_their_ground(front: str, ground: str, least: float) -> None:
    named = colours()
    lighter, darker = sorted((luminance(named[front]), luminance(named[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


@pytest.mark.parametrize("name", ["portal", "procedure"])
def test_colours_are_used_by_name_only(name: str) -> None:
    # What is not named above would not be measured; on paper all is black.
    sheet = (STYLE / f"{name}.css").read_text(encoding="utf-8")
    rules = re.sub(r":root \{[^}]*\}", "", sheet)
    assert re.findall(r"#[0-9a-f]{3,6}\b|rgba?\(|hsla?\(", rules) == []
    assert "url(" not in sheet
    assert "@import" not in sheet
