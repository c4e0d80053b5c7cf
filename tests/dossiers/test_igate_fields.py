"""Names and paths of an installation come from a file, which is taken whole or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.dossiers.igate_fields import SHIPPED, read_fields
from bot.dossiers.igate_mapping import record_of
from bot.settings import SettingsError
from tests.igate_dossiers import PHONE, dossier

SECRET = "one secret"
CODE = "H48.16-260701-0003"


def test_a_province_may_hand_in_paths_of_its_own(tmp_path: Path) -> None:
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    document["fields"]["status"] = ["state.label"]
    document["fields"]["note"] = ["remark"]
    document["source_title"] = "Cổng thử nghiệm"
    file = tmp_path / "fields.yml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    raw = {**dossier(CODE), "state": {"label": "Xong"}, "remark": f"Gọi {PHONE} để nhận"}
    record = record_of(raw, read_fields(str(file)), SECRET)
    assert record is not None
    assert (record.dossier.status, record.dossier.source_title) == ("Xong", "Cổng thử nghiệm")
    assert PHONE not in record.dossier.note
    assert record.dossier.note.endswith("để nhận")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("", "the file must be a mapping"),
        ("- a", "the file must be a mapping"),
        ("a: [", "cannot be read"),
        ({"extra": 1}, "the file must not have extra"),
        ({"search": None}, "search must be a mapping"),
        ({"fields": {"code": ["code"]}}, "fields lacks agency, agency_parent, delivery"),
        ({"source_title": ""}, "source_title must be a text"),
        ({"vietnamese": 228}, "vietnamese must be a list of texts"),
        ({"status_ids": {4: None}}, "status_ids must be a mapping of texts"),
    ],
    ids=str,
)
def test_a_file_of_another_form_is_refused_with_its_name(
    tmp_path: Path, change: Any, reason: str
) -> None:
    content = change
    if isinstance(change, dict):
        content = yaml.safe_dump({**yaml.safe_load(SHIPPED.read_text(encoding="utf-8")), **change})
    file = tmp_path / "fields.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_fields(str(file))
    assert str(caught.value).startswith(f"BOT_IGATE_FIELDS: {file}")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("name", "paths", "reason"),
    [
        ("phone", [], "phone needs a path"),
        ("status", "dossierStatus", "fields: status must be a list of texts"),
        ("status", ["dossierStatus..name"], "fields: status has a path with an empty step"),
    ],
)
def test_a_field_without_usable_paths_is_refused(
    tmp_path: Path, name: str, paths: Any, reason: str
) -> None:
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    document["fields"][name] = paths
    file = tmp_path / "fields.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(SettingsError, match=reason):
        read_fields(str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.yml cannot be read"):
        read_fields(str(tmp_path / "nothing.yml"))
