"""What is exported and restored is the same catalogue, to the byte and to the cell."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pytest

from bot import clock, database
from bot.__main__ import main
from bot.catalogue import companions, layers, records, repository
from bot.catalogue.importing import import_path
from bot.catalogue.model import (
    Case,
    Channel,
    Dates,
    Difference,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    LifeEvent,
    Procedure,
    Source,
)
from bot.catalogue.seed_import import load_seed
from bot.catalogue.sheets.export import export
from bot.catalogue.sheets.formats import FORMATS
from bot.catalogue.sheets.spec import sheets
from bot.catalogue.tables import CURATED, LAYERS, NATIONAL, PORTAL, STAFF
from bot.database import metadata
from bot.imports import ImportRefused
from bot.migrations.runner import upgrade
from tests.catalogue.exports import procedure
from tests.catalogue.sheets import dump

pytestmark = pytest.mark.usefixtures("database_ready")

TODAY = clock.today()
MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (5, 6, 7))
LATER = dt.date(2099, 1, 1)
FILES = {"csv": "out", "json": "out.json", "xlsx": "out.xlsx", "package": "out"}
LONG = "Đoạn dài thử 🙂 " * 3_000
LONGEST = "đ" * 50_000
ODD_TEXTS = [
    "= 1 + 1",
    "=SUM(A1:A9)",
    "=HYPERLINK(\"http://example.vn\",\"x\")",
    "@nguoidan",
    "@SUM(1)",
    "+84 255 000 000",
    "+(bản sao)",
    "+SUM(1)",
    "- Tờ khai",
    "-Bản(sao)",
    "-cmd|' /C x'!A1",
    "'nháy đơn ở đầu",
    'có "nháy kép" và "" hai lần',
    '"',
    "dòng một\ndòng hai\n\ndòng bốn",
    "cột\tcột",
    "a,b;c|d",
    "🙂 👩‍👩‍👧‍👦 🇻🇳",
    "tiếng Việt dựng sẵn ấ và tổ hợp â\u0301",
    "#không phải lời giải thích",
    "#N/A",
    "TRUE",
    "false",
    "0012",
    "1e5",
    "2026-07-01",
    "NULL",
    "None",
    "\\N",
    "<b>&amp;</b>",
    "_x0041_",
    "{}",
    "hai\u00a0\u00a0khoảng trắng cứng",
    "phân dòng\u2028kiểu khác\u0085nữa.",
    LONG.strip(),
    LONGEST,
]  # fmt: skip


def source(day: dt.date, title: str = "Nguồn thử") -> Source:
    return Source(title, "https://example.vn/?a=1&b=2", day)


def rich(code: str, day: dt.date, **facts: Any) -> Procedure:
    """A record with something in every column."""
    held = Dates(dt.date(2020, 2, 29), dt.date(2098, 12, 31))
    fees = (
        Fee(7000, "lần", "", "VND", "", held),
        Fee(0, "", "người cao tuổi được miễn"),
        Fee(None, "", "theo hợp đồng"),
        Fee(25, "hồ sơ", "", "USD", "cấp nhanh"),
    )
    values: dict[str, Any] = {
        "plain_name": "Tên dễ hiểu",
        "local_code": f"{code}.000.00.00.H48",
        "issuing_body": "Bộ Thử nghiệm",
        "decision": "1/QĐ-BTN",
        "subject": "Công dân",
        "agency": "Xã thử",
        "service_level": "partial",
        "online": True,
        "online_payment": False,
        "places": ("Nơi một", "Nơi hai"),
        "documents": (
            Document("Tờ khai", 1, 0, "khi nộp trực tiếp", False, False, held),
            Document("Xin xem kỹ", remark=True),
            Document("Ảnh", None, 2, optional=True),
        ),
        "documents_note": "Không cần công chứng",
        "channels": (
            Channel("direct", Duration(1.5, "working_day"), fees[:2], "một nơi", held),
            Channel("online", Duration(None, None, "trong ngày"), fees[2:]),
            Channel("direct", Duration(30.0, "day"), fees[1:3], "nơi khác"),
            Channel("postal"),
        ),
        "cases": (
            Case("Lần đầu", "TH1", Duration(3.0, "hour"), held),
            Case("Lần sau"),
        ),
        "forms": (
            Form("Tờ khai thử", "TK-01", "tk 01.docx", "https://example.vn/tk", held),
            Form("Mẫu không số"),
        ),
        "steps": ("Bước một", "Bước một", "Bước hai"),
        "result": "Giấy thử",
        "conditions": "Đủ 14 tuổi",
        "legal_basis": (LegalBasis("Luật Thử", "1/2020/QH14", held), LegalBasis("Luật Khác")),
        "mistakes": "Quên ký\nThiếu ảnh",
        "differs_from": (Difference("1.999999", "khi mất giấy cũ"),),
        "effective": held,
        "source": source(day),
        "sources": (("channels", source(day, "Nghị quyết phí thử")),),
        "dates": (("channels", Dates(JULY, None)), ("steps", Dates(None, LATER))),
        **facts,
    }  # fmt: skip
    return procedure(code, "Đăng ký thử", **values)


def put(layer: str, *records: Procedure) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, layer, records)


def fill() -> None:
    """All layers with what they hold now, held once, and will hold."""
    plain = {"effective": Dates()}
    for layer in (CURATED, PORTAL, NATIONAL):
        put(layer, rich("1.000001", MAY, **plain), procedure("1.000002", f"Chỉ ở {layer}"))
        # Changed in June, corrected on the same day; the second record has gone.
        put(layer, rich("1.000001", JUNE, result="Giấy khác", **plain))
        put(layer, rich("1.000001", JUNE, result="Giấy đúng", **plain))
    put(STAFF, rich("1.000001", MAY, effective=Dates(None, JUNE)))
    put(STAFF, rich("1.000001", JUNE, effective=Dates(LATER, None), result="Sẽ khác"))
    put(PORTAL, *(procedure(f"2.{n:06}", text, mistakes=text, steps=(text, "x"),
                            documents=(Document(text, when=text),),
                            channels=(Channel("online", fees=(Fee(1, text, text),), note=text),),
                            source=source(JULY, text))
                  for n, text in enumerate(ODD_TEXTS)),
        rich("1.000001", JULY, **plain))  # fmt: skip
    with database.begin() as connection:
        for layer in (CURATED, STAFF):
            events = [
                LifeEvent(
                    "zeta", f"Sự kiện {layer}", ("nói một", "nói hai"), (("1.000001", "vì"),)
                ),
                LifeEvent("alpha", "Sau", (), (("1.000002", "a"), ("1.000001", "b"))),
            ]
            companions.replace_life_events(connection, layer, events)
            companions.replace_aliases(
                connection, layer, [("1.000001", t) for t in ("gọi thế này", '"', layer)]
            )
            companions.replace_lexicon(connection, layer, [("cà vẹt", f"đăng ký xe {layer}")])
            facts = [("tra-phi", "Một dòng\nhai dòng", source(JULY)), ("gio", layer, source(MAY))]
            companions.replace_general_facts(connection, layer, facts)


def empty_database() -> None:
    """Tables as a new installation has them."""
    with database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    upgrade()
    with database.connect() as connection:
        assert repository.all_codes(connection, TODAY) == []


def written(folder: Path, kind: str, *, history: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / FILES[kind]
    export(path, kind, TODAY, history=history)
    return path


def cells(path: Path) -> dict[str, list[tuple[Any, str]]]:
    """Every cell of a workbook with its type, by sheet, read without the catalogue's reader."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [(c.coordinate, c.value, c.data_type) for row in sheet.rows for c in row]
        for sheet in book.worksheets
    }


def contents(path: Path) -> object:
    if path.suffix == ".xlsx":
        return cells(path)
    if path.is_dir():
        return {file.name: file.read_bytes() for file in sorted(path.iterdir())}
    return path.read_bytes()


def states() -> dict[str, list[repository.State]]:
    with database.connect() as connection:
        found = list(repository.all_states(connection, TODAY, past=True))
    return {layer: [s for s in found if s.layer == layer] for layer in LAYERS}


def all_companions() -> list[object]:
    with database.connect() as connection:
        return [
            read(connection, layer)
            for layer in (CURATED, STAFF)
            for read in (
                companions.aliases,
                companions.lexicon,
                companions.life_events,
                companions.general_facts,
            )
        ]


@pytest.mark.parametrize("history", [False, True], ids=["today", "history"])
@pytest.mark.parametrize("kind", FORMATS)
def test_invented_records_of_all_layers_come_back_identical(
    tmp_path: Path, kind: str, history: bool
) -> None:
    fill()
    first = written(tmp_path / "first", kind, history=history)
    held, beside = states(), all_companions()
    empty_database()
    import_path(first, restore=True)
    second = written(tmp_path / "second", kind, history=history)
    assert contents(second) == contents(first)
    assert all_companions() == beside
    if history:
        assert states() == held


@pytest.mark.parametrize("kind", FORMATS)
def test_the_seed_comes_back_identical(tmp_path: Path, kind: str) -> None:
    load_seed()
    first = written(tmp_path / "first", kind)
    held, beside = states(), all_companions()
    empty_database()
    report = import_path(first, restore=True)[0]
    assert (len(report.new), report.changed, report.gone) == (len(held[CURATED]), [], [])
    second = written(tmp_path / "second", kind)
    assert contents(second) == contents(first)
    assert (states(), all_companions()) == (held, beside)
    # And the seed finds nothing to do.
    assert load_seed() == records.Changes(unchanged=len(held[CURATED]))


@pytest.mark.parametrize("other", ["csv", "json", "xlsx"])
@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_one_format_says_what_another_says(tmp_path: Path, kind: str, other: str) -> None:
    fill()
    expected = contents(written(tmp_path / "first", other, history=True))
    path = written(tmp_path / "between", kind, history=True)
    empty_database()
    import_path(path, restore=True)
    assert contents(written(tmp_path / "second", other, history=True)) == expected


def test_the_real_catalogue_comes_back_identical(tmp_path: Path, shared_data: Path) -> None:
    load_seed()
    reports = import_path(shared_data / "national-catalogue-2026-07")
    assert [report.kind for report in reports] == ["national", "portal"]
    first = written(tmp_path / "first", "csv", history=True)
    held = sum(len(found) for found in states().values())
    empty_database()
    report = import_path(first, restore=True)[0]
    assert (len(report.new), report.unchanged) == (held, 0)
    assert contents(written(tmp_path / "second", "csv", history=True)) == contents(first)


@pytest.mark.parametrize("text", ODD_TEXTS, ids=[repr(text[:16]) for text in ODD_TEXTS])
@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_text_comes_back_whatever_it_looks_like(tmp_path: Path, kind: str, text: str) -> None:
    put(PORTAL, procedure("1.000001", "Đăng ký thử", mistakes=text, steps=(text,)))
    held = states()
    path = written(tmp_path, kind)
    empty_database()
    import_path(path, restore=True)
    assert states() == held


def test_a_text_that_ends_like_a_continuation_comes_back_beside_a_long_one(tmp_path: Path) -> None:
    put(PORTAL, procedure("1.000001", "Thử", mistakes=LONG, result="xem thêm\u2026[1]"))
    held = states()
    path = written(tmp_path, "xlsx")
    empty_database()
    import_path(path, restore=True)
    assert states()[PORTAL][0].procedure.result == held[PORTAL][0].procedure.result


@pytest.mark.parametrize("text", [LONG, "🙂" * 31_000, LONGEST], ids=["mixed", "emoji", "longest"])
def test_no_cell_of_a_workbook_is_longer_than_spreadsheets_allow(tmp_path: Path, text: str) -> None:
    put(PORTAL, procedure("1.000001", "Đăng ký thử", mistakes=text))
    found = [
        len(value.encode("utf-16-le")) // 2
        for sheet in cells(written(tmp_path, "xlsx")).values()
        for _, value, _ in sheet
        if isinstance(value, str)
    ]
    # As spreadsheets count: a character beyond the basic plane is two.
    assert max(found) <= 32_767


def test_no_text_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    fill()
    found = cells(written(tmp_path, "xlsx", history=True))
    kinds = {kind for sheet in found.values() for _, _, kind in sheet}
    assert kinds <= {"s", "n"}
    names = {value for _, value, _ in found["procedures"]}
    assert {text for text in ODD_TEXTS if len(text) < 32_000} <= names


def test_history_holds_what_an_export_of_today_leaves_out(tmp_path: Path) -> None:
    fill()
    counts = {history: export(tmp_path / f"{history}.json", "json", TODAY, history=history)
              for history in (False, True)}  # fmt: skip
    rows = json.loads((tmp_path / "False.json").read_text(encoding="utf-8"))["procedures"]
    assert [row for row in rows if row["valid_to"] and row["valid_to"] <= TODAY.isoformat()] == []
    assert counts[True]["procedures"] == sum(len(found) for found in states().values())
    assert counts[False]["procedures"] == len(rows) < counts[True]["procedures"]


def test_a_restore_brings_back_what_was_changed_since(tmp_path: Path) -> None:
    fill()
    path = written(tmp_path / "first", "csv", history=True)
    put(NATIONAL, rich("1.000001", JULY, result="Sau đó", effective=Dates()))
    with database.begin() as connection:
        layers.write_layer(connection, CURATED, [procedure("1.000005", "Mới")], keep=None)
    before = dump()
    trial = import_path(path, restore=True, dry_run=True)
    assert dump() == before
    report = import_path(path, restore=True)
    assert report == trial
    assert (report[0].changed, report[0].gone) == (["1.000001"], ["1.000005"])
    assert contents(written(tmp_path / "second", "csv", history=True)) == contents(path)


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
@pytest.mark.parametrize("history", [False, True], ids=["today", "history"])
def test_an_export_imported_where_it_came_from_changes_nothing(
    tmp_path: Path, kind: str, history: bool
) -> None:
    load_seed()
    put(NATIONAL, rich("1.000001", JUNE, effective=Dates()))
    put(STAFF, rich("1.000001", JUNE, result="Giấy sai", effective=Dates()))
    put(STAFF, rich("1.000001", JUNE, result="Giấy đúng", effective=Dates()))
    held, beside = states(), all_companions()
    report = import_path(written(tmp_path, kind, history=history))[0]
    assert (report.new, report.changed, report.gone) == ([], [], [])
    assert (states(), all_companions()) == (held, beside)


def test_a_failed_export_leaves_the_files_of_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    for kind in ("csv", "json", "xlsx"):
        path = written(tmp_path / kind, kind)
        before = contents(path)
        with monkeypatch.context() as patch:
            patch.setattr(repository, "all_states", _dies_after_one)
            with pytest.raises(database.DatabaseUnavailable):
                export(path, kind, TODAY)
        assert contents(path) == before
        assert [file.name for file in (tmp_path / kind).iterdir()] == [FILES[kind]]


def _dies_after_one(*_: object, **__: object) -> Any:
    yield repository.State(PORTAL, 1, procedure("1.000001", "Thử"), None, None)
    raise database.DatabaseUnavailable("the database went away")


def test_exports_go_through_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill()
    for kind in FORMATS:
        path = tmp_path / kind / FILES[kind]
        assert main(["catalogue", "export", str(path), "--format", kind]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"{path}: ")
        assert said.endswith(", 4 general_facts.\n")
        assert contents(path) == contents(written(tmp_path / f"{kind} again", kind))
    file = tmp_path / "a file"
    file.write_text("work", encoding="utf-8")
    assert main(["catalogue", "export", str(file), "--format", "csv"]) == 1
    assert file.read_text(encoding="utf-8") == "work"


# The open-data package


def package(tmp_path: Path, *, history: bool = True) -> Path:
    return written(tmp_path, "package", history=history)


def faults(folder: Path) -> list[tuple[str, str]]:
    report = frictionless.validate(str(folder / "datapackage.json"))
    return [(task[0], task[1]) for task in report.flatten(["code", "note"])]


@pytest.mark.parametrize("filled", ["empty", "seed", "invented"])
def test_the_package_is_valid(tmp_path: Path, filled: str) -> None:
    {"empty": lambda: None, "seed": load_seed, "invented": fill}[filled]()
    assert faults(package(tmp_path)) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b"partial", b"halfway"), (b",true,", b",maybe,"), (b"2026-07-01", b"2026-07-99")],
    ids=["choice", "boolean", "date"],
)
def test_a_changed_package_is_found_invalid(tmp_path: Path, right: bytes, wrong: bytes) -> None:
    fill()
    folder = package(tmp_path)
    file = folder / "procedures.csv"
    content = file.read_bytes()
    assert right in content
    file.write_bytes(content.replace(right, wrong, 1))
    assert faults(folder) != []


def test_an_orphan_in_the_package_is_found_invalid(tmp_path: Path) -> None:
    fill()
    folder = package(tmp_path)
    with (folder / "steps.csv").open("ab") as file:
        file.write("staff,9.999999,1,Mồ côi\r\n".encode())
    assert any("foreign" in code for code, _ in faults(folder))


def test_the_package_describes_each_of_its_files(tmp_path: Path) -> None:
    fill()
    folder = package(tmp_path)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = {r["path"]: r for r in descriptor["resources"]}
    files = {file.name for file in folder.iterdir()}
    assert files == {*described, "datapackage.json", "dcat.jsonld"}
    for name, resource in described.items():
        content = (folder / name).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert all(field["title"] for field in resource["schema"]["fields"])
    assert "licenses" not in descriptor


def test_the_dcat_record_parses_and_names_files_that_are_there(tmp_path: Path) -> None:
    fill()
    folder = package(tmp_path)
    record = json.loads((folder / "dcat.jsonld").read_text(encoding="utf-8"))
    context = record.pop("@context")
    assert all(value.startswith("http://") for value in context.values())
    assert {key.partition(":")[0] for key in _keys(record) if not key.startswith("@")} == set(
        context
    ) - {"xsd"}
    assert record["@type"] == "dcat:Dataset"
    assert record["dct:issued"] == {"@value": TODAY.isoformat(), "@type": "xsd:date"}
    assert record["dct:title"]["@language"] == "vi"
    names = [d["dcat:downloadURL"]["@id"] for d in record["dcat:distribution"]]
    assert sorted(names) == sorted(f"{name}.csv" for name in sheets())
    sizes = [d["dcat:byteSize"] for d in record["dcat:distribution"]]
    assert sizes == [(folder / name).stat().st_size for name in names]


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in _keys(item)}
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    return set()


def test_a_package_without_its_descriptor_is_an_export_like_another(tmp_path: Path) -> None:
    fill()
    first = package(tmp_path / "first")
    bare = tmp_path / "bare"
    shutil.copytree(first, bare)
    for name in ("datapackage.json", "dcat.jsonld"):
        (bare / name).unlink()
    empty_database()
    import_path(bare, restore=True)
    assert contents(package(tmp_path / "second")) == contents(first)


def test_a_file_of_a_later_version_of_the_format_is_refused(tmp_path: Path) -> None:
    fill()
    path = written(tmp_path, "json")
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "version": 99}), encoding="utf-8")
    before = dump()
    with pytest.raises(ImportRefused, match="99"):
        import_path(path, restore=True)
    assert dump() == before
