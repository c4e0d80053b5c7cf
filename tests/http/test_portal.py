"""The demo portal: search, fields, life events, and what is said where something is missing."""

from __future__ import annotations

import datetime as dt
import json
from typing import NoReturn
from urllib.parse import quote

import pytest

from bot import clock, database
from bot.catalogue import companions, finder, layers
from bot.catalogue import tables as t
from bot.catalogue.index_cache import IndexCache
from bot.catalogue.model import LifeEvent
from bot.http import portal
from bot.http.portal_search import MOST_RESULTS, clean
from bot.settings import Settings
from tests.catalogue.exports import procedure
from tests.http.serving import EVIL, PROGRAM, Answer, Outline, Server

CIVIL = "Hộ tịch"
BIRTH = procedure("1.000001", "Đăng ký khai sinh", field=CIVIL)
DEATH = procedure("1.000002", "Đăng ký khai tử", field=CIVIL)
PASSPORT = procedure("1.000003", "Cấp hộ chiếu phổ thông", field="Xuất nhập cảnh", level="province")
LAND = [
    procedure(
        f"2.0000{number:02}", f"Giao đất khu vực {number:02}", field="Đất đai", level="province"
    )
    for number in range(45)
]
HOSTILE = procedure("3.000001", f"Cấp phép {EVIL}", field=f"Lĩnh vực {EVIL}")
BORN = LifeEvent(
    "sinh-con",
    f"Sinh con {EVIL}",
    ("mới sinh con",),
    (("1.000001", f"Trong 60 ngày {EVIL}"), ("9.999999", "Không còn."), ("1.000003", "Khi đi xa.")),
)


@pytest.fixture(autouse=True)
def _catalogue(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-11-24T09:00"))
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [BIRTH, DEATH, PASSPORT, HOSTILE, *LAND])
        companions.replace_life_events(connection, t.CURATED, [BORN])


def page_of(answer: Answer, status: int = 200) -> Outline:
    """The page, checked for what every page of the portal has."""
    assert answer.status == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Outline(answer.text)
    page.assert_harmless()
    once = ("h1", "header", "main", "footer", "title")
    assert [len(page.all(tag)) for tag in once] == [1] * len(once)
    assert page.all("html") == [{"lang": "vi"}]
    assert page.all("a")[0] == {"class": "skip screen", "href": "#main"}
    assert page.all("main")[0]["id"] == "main"
    assert "Trang trình diễn" in page.text
    assert {"src": "/widget.js", "async": ""} in page.all("script")
    assert len({found["aria-label"] for found in page.all("nav")}) == len(page.all("nav"))
    return page


def results_of(server: Server, query: str) -> dict[str, object]:
    answer = server.get(f"/results?q={quote(query)}", PROGRAM)
    assert answer.status == 200
    return json.loads(answer.text)


def is_indexed(page: Outline) -> bool:
    return {"name": "robots", "content": "noindex"} not in page.all("meta")


def test_the_home_page_searches_browses_and_opens_the_chat(server: Server) -> None:
    page = page_of(server.get("/"))
    assert is_indexed(page)
    form = page.all("form")[0]
    assert (form["role"], form["method"], form["action"]) == ("search", "get", "/")
    field = page.all("input")[0]
    assert (field["name"], field["value"], field["maxlength"]) == ("q", "", "200")
    assert field["id"] in [label["for"] for label in page.all("label")]
    button = next(found for found in page.all("button") if "data-tro-ly" in found)
    assert button == {"type": "button", "data-tro-ly": "/check_dossier_status"}
    assert "4 số cuối" in page.text
    assert {"src": "/web/portal.js", "defer": ""} in page.all("script")
    # Its own steps only, and without a breadcrumb.
    assert [found["aria-label"] for found in page.all("nav")] == ["Liên kết cuối trang"]
    assert "/?event=sinh-con" in page.links()
    assert "/?field=%C4%90%E1%BA%A5t+%C4%91ai" in page.links()
    assert "Đất đai (45 thủ tục)" in page.text


def test_the_footer_says_where_the_data_are_from_and_when_they_were_checked(server: Server) -> None:
    page = page_of(server.get("/"))
    title, day = BIRTH.source.title, BIRTH.source.checked_on.strftime("%d/%m/%Y")
    assert f"Danh mục có 49 thủ tục. Nguồn: {title}, kiểm tra ngày {day}." in page.text
    assert {"/accessibility", "/web/licenses.txt"} <= set(page.links())


def test_without_scripts_a_person_can_be_called(server: Server) -> None:
    page = page_of(server.get("/"))
    assert len(page.all("noscript")) == 1
    assert "anh/chị gọi Tổng đài 1022" in page.text


def test_results_have_name_code_field_level_and_a_link(server: Server) -> None:
    page = page_of(server.get("/?q=khai+sinh"))
    assert "/p/1.000001" in page.links()
    for told in ("Đăng ký khai sinh", "Mã 1.000001", f"Lĩnh vực: {CIVIL}", "Làm ở cấp xã"):
        assert told in page.text
    assert page.all("input")[0]["value"] == "khai sinh"
    assert not is_indexed(page)
    assert "Tìm “khai sinh”" in page.text
    section = next(found for found in page.all("section") if found.get("id") == "results")
    assert "hidden" not in section


def test_page_and_script_get_the_same_results(server: Server) -> None:
    for query in ("khai sinh", "hộ chiếu", "xyzzy", "giao đất", "1.000003", "cần giấy tờ gì"):
        page, found = page_of(server.get(f"/?q={quote(query)}")), results_of(server, query)
        assert found["status"] in page.text
        listed = [href for href in page.links() if href.startswith("/p/")]
        assert listed == [result["href"] for result in found["results"]]
        assert all(text in page.text for text in found["advice"])


def test_the_number_of_results_is_told(server: Server) -> None:
    assert results_of(server, "1.000003")["status"] == "1 thủ tục."
    many = results_of(server, "giao đất")
    assert len(many["results"]) == MOST_RESULTS
    assert many["status"].startswith("20 thủ tục gần nhất.")


def test_what_a_talk_would_not_take_for_the_need_is_listed_with_doubt(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "find", lambda _: finder.Finding(finder.Outcome.NOTHING))
    near = results_of(server, "khai sinh")
    assert [result["href"] for result in near["results"]] == ["/p/1.000001"]
    assert near["status"].startswith("1 thủ tục có những chữ này. Em chưa chắc")
    # Some of the words are not enough then.
    assert results_of(server, "khai sinh cho con mèo")["results"] == []


def test_where_nothing_is_found_there_is_advice(server: Server) -> None:
    page = page_of(server.get("/?q=xyzzy+qwerty"))
    assert "Em không tìm thấy thủ tục nào cho “xyzzy qwerty”." in page.text
    assert "1022" in page.text
    assert not [href for href in page.links() if href.startswith("/p/")]
    assert results_of(server, "cần giấy tờ gì")["status"] == "Em chưa rõ việc cần làm là gì."


@pytest.mark.parametrize(
    "query", [EVIL, "'", "%", "{0.__class__}", "\0\x1b[2J", "‮abc", "../..", "👩‍👩‍👧"]
)
def test_hostile_queries_are_text(server: Server, query: str) -> None:
    page = page_of(server.get(f"/?q={quote(query)}"))
    assert page.all("input")[0]["value"] == clean(query)
    results_of(server, query + " đất")


def test_hostile_names_are_text(server: Server) -> None:
    page = page_of(server.get("/?q=3.000001"))
    assert f"Cấp phép {EVIL}" in page.text
    page = page_of(server.get(f"/?field={quote(HOSTILE.field)}"))
    assert HOSTILE.field in page.text
    page_of(server.get("/"))


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%20%09", "q", "&&&=", "q[]=1", "page=7", "page=x", "%ff=%ff"]
)
def test_what_asks_for_nothing_gets_the_home_page(server: Server, query: str) -> None:
    page = page_of(server.get(f"/?{query}"))
    assert "/?event=sinh-con" in page.links()


def test_of_repeated_parameters_the_first_counts(server: Server) -> None:
    page = page_of(server.get("/?q=1.000003&q=1.000001"))
    assert [href for href in page.links() if href.startswith("/p/")] == ["/p/1.000003"]


def test_too_long_a_query_is_told(server: Server) -> None:
    page = page_of(server.get(f"/?q={'a' * 201}"), 400)
    assert "dài quá 200 ký tự" in page.text
    assert page.all("input")[0]["value"] == "a" * 200
    assert page_of(server.get(f"/?q={'a' * 200}"))
    # Spaces that are not counted are no length.
    assert page_of(server.get(f"/?q=a{'%20' * 1000}b"))
    answer = server.get(f"/results?q={'a' * 201}", PROGRAM)
    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (400, "query_too_long")
    answer = server.get("/results?q=%20", PROGRAM)
    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (400, "query_missing")


def test_a_fields_list_has_pages(server: Server) -> None:
    address = "/?field=%C4%90%E1%BA%A5t+%C4%91ai"
    listed, after = [], address
    for first, last in ((1, 20), (21, 40), (41, 45)):
        page = page_of(server.get(after))
        assert is_indexed(page)
        assert f"45 thủ tục. Đang xem từ số {first} đến số {last}." in page.text
        listed += [href for href in page.links() if href.startswith("/p/")]
        relations = {found["rel"]: found["href"] for found in page.all("a") if "rel" in found}
        assert ("prev" in relations, "next" in relations) == (first > 1, last < 45)
        after = relations.get("next", "")
    assert listed == [f"/p/{p.code}" for p in LAND]
    # One page needs no links to others.
    page = page_of(server.get(f"/?field={quote(CIVIL)}"))
    assert [href for href in page.links() if href.startswith("/p/")] == [
        "/p/1.000001",
        "/p/1.000002",
    ]
    assert "Trang 1 trong" not in page.text


@pytest.mark.parametrize(
    ("page", "status", "told"),
    [
        ("4", 404, "chỉ có từ trang 1 đến trang 3"),
        ("999999", 404, "chỉ có từ trang 1 đến trang 3"),
        ("0", 400, "phải là số nguyên"),
        ("-1", 400, "phải là số nguyên"),
        ("1.5", 400, "phải là số nguyên"),
        ("٣", 400, "phải là số nguyên"),
        ("9" * 4000, 400, "phải là số nguyên"),
        (EVIL, 400, "phải là số nguyên"),
    ],
)
def test_pages_that_are_not_there_are_told(
    server: Server, page: str, status: int, told: str
) -> None:
    found = page_of(server.get(f"/?field={quote('Đất đai')}&page={quote(page)}"), status)
    assert told in found.text
    assert not is_indexed(found)


@pytest.mark.parametrize("name", ["field", "event"])
@pytest.mark.parametrize("value", [EVIL, "x" * 3000, "Hộ", "%", "\0."])
def test_unknown_fields_and_events_are_told(server: Server, name: str, value: str) -> None:
    page = page_of(server.get(f"/?{name}={quote(value)}"), 404)
    assert f"“{clean(value)[:100]}” trong danh" in page.text
    assert "1022" in page.text


def test_decomposed_letters_name_the_same_field(server: Server) -> None:
    page_of(server.get("/?field=H%C3%B4%CC%A3+ti%CC%A3ch"))


def test_a_life_event_lists_its_procedures_in_order_with_reasons(server: Server) -> None:
    page = page_of(server.get("/?event=sinh-con"))
    assert [href for href in page.links() if href.startswith("/p/")] == [
        "/p/1.000001",
        "/p/1.000003",
    ]
    assert len(page.all("ol")) == 2
    assert f"Trong 60 ngày {EVIL}" in page.text
    assert "Không còn." not in page.text


def test_a_new_import_shows_at_once(server: Server) -> None:
    page_of(server.get(f"/?field={quote(CIVIL)}"))
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [PASSPORT])
    page_of(server.get(f"/?field={quote(CIVIL)}"), 404)
    assert "Danh mục có 1 thủ tục." in page_of(server.get("/")).text


def test_an_empty_catalogue_still_has_its_page(server: Server) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [])
    page = page_of(server.get("/"))
    assert "Nguồn:" not in page.text
    assert not [href for href in page.links() if href.startswith("/?")]
    page_of(server.get("/?q=khai+sinh"))


@pytest.mark.parametrize("path", ["/", "/?q=khai+sinh", "/?field=x", "/?event=x"])
def test_a_database_that_is_down_is_told(
    server: Server, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail(*_: object) -> NoReturn:
        raise database.DatabaseUnavailable("down")

    monkeypatch.setattr(IndexCache, "get", fail)
    page = page_of(server.get(path), 503)
    assert "1022" in page.text
    assert not is_indexed(page)
    answer = server.get("/results?q=khai+sinh", PROGRAM)
    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (503, "unavailable")


def test_what_fails_otherwise_is_told_in_words(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> NoReturn:
        raise RuntimeError("secret")

    monkeypatch.setattr(finder, "find", fail)
    page = page_of(server.get("/?q=khai+sinh"), 500)
    assert "secret" not in page.text


def test_the_page_on_accessibility_needs_no_database(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "engine", None)
    page = page_of(server.get("/accessibility"))
    assert "Chưa có đơn vị độc lập nào kiểm tra trang này." in page.text


def test_monitors_may_ask_for_heads_only(server: Server) -> None:
    for path in ("/", "/?q=x", "/results?q=khai", portal.layout.ACCESSIBILITY):
        answer = server.ask(path, "HEAD")
        assert (answer.status, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  a\n\tb\0c\u200bd ", "a b cd"), ("e\u0302", "ê"), ("\u202e", ""), ("", "")],
)
def test_queries_are_read_without_what_is_not_seen(text: str, expected: str) -> None:
    assert clean(text) == expected
