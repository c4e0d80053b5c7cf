"""Fee quotes: for how many procedures a sum is certain, by kind of quote and channel.

Counted over all procedures of the catalogue for a citizen who has told neither a case nor a
number: a total; a price of one, where the number is missing; prices between which the case
decides; only words; nothing published. Which share of these is right only a reader of the
sources can tell: `--sample` prints some quotes beside the fees that they were made from.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence

from benchmarks.tables import show
from bot import clock, database
from bot.catalogue import repository
from bot.catalogue.model import CHANNEL_KINDS, Procedure
from bot.catalogue.situation import NOTHING
from bot.payments.quantity import NONE
from bot.payments.quote import Quote, quote
from bot.rendering import procedure_lines, quote_lines

TOTAL, ONE, CASES, WORDS, UNPUBLISHED = (
    "certain total",
    "certain price of one",
    "certain prices of cases",
    "only words",
    "nothing published",
)
KINDS = (TOTAL, ONE, CASES, WORDS, UNPUBLISHED)
ALL = "any channel"


def kind_of(quotes: Sequence[Quote]) -> str:
    """What is the best of several quotes."""
    if any(one.total is not None for one in quotes):
        return TOTAL
    if any(one.prices for one in quotes):
        return ONE
    if any(one.choices for one in quotes):
        return CASES
    return WORDS if any(one.published for one in quotes) else UNPUBLISHED


def _sample(procedures: Sequence[Procedure], size: int, seed: int) -> None:
    """Quotes with a sum beside the published fees, to be compared by a reader."""
    today = clock.today()
    sure = [p for p in procedures if kind_of(quote(p, NOTHING, NONE, today)) in (TOTAL, ONE)]
    for procedure in random.Random(seed).sample(sure, min(size, len(sure))):
        print(f"{procedure.code} {procedure.name}")
        for line in quote_lines.lines(procedure, NOTHING, NONE, today):
            print(f"  quoted     {line}")
        for line in procedure_lines.fees(procedure):
            print(f"  published  {line}")


def main(arguments: list[str]) -> None:
    """Count and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench fees", description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="quotes to print beside their fees")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    options = parser.parse_args(arguments)
    today = clock.today()
    counts = {column: Counter[str]() for column in (ALL, *CHANNEL_KINDS)}
    with database.connect() as connection:
        codes = repository.all_codes(connection, today)
        procedures = list(repository.get_many(connection, codes, today))
    for procedure in procedures:
        found = quote(procedure, NOTHING, NONE, today)
        counts[ALL][kind_of(found)] += 1
        for channel in CHANNEL_KINDS:
            own = [one for one in found if channel in one.channels]
            counts[channel].update([kind_of(own)] if own else [])
    if options.sample:
        _sample(procedures, options.sample, options.seed)
    rows = [
        {
            "quote": kind,
            "procedures": counts[ALL][kind],
            "share": f"{counts[ALL][kind] / max(len(procedures), 1):.1%}",
            **{channel: counts[channel][kind] for channel in CHANNEL_KINDS},
        }
        for kind in KINDS
    ]
    show("fees", rows)
