"""What a new record of staff keeps of the one before: facts that came from files of their own.

Staff correct a procedure's papers in a workbook; that file says nothing of the local fees or of
the flags of online services, which were imported from others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.catalogue.model import FEE_GROUPS, FLAGS, OPEN, Procedure
from bot.catalogue.ways import has_own_fees, split


def with_kept(new: Procedure, old: Procedure) -> Procedure:
    """The new record with the old one's local fees and flags, where it tells none itself.

    One that tells of any fee has the last word on fees.
    """
    values: dict[str, object] = {}
    groups: set[str] = set()
    if has_own_fees(old) and not new.fees and not has_own_fees(new):
        values["channels"] = (*new.channels, *split(old)[1])
        groups |= set(FEE_GROUPS) & {group for group, _ in old.sources}
    for name in FLAGS:
        if getattr(new, name) in (None, "") and getattr(old, name) not in (None, ""):
            values[name] = getattr(old, name)
            groups.add(name)
    sources = {group: source for group in groups if (source := old.source_of(group)) is not None}
    dates = {group: held for group in groups if (held := old.dates_of(group)) != OPEN}
    return replace(
        new,
        **values,  # type: ignore[arg-type]
        sources=_sorted(new.sources, sources.items()) if groups else new.sources,
        dates=_sorted(new.dates, dates.items()) if groups else new.dates,
    )


def _sorted(own: Iterable, kept: Iterable) -> tuple:
    return tuple(sorted({**dict(kept), **dict(own)}.items()))
