"""How many of what a citizen wants: "5 bản, mỗi bản 3 trang".

Only what is certain counts: a number right before a unit of `units.yml`. Ranges, totals over
several copies and numbers that contradict each other are left out, so that nobody computes
with them. Words of numbers stand in `numbers.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.payments import units
from bot.payments.counts import counts

# What stood between two counts: "5 bản x 3 trang".
_BETWEEN = re.compile(r"(?<!\S)[x×*,;+](?!\S)", re.IGNORECASE)
_ENTRY = re.compile(r"([a-z]+):(\d{1,6})")


@dataclass(frozen=True)
class Quantity:
    """Counts by the key of their unit. Pages are those of one copy.

    `unclear`: units of which a message says something, but not how many. `too_many`: units of
    which it names more than any office takes in; both only matter for that message.
    """

    counts: tuple[tuple[str, int], ...] = ()
    unclear: frozenset[str] = field(default=frozenset(), compare=False)
    too_many: frozenset[str] = field(default=frozenset(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.counts)

    def of(self, key: str) -> int | None:
        """How many of a unit; None if nobody said."""
        return dict(self.counts).get(key)

    def merged(self, newer: Quantity) -> Quantity:
        """Both; of what the newer one speaks, only what it says."""
        spoken_of = {key for key, _ in newer.counts} | newer.unclear | newer.too_many
        kept = [(key, count) for key, count in self.counts if key not in spoken_of]
        merged = tuple(sorted([*kept, *newer.counts]))
        return Quantity(merged, newer.unclear, newer.too_many)

    def as_list(self) -> list[str]:
        """For a slot: "copy:5", sorted."""
        return [f"{key}:{count}" for key, count in self.counts]

    @classmethod
    def from_list(cls, values: Iterable[object] | None) -> Quantity:
        """From a slot; what the data file of today does not know is passed over."""
        found: dict[str, int] = {}
        for value in values or ():
            entry = _ENTRY.fullmatch(value) if isinstance(value, str) else None
            if entry and entry[1] in units.units() and 0 < int(entry[2]) <= units.largest():
                found[entry[1]] = int(entry[2])
        return cls(tuple(sorted(found.items())))


NONE = Quantity()


def read(message: str) -> Quantity:
    """The counts that a message states, in whatever spelling."""
    values: dict[str, list[int]] = {}
    unclear: set[str] = set()
    too_many: set[str] = set()
    in_total: set[str] = set()
    for count in counts(message):
        if count.value is None:
            unclear.add(count.key)
        elif count.value > units.largest():
            too_many.add(count.key)
        elif count.value > 0:
            values.setdefault(count.key, []).append(count.value)
            in_total |= {count.key} if count.in_total else set()
    found: dict[str, int] = {}
    for key, several in values.items():
        # "5 bản, 1 bản 3 trang": one is said for each.
        wanted = {value for value in several if value != 1} or {1}
        if len(wanted) > 1:
            unclear.add(key)
        else:
            found[key] = wanted.pop()
    if "page" in in_total and found.get("copy", 1) > 1:
        unclear.add("page")
    unclear |= too_many & set(found)
    kept = ((key, n) for key, n in sorted(found.items()) if key not in unclear | too_many)
    return Quantity(tuple(kept), frozenset(unclear - too_many), frozenset(too_many))


def readings(message: str) -> list[str]:
    """What a need may be looked for by, the likeliest first: as it is, and without its counts.

    Who counts copies may want just that: "chứng thực 5 bản, mỗi bản 3 trang" names nothing else.
    """
    plain = without_quantity(message)
    if plain == message:
        return [message]
    found = counts(message)
    keys = dict.fromkeys(count.key for count in found)
    needs = dict.fromkeys(units.units()[key].need for key in keys)
    # In the place of the counts: behind a question it would belong to that.
    head = without_quantity(message[: min(count.start for count in found)]).strip()
    tail = plain.removeprefix(head).strip()
    return [message, plain, *(f"{head} {need} {tail}".strip() for need in needs if need)]


def without_quantity(message: str) -> str:
    """The message without its counts, so that a need can be looked for.

    Nouns that may name the need ("3 hợp đồng") stay; "5 bản, mỗi bản 3 trang" goes.
    """
    plain = message
    for count in sorted(counts(message), key=lambda each: each.start, reverse=True):
        plain = f"{plain[: count.start].rstrip()} {plain[count.rest :].lstrip()}"
    return " ".join(_BETWEEN.sub(" ", plain).split()) if plain != message else message
