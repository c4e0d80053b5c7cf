"""Where tickets go: by kind, words and place, and never to the office that they are about."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from bot.offices.sheet_import import SEED
from bot.support import routing
from bot.support.routing import Route, RoutingError, field_of, kind_of, route
from bot.support.ticket import (
    CALL_BACK,
    COMPLAINT,
    DENUNCIATION,
    FEEDBACK,
    KINDS,
    LATE_DOSSIER,
    MESSAGE,
    SUGGESTION,
)
from bot.vocabulary import read_names

COMMUNE = "Xã Bình Hải"
LINE, RECEPTION = "Tổng đài 1022 tỉnh Quảng Ngãi", "Ban Tiếp công dân tỉnh"
CENTRE = "Trung tâm Phục vụ hành chính công xã Bình Hải"


@pytest.mark.parametrize(
    ("kind", "text", "commune", "expected"),
    [
        (MESSAGE, "cho hỏi chút", "", Route(LINE, "province")),
        (MESSAGE, "hỏi về hộ tịch", "", Route("Sở Tư pháp", "province", "Hộ tịch")),
        (MESSAGE, "hỏi về đất đai", COMMUNE, Route(CENTRE, "commune", "Đất đai")),
        (CALL_BACK, "nhờ cán bộ gọi lại", COMMUNE, Route(CENTRE, "commune")),
        (LATE_DOSSIER, "", COMMUNE, Route(CENTRE, "commune")),
        (
            LATE_DOSSIER,
            "",
            "",
            Route("Trung tâm Phục vụ hành chính công tỉnh Quảng Ngãi", "province"),
        ),
        (
            COMPLAINT,
            "đèn đường hỏng ba tháng",
            COMMUNE,
            Route("Ủy ban nhân dân xã Bình Hải", "commune", "Hạ tầng kỹ thuật"),
        ),
        (COMPLAINT, "o ga qua troi", "", Route("Sở Xây dựng", "province", "Đường bộ")),
        (SUGGESTION, "khen chị hộ tịch", "", Route("Sở Tư pháp", "province", "Hộ tịch")),
    ],
    ids=[
        "message", "message-field", "message-commune", "call-back", "late-commune",
        "late-province", "complaint-commune", "complaint-field", "praise",
    ],
)  # fmt: skip
def test_kind_words_and_place_decide(kind: str, text: str, commune: str, expected: Route) -> None:
    assert route(kind, text, commune=commune) == expected


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        (DENUNCIATION, "Tôi có chuyện muốn nói.", ""),
        (COMPLAINT, "Cán bộ làm việc riêng trong giờ.", ""),
        (COMPLAINT, "Bắt tôi đi lại ba lần.", "một cửa xã Bình Hải"),
        (SUGGESTION, "góp ý: nhân viên nên đúng giờ", ""),
        (MESSAGE, "o quay can bo hach dich lam", ""),
        (CALL_BACK, "Có người đòi tiền mới ký.", ""),
        (LATE_DOSSIER, "họ vòi tiền tôi mới trả hồ sơ", ""),
    ],
    ids=["denunciation", "official", "office", "idea", "message", "call-back", "late"],
)
def test_what_is_about_an_official_never_goes_to_their_office(
    kind: str, text: str, place: str
) -> None:
    found = route(kind, text, place=place, commune=COMMUNE)
    assert (found.agency, found.level) == (RECEPTION, "province")
    assert "Bình Hải" not in found.agency


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("góp ý nên kê thêm ghế", "", SUGGESTION),
        ("khen cán bộ nhiệt tình", "", SUGGESTION),
        ("cán bộ hách dịch, trung tâm nên làm gì đó", "", COMPLAINT),
        ("rác không ai dọn", "", COMPLAINT),
        ("can bo voi tien cua dan", "", DENUNCIATION),
        ("can bo voi tien cua dan", MESSAGE, DENUNCIATION),
        ("hỏi giờ làm việc", MESSAGE, MESSAGE),
        ("hỏi giờ làm việc", DENUNCIATION, DENUNCIATION),
        ("ông ấy đòi tiền, gọi lại cho tôi", CALL_BACK, DENUNCIATION),
        ("đòi hai triệu mới chịu đo đất", "", DENUNCIATION),
        ("khi nào tôi được nhận tiền trợ cấp", MESSAGE, MESSAGE),
    ],
)
def test_words_tell_the_kind(text: str, kind: str, expected: str) -> None:
    assert kind_of(text, kind) == expected


def test_accents_tell_words_apart() -> None:
    assert field_of("rác chất đống") == field_of("rac chat dong") == "Môi trường"
    assert field_of("rắc rối quá") == ""
    # One syllable without accents may be any word.
    assert (field_of("thuế cao"), field_of("thue cao")) == ("Thuế", "")
    assert kind_of("bà tên An tiễn con", MESSAGE) == MESSAGE


def test_agencies_and_fields_are_known_by_their_names() -> None:
    table = routing.default_table()
    names = list(read_names())
    assert set(table.kinds) == set(KINDS) >= set(FEEDBACK)
    assert set(table.agencies) <= {name.value for name in names if name.entity == "field"}
    assert set(table.agencies.values()) <= {n.value for n in names if n.entity == "agency"}
    assert {word.field for word in table.fields} <= {n.value for n in names if n.entity == "field"}


def test_desks_are_offices_of_the_store_or_say_where_they_are_from() -> None:
    desks = yaml.safe_load(routing.FILE.read_text(encoding="utf-8"))["desks"]
    with (SEED / "offices.csv").open(encoding="utf-8") as file:
        offices = {row["name"] for row in csv.DictReader(file)}
    for name in ("information_line", "province_centre"):
        assert desks[name]["agency"] in offices
    names = [
        desks["commune_centre"]["agency"].format(commune=f"{kind} ") for kind in ("xã", "phường")
    ]
    assert all(any(office.startswith(name) for office in offices) for name in names)
    assert all(desk["reason"] and desk["source"] for desk in desks.values())


def test_a_table_that_leaves_a_kind_out_is_refused(tmp_path: Path) -> None:
    document = yaml.safe_load(routing.FILE.read_text(encoding="utf-8"))
    damaged = tmp_path / "routing.yml"
    for change in ({"kinds": {}}, {"desks": {}}):
        damaged.write_text(yaml.safe_dump({**document, **change}), encoding="utf-8")
        with pytest.raises(RoutingError, match="no desk for message"):
            routing.read(damaged)
    damaged.write_text("kinds: {}", encoding="utf-8")
    with pytest.raises(RoutingError, match="desks"):
        routing.read(damaged)
