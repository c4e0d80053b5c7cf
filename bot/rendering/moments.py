"""Moments as they are promised to citizens: "10 giờ thứ Hai, ngày 30/11/2026"."""

from __future__ import annotations

import datetime as dt

from bot import clock
from bot.rendering.office_lines import day_name
from bot.wording import fragment


def moment_text(moment: dt.datetime) -> str:
    """A stored moment (UTC, without a zone) as it is said in Vietnam; minutes only if there are."""
    local = clock.in_vietnam(moment)
    name = "moment" if local.minute else "moment_whole_hour"
    return fragment(name, hour=local.hour, minute=f"{local:%M}", day=day_name(local.date()))
