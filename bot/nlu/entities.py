"""All entities of a message, with values in one spelling and offsets into the text as written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from bot import clock
from bot import text as vn
from bot.codes import Found, find_codes
from bot.nlu.amounts import find_amounts
from bot.nlu.days import find_days
from bot.nlu.gazetteer import Gazetteer, default_gazetteer
from bot.nlu.segmentation import compose
from bot.ordinals import find_ordinals

KINDS = (
    "dossier_code", "procedure_code", "phone", "identity_number", "digits", "money", "date",
    "ordinal", "agency", "place", "field", "document",
)  # fmt: skip


class EntityFinder:
    """Finds codes, numbers, sums, days, ordinals and names; none inside another."""

    def __init__(
        self, today: Callable[[], dt.date] = clock.today, gazetteer: Gazetteer | None = None
    ) -> None:
        """`today` is what "mai" and "thứ hai" are counted from."""
        self._today = today
        self._gazetteer = gazetteer or default_gazetteer()

    def find(self, text: str) -> list[Found]:
        """The entities in their order; what has a shape goes before what has a name."""
        composed, offsets = compose(text)
        taken: list[Found] = []
        for item in self._candidates(composed):
            if all(item.end <= other.start or item.start >= other.end for other in taken):
                taken.append(item)
        taken.sort(key=lambda item: item.start)
        return [
            Found(item.entity, item.value, offsets[item.start], offsets[item.end]) for item in taken
        ]

    def _candidates(self, composed: str) -> Iterator[Found]:
        folded = vn.fold(composed)
        codes = find_codes(composed)
        yield from (item for item in codes if item.entity != "digits")
        yield from find_amounts(folded)
        names = list(self._gazetteer.find(composed))
        for item in (*find_ordinals(composed, folded), *find_days(composed, folded, self._today())):
            # "Phiếu lý lịch tư pháp số 2" is a paper's name.
            if not any(name.start < item.start and item.end <= name.end for name in names):
                yield item
        yield from (item for item in codes if item.entity == "digits")
        yield from names
