"""The open-data package: CSV files with a Frictionless `datapackage.json` and a DCAT record.

Formats: https://specs.frictionlessdata.io/tabular-data-package/ and
https://www.w3.org/TR/vocab-dcat-2/. No licence is stated: that is the province's to choose.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.catalogue.sheets import files
from bot.catalogue.sheets.spec import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, Sheet, sheets

DESCRIPTOR, DCAT = "datapackage.json", "dcat.jsonld"
_TYPES = {
    TEXT: "string",
    INTEGER: "integer",
    NUMBER: "number",
    BOOLEAN: "boolean",
    DATE: "date",
}
# Sheets whose rows others point to, and the columns that name a row.
_PRIMARY = {"procedures": ["layer", "code", "version"], "life_events": ["layer", "key"]}


def write(folder: Path, tables: files.Tables, day: dt.date) -> None:
    """The package in a folder; its descriptors come last, when the files they name are there."""
    files.write_csv(folder, tables)
    about = yaml.safe_load(Path(__file__).with_name("open_data.yml").read_text(encoding="utf-8"))
    resources = [_resource(folder, sheets()[name]) for name in tables]
    for name, document in (
        (DESCRIPTOR, _descriptor(about, resources, day)),
        (DCAT, _dcat(about, resources, day)),
    ):
        with files.whole_file(folder / name) as partial:
            text = json.dumps(document, ensure_ascii=False, indent=2)
            partial.write_text(text + "\n", encoding="utf-8")


def _descriptor(
    about: Mapping[str, Any], resources: list[dict[str, Any]], day: dt.date
) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": about["name"],
        "title": about["title"],
        "description": about["description"],
        "version": day.isoformat(),
        "created": f"{day.isoformat()}T00:00:00+07:00",
        "keywords": about["keywords"],
        "language": about["language"],
        "spatial": about["spatial"],
        "theme": about["theme"],
        "accrualPeriodicity": about["frequency"],
        "resources": resources,
    }


def _resource_name(sheet: str) -> str:
    # Names of resources hold no underscores.
    return sheet.replace("_", "-")


def _resource(folder: Path, sheet: Sheet) -> dict[str, Any]:
    path = folder / f"{sheet.name}.csv"
    content = path.read_bytes()
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": column.name,
                "type": _TYPES[column.kind],
                "title": column.label,
                **({"description": column.note} if column.note else {}),
                "constraints": {
                    "required": column.required,
                    **({"enum": list(column.choices)} if column.choices else {}),
                },
            }
            for column in sheet.columns
        ],
        "missingValues": [""],
    }
    if sheet.name in _PRIMARY:
        schema["primaryKey"] = _PRIMARY[sheet.name]
    for owner, key in _PRIMARY.items():
        if sheet.name != owner and set(key) <= set(sheet.key):
            reference = {"resource": _resource_name(owner), "fields": key}
            schema["foreignKeys"] = [{"fields": key, "reference": reference}]
    return {
        "profile": "tabular-data-resource",
        "name": _resource_name(sheet.name),
        "path": path.name,
        "title": sheet.label,
        "description": sheet.note,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": schema,
    }


def _dcat(
    about: Mapping[str, Any], resources: list[dict[str, Any]], day: dt.date
) -> dict[str, Any]:
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Dataset",
        "dct:identifier": about["name"],
        "dct:title": {"@value": about["title"], "@language": about["language"]},
        "dct:description": {"@value": about["description"], "@language": about["language"]},
        "dct:language": about["language"],
        "dct:spatial": about["spatial"],
        "dct:issued": {"@value": day.isoformat(), "@type": "xsd:date"},
        "dct:accrualPeriodicity": about["frequency"],
        "dcat:theme": {"@id": about["theme"]},
        "dcat:keyword": about["keywords"],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": resource["title"],
                "dcat:downloadURL": {"@id": resource["path"]},
                "dcat:mediaType": {
                    "@id": f"https://www.iana.org/assignments/media-types/{resource['mediatype']}"
                },
                "dcat:byteSize": resource["bytes"],
            }
            for resource in resources
        ],
    }
