"""Where dossiers come from: the local database, or the procedures system (iGate) over HTTP."""

from __future__ import annotations

import functools
from typing import Protocol

from bot.dossiers.model import Record
from bot.settings import settings


class DossierGateway(Protocol):
    """Hands over records to `lookup`, which decides who may read them.

    Both methods raise GatewayUnavailable if the procedures system does not answer, or
    bot.database.DatabaseUnavailable if the local database does not.
    """

    # An answer to an asker takes this many seconds or a multiple: how long the source took to
    # find or not to find something is not to be seen.
    answer_seconds: float

    async def by_code(self, code: str) -> Record | None:
        """The dossier with exactly this code (official spelling), or None."""

    async def by_person(self, phone: str, identity_number: str) -> list[Record]:
        """All dossiers whose applicant has both numbers (digits only), the latest first."""


@functools.lru_cache(maxsize=1)
def gateway() -> DossierGateway:
    """The gateway that the settings name."""
    if settings().igate_url:
        from bot.dossiers.igate_client import IGateGateway

        return IGateGateway.from_settings(settings())
    from bot.dossiers.local_gateway import LocalGateway

    return LocalGateway()
