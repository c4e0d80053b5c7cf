"""The page of a procedure over HTTP, without a trained model."""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import quote, unquote

import pytest

from bot import clock, database
from bot.catalogue import layers, service
from bot.catalogue import tables as t
from bot.catalogue.model import Channel, Document, Duration, Fee, Form, Source
from bot.http.headers import content_policy
from bot.http.procedure_page import communes, find_commune
from bot.offices.sheet_import import load_seed
from bot.offices.units_import import import_units
from bot.settings import Settings
from tests.catalogue.exports import procedure
from tests.http.serving import EVIL, PROGRAM, Outline, Server

PAPERS = (Document("Giấy chứng sinh", 1), Document("Ảnh", when="khi làm thẻ"))
BIRTH = procedure("1.000001", "Đăng ký khai sinh", documents=PAPERS)
HOSTILE = procedure(
    "1.000002",
    f"Tên {EVIL}",
    subject=EVIL,
    documents=(
        Document(EVIL, 1),
        Document("a", when=EVIL),
        Document("b", when=EVIL),
        Document(EVIL, remark=True),
    ),
    documents_note=EVIL,
    mistakes=EVIL,
    forms=(Form(EVIL, EVIL, url="javascript:alert(3)"), Form("Tốt", url="https://a.vn/?a=1&b=2")),
    channels=(Channel("online", Duration(note=EVIL), (Fee(5, EVIL, EVIL, EVIL, EVIL),), EVIL),),
    places=(EVIL,),
    agency=EVIL,
    result=EVIL,
    source=Source(EVIL, 'https://a.vn/"onmouseover="alert(4)', dt.date(2026, 7, 1)),
)


@pytest.fixture(autouse=True)
def _catalogue(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-11-24T09:00"))
    import_units()
    load_seed()
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [BIRTH, HOSTILE])


def outline(server: Server, path: str) -> Outline:
    answer = server.get(path)
    assert answer.status == 200
    return Outline(answer.text)


def of_commune(name: str) -> str:
    return f"/p/{BIRTH.code}?xa={quote(name)}"


def test_the_page_is_marked_up_for_all_to_read(server: Server) -> None:
    page = outline(server, f"/p/{BIRTH.code}")
    assert page.all("html") == [{"lang": "vi"}]
    once = ("h1", "header", "main", "footer", "title")
    assert [len(page.all(tag)) for tag in once] == [1] * len(once)
    assert len({found["aria-label"] for found in page.all("nav")}) == 2
    sections = page.all("section")
    assert len(sections) == len(page.all("h2")) == 12
    # A label for the field, and one around each box.
    assert [label.get("for") for label in page.all("label")] == ["xa", None, None]
    boxes = [found for found in page.all("input") if found.get("type") == "checkbox"]
    assert len(boxes) == len(PAPERS)
    assert "Giấy chứng sinh (1 bản chính)" in page.text
    assert "chưa công bố" in page.text
    assert "Danh sách này làm ngày 24/11/2026." in page.text


def test_the_page_needs_nothing_from_elsewhere_and_no_script_but_the_chats(server: Server) -> None:
    answer = server.get(f"/p/{BIRTH.code}")
    page = Outline(answer.text)
    assert page.all("script") == [{"src": "/widget.js", "data-procedure": BIRTH.code, "async": ""}]
    page.assert_harmless()
    assert answer.headers["content-security-policy"] == content_policy()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    sheets = [found["href"] for found in page.all("link") if found["rel"] == "stylesheet"]
    assert sheets == ["/web/portal.css", "/web/procedure.css"]
    assert [server.get(sheet).status for sheet in sheets] == [200, 200]


def test_links_lead_to_the_portal_the_field_and_the_national_portal(server: Server) -> None:
    page = outline(server, f"/p/{BIRTH.code}")
    links = page.all("a")
    assert [found["href"] for found in links[:2]] == ["#main", "/"]
    assert f"/?field={quote(BIRTH.field, safe='').replace('%20', '+')}" in page.links()
    assert {"href": "https://dichvucong.gov.vn", "rel": "noopener"} in links
    assert all(a.get("rel") == "noopener" for a in links if a["href"].startswith("http"))


def test_a_button_opens_the_chat_about_the_procedure(server: Server) -> None:
    page = outline(server, f"/p/{BIRTH.code}")
    assert {"type": "button", "data-tro-ly": ""} in page.all("button")
    assert "Hỏi trợ lý về thủ tục này" in page.text


def test_nothing_of_the_catalogue_becomes_markup(server: Server) -> None:
    page = outline(server, f"/p/{HOSTILE.code}?xa={quote(EVIL)}")
    page.assert_harmless()
    assert EVIL in page.text
    assert "https://a.vn/?a=1&b=2" in page.links()
    assert 'https://a.vn/"onmouseover="alert(4)' in page.links()


@pytest.mark.parametrize("named", ["Xã Vạn Tường", "xã Bình Hải", "vạn tường", "  XÃ  VẠN TƯỜNG "])
def test_the_commune_leads_to_its_centre(server: Server, named: str) -> None:
    page = outline(server, of_commune(named))
    assert "Trung tâm Phục vụ hành chính công xã Vạn Tường." in page.text
    field = next(found for found in page.all("input") if found.get("name") == "xa")
    assert field["value"] == named.strip()


def test_without_a_commune_none_is_told(server: Server) -> None:
    page = outline(server, f"/p/{BIRTH.code}")
    assert "Trung tâm Phục vụ hành chính công xã" not in page.text
    assert "Em không tìm thấy" not in page.text
    assert len(page.all("option")) == len(communes()) == 96


@pytest.mark.parametrize(
    "named", ["Xã Không Có", "x" * 5000, "%", "\0", "' OR 1=1 --", "\ud7ff" * 50, "{0.__class__}"]
)
def test_an_unknown_commune_is_said_to_be_and_the_page_still_shows(
    server: Server, named: str
) -> None:
    page = outline(server, of_commune(named))
    assert f"Em không tìm thấy “{named[:100]}” trong các xã" in page.text
    assert "Giấy chứng sinh" in page.text


@pytest.mark.parametrize("query", ["xa=%ff%fe", "xa=", "xa", "xa=&xa=b", "a=b&&&=", "xa[]=1"])
def test_odd_queries_do_no_harm(server: Server, query: str) -> None:
    assert "Giấy chứng sinh" in outline(server, f"/p/{BIRTH.code}?{query}").text


def test_where_several_communes_may_be_meant_one_can_choose(server: Server) -> None:
    page = outline(server, of_commune("huyện Bình Sơn"))
    links = [unquote(found["href"]) for found in page.all("a")]
    assert f"/p/{BIRTH.code}?xa=Xã Vạn Tường" in links
    assert "Anh/chị chọn đúng nơi của mình:" in page.text


def test_every_commune_of_the_list_is_itself() -> None:
    # Some bear a name that an old commune had, or nearly.
    for name in communes():
        place = find_commune(name)
        assert place is not None
        assert place.new_wards == (name,)


BAD_CODES = ["9.999999", "1.00000", "1.0000011", "1,000001", "%C2%B9.000001", "..%2F..", "x" * 3000]


@pytest.mark.parametrize("code", BAD_CODES)
def test_an_unknown_code_is_told_to_people_in_words(server: Server, code: str) -> None:
    answer = server.get(f"/p/{code}")
    assert answer.status == 404
    page = Outline(answer.text)
    assert page.all("html") == [{"lang": "vi"}]
    assert "Không có thủ tục mang mã này trong danh mục của tỉnh." in page.text
    assert "1022" in page.text
    assert "/" in page.links()
    assert answer.headers["content-security-policy"] == content_policy()


@pytest.mark.parametrize("code", BAD_CODES)
def test_an_unknown_code_is_told_to_programs_as_json(server: Server, code: str) -> None:
    answer = server.get(f"/p/{code}", PROGRAM)
    assert answer.status == 404
    assert json.loads(answer.text)["error"]["code"] == "procedure_not_found"


def test_only_codes_of_the_catalogues_form_are_looked_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(service, "procedure", asked.append)
    monkeypatch.setattr(service, "last_day", asked.append)
    for code in BAD_CODES:
        assert server.get(f"/p/{code}").status == 404
    assert set(asked) == {"9.999999"}


def test_a_code_that_ended_is_said_to_have(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-12-01T09:00"))
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [BIRTH])
    answer = server.get(f"/p/{HOSTILE.code}")
    assert answer.status == 404
    assert f"Thủ tục mã {HOSTILE.code} không còn trong danh mục từ ngày" in answer.text


def test_a_database_that_is_down_is_told_to_both(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise database.DatabaseUnavailable("down")

    monkeypatch.setattr(service, "procedure", fail)
    answer = server.get(f"/p/{BIRTH.code}")
    assert answer.status == 503
    assert "1022" in Outline(answer.text).text
    answer = server.get(f"/p/{BIRTH.code}", PROGRAM)
    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (503, "unavailable")


def test_on_paper_there_is_only_the_procedure(server: Server) -> None:
    sheets = [server.get(f"/web/{name}.css").text for name in ("portal", "procedure")]
    assert "size: A4" in sheets[1]
    printed = "".join(sheet.partition("@media print")[2] for sheet in sheets)
    assert ".screen, #tro-ly-thu-tuc { display: none !important; }" in printed
    page = outline(server, f"/p/{BIRTH.code}")
    for tag in ("header", "footer", "form"):
        assert ["screen" in found["class"].split() for found in page.all(tag)] == [True]
    assert "screen" in page.all("nav")[0]["class"].split()
