"""Merges `domain.yml` (vocabulary) with the folder `domain/` (what the bot says).

Named in config.yml, so that plain `rasa train` and `rasa data validate` see both.
"""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter

WORDING_FOLDER = "domain"


class DomainFolderImporter(RasaFileImporter):
    """Rasa's file importer that also reads the wording folder."""

    def get_domain(self) -> Domain:
        """Vocabulary and wording as one domain."""
        return super().get_domain().merge(Domain.load(WORDING_FOLDER))
