"""The page of a procedure over HTTP, without a trained model."""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote, unquote

import pytest
from sanic import Sanic

from bot import clock, database
from bot.catalogue import layers, service
from bot.catalogue import tables as t
from bot.catalogue.model import Channel, Document, Duration, Fee, Form, Source
from bot.http import add_routes
from bot.http.procedure_page import HEADERS, communes, find_commune
from bot.offices.sheet_import import load_seed
from bot.offices.units_import import import_units
from bot.settings import PROJECT_ROOT, Settings
from tests.catalogue.exports import procedure


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    text: str


class Server:
    """The page's blueprint, served on a free port by a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._address = self._socket.getsockname()

    def start(self) -> None:
        """Serve until `stop`."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(timeout=10)

    async def _serve(self) -> None:
        app = Sanic("page_test", configure_logging=False)
        add_routes(app)
        server = await app.create_server(sock=self._socket, return_asyncio_server=True)
        assert server is not None
        await server.startup()

    def stop(self) -> None:
        """Serve no longer."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._socket.close()

    def get(self, path: str, accept: str = "text/html,*/*;q=0.8") -> Answer:
        """Ask for a path as it is written."""
        connection = http.client.HTTPConnection(*self._address, timeout=10)
        connection.request("GET", path, headers={"Accept": accept})
        found = connection.getresponse()
        headers = {name.lower(): value for name, value in found.getheaders()}
        answer = Answer(found.status, headers, found.read().decode())
        connection.close()
        return answer


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.stop()


EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>&amp;'
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
JSON = "application/json"


@pytest.fixture(autouse=True)
def _catalogue(database_ready: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat("2026-11-24T09:00"))
    import_units()
    load_seed()
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [BIRTH, HOSTILE])


class Outline(HTMLParser):
    """Elements with their attributes, and the text that is shown."""

    VOID = frozenset({"meta", "link", "input", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of each element of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]


def outline(server: Server, path: str) -> Outline:
    answer = server.get(path)
    assert answer.status == 200
    return Outline(answer.text)


def of_commune(name: str) -> str:
    return f"/p/{BIRTH.code}?xa={quote(name)}"


def test_the_page_is_marked_up_for_all_to_read(server: Server) -> None:
    page = outline(server, f"/p/{BIRTH.code}")
    assert page.all("html") == [{"lang": "vi"}]
    assert [len(page.all(tag)) for tag in ("h1", "main", "nav", "title")] == [1, 1, 1, 1]
    identifiers = [found["id"] for _, found in page.elements if "id" in found]
    assert len(identifiers) == len(set(identifiers))
    sections = page.all("section")
    assert len(sections) == len(page.all("h2")) == 12
    assert {section["aria-labelledby"] for section in sections} <= set(identifiers)
    # A label for the field, and one around each box.
    assert [label.get("for") for label in page.all("label")] == ["xa", None, None]
    boxes = [found for found in page.all("input") if found.get("type") == "checkbox"]
    assert len(boxes) == len(PAPERS)
    assert "Giấy chứng sinh (1 bản chính)" in page.text
    assert "chưa công bố" in page.text
    assert "Danh sách này làm ngày 24/11/2026." in page.text


def test_the_page_needs_no_script_and_nothing_from_elsewhere(server: Server) -> None:
    answer = server.get(f"/p/{BIRTH.code}")
    page = Outline(answer.text)
    assert not page.all("script")
    assert not page.all("style")
    assert not [found for _, found in page.elements if "style" in found]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    sheets = [found["href"] for found in page.all("link") if found["rel"] == "stylesheet"]
    assert sheets == ["/web/procedure.css"]
    assert server.get(sheets[0]).status == 200


def test_links_lead_to_the_chat_and_the_portal(server: Server) -> None:
    links = outline(server, f"/p/{BIRTH.code}").all("a")
    assert links[0] == {"href": "/"}
    assert links[1] == {"href": "https://dichvucong.gov.vn", "rel": "noopener"}
    assert all(a.get("rel") == "noopener" for a in links if a["href"].startswith("http"))


def test_nothing_of_the_catalogue_becomes_markup(server: Server) -> None:
    page = outline(server, f"/p/{HOSTILE.code}?xa={quote(EVIL)}")
    assert not page.all("script")
    assert not page.all("img")
    assert {name for _, found in page.elements for name in found if name.startswith("on")} == set()
    assert EVIL in page.text
    hrefs = [found["href"] for found in page.all("a")]
    assert not [href for href in hrefs if not href.startswith(("/", "http"))]
    assert "https://a.vn/?a=1&b=2" in hrefs
    assert 'https://a.vn/"onmouseover="alert(4)' in hrefs


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
    assert {"href": "/"} in page.all("a")
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("code", BAD_CODES)
def test_an_unknown_code_is_told_to_programs_as_json(server: Server, code: str) -> None:
    answer = server.get(f"/p/{code}", JSON)
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
    answer = server.get(f"/p/{BIRTH.code}", JSON)
    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (503, "unavailable")


def test_on_paper_the_form_is_left_out_and_colours_are_enough() -> None:
    sheet = (PROJECT_ROOT / "web" / "procedure.css").read_text(encoding="utf-8")
    printed = sheet.partition("@media print")[2]
    assert ".screen { display: none; }" in printed
    assert "size: A4" in sheet
    colours = set(re.findall(r"#[0-9a-f]{3,6}\b", sheet))
    assert len(colours) > 4
    for colour in colours - {"#fff"}:
        assert contrast_with_white(colour) >= 4.5, colour


def contrast_with_white(colour: str) -> float:
    """The ratio that WCAG 2 defines."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in channels]
    luminance = sum(share * x for share, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)
