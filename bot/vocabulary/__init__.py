"""Names that citizens use for papers, authorities and fields (the .tsv files beside)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
KINDS = {"documents": "document", "agencies": "agency", "fields": "field"}


class VocabularyError(ValueError):
    """A line of a vocabulary does not follow the format; the text names file and line."""


@dataclass(frozen=True)
class Name:
    """A name that stands for `value`; `accented_only`: without accents it means something else."""

    entity: str
    value: str
    name: str
    accented_only: bool = False


def read_names(folder: Path = FOLDER) -> Iterator[Name]:
    """All names of the vocabularies of a folder.

    Raises:
        VocabularyError: a line has an empty column.
    """
    for stem, entity in KINDS.items():
        path = folder / f"{stem}.tsv"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            value, *variants = (column.strip() for column in line.split("\t"))
            if not value or not all(variants):
                raise VocabularyError(f"{path.name}, line {number}: an empty column")
            # One syllable without accents may be any of several words ("dien", "thue").
            yield Name(entity, value, value, accented_only=" " not in value)
            for variant in variants:
                yield Name(entity, value, variant.lstrip("="), variant.startswith("="))
