"""The page of a payment QR code over HTTP, from the order to the decoded picture."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from bot import clock, database, settings, wording
from bot.http.headers import content_policy
from bot.payments import qr, qr_reference
from bot.payments.qr import QrOrder
from bot.settings import Settings
from tests.http.serving import EVIL, PROGRAM, Answer, Outline, Server
from tests.payments.beneficiary_lists import AGENCY, ENTRY, entry, signed, switch_on, write

CODE, FEE = "000.00.53.H48-261112-0099", 1_250_000
LAST_LINE = "Cán bộ không bao giờ yêu cầu chuyển tiền trong cuộc trò chuyện này."


@pytest.fixture(autouse=True)
def file(database_ready: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good list that the settings name."""
    path = write(tmp_path / "beneficiaries.json", signed(ENTRY))
    switch_on(monkeypatch, path)
    return path


def offered(minutes_ago: int = 0) -> QrOrder:
    moment = dt.datetime.utcnow() - dt.timedelta(minutes=minutes_ago)
    order = qr.offer(CODE, AGENCY, FEE, "session", moment)
    assert order is not None
    return order


def decoded(content: bytes) -> list[str]:
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "PNG"
    return [found.text for found in zxingcpp.read_barcodes(np.asarray(picture.convert("L")))]


def assert_private(answer: Answer) -> None:
    """Nobody keeps, finds or frames it."""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy, strict = content_policy().split("; "), answer.headers["content-security-policy"]
    assert strict.split("; ") == [*policy[:-1], "frame-ancestors 'none'"]
    assert policy[-1].startswith("frame-ancestors ")


def test_the_page_says_all_that_the_code_says(server: Server) -> None:
    order = offered()
    answer = server.get(order.path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert_private(answer)
    rows = re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", answer.text)
    assert rows == [
        ("Người nhận", "SO TU PHAP TINH QUANG NGAI"),
        ("Ngân hàng", "Vietcombank"),
        ("Số tài khoản", "0271000123456"),
        ("Số tiền", "1.250.000 đồng"),
        ("Nội dung chuyển khoản", order.reference),
        ("Hồ sơ", "Mã kết thúc bằng 0099"),
    ]
    until = clock.in_vietnam(order.expires_at)
    page = Outline(answer.text)
    assert f"Trả trước {until:%H:%M} ngày {until:%d/%m/%Y}." in page.text
    assert "Chỉ trả khi tên người nhận trên máy anh/chị đúng như trên đây." in page.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert main.rstrip().endswith(f"<p>{LAST_LINE}</p>\n</section>")


def test_the_picture_is_the_code(server: Server) -> None:
    order = offered()
    page = Outline(server.get(order.path).text)
    (image,) = page.all("img")
    assert image["src"] == f"{order.path}.png"
    assert image["alt"] == (
        "Mã QR chuyển 1.250.000 đồng cho SO TU PHAP TINH QUANG NGAI, số tài khoản 0271000123456 "
        f"tại Vietcombank, nội dung {order.reference}. Các thông tin này có ở bên dưới."
    )
    answer = server.get(image["src"])
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert_private(answer)
    assert decoded(answer.content) == [order.payload]
    assert image["width"] == image["height"]
    # A phone of 320 pixels shows it whole, on whole pixels.
    assert 200 <= int(image["width"]) <= 390
    link = next(a for a in page.all("a") if "download" in a)
    assert link == {"href": image["src"], "download": f"{order.reference}.png"}


def test_the_page_is_marked_up_for_all_to_read_and_to_print(server: Server) -> None:
    page = Outline(server.get(offered().path).text)
    assert page.all("html") == [{"lang": "vi"}]
    once = ("h1", "main", "dl", "img")
    assert [len(page.all(tag)) for tag in once] == [1] * len(once)
    assert len(page.all("section")) == len(page.all("h2")) == 2
    assert len(page.all("dt")) == len(page.all("dd")) == 6
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert page.all("script") == [{"src": "/widget.js", "async": ""}]
    names = {name for _, found in page.elements for name in found}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    sheets = [found["href"] for found in page.all("link") if found["rel"] == "stylesheet"]
    assert [server.get(sheet).status for sheet in sheets] == [200, 200]


def test_nothing_of_the_payer_is_shown(server: Server) -> None:
    order = offered()
    for path in (order.path, f"{order.path}.png"):
        content = server.get(path).content
        assert CODE.encode() not in content
        assert b"261112" not in content
        assert b"session" not in content


def test_nothing_of_the_list_becomes_markup(server: Server, file: Path) -> None:
    evil = EVIL.replace('"', "'", 1)
    write(file, signed(entry(name=evil, bank_name=EVIL)))
    page = Outline(server.get(offered().path).text)
    assert evil in page.text
    assert [found["alt"].count(evil) for found in page.all("img")] == [1]
    assert {found.get("src") for found in page.all("script")} == {"/widget.js"}
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]


def test_an_open_page_loads_again_when_the_code_ends(server: Server) -> None:
    seconds = int(server.get(offered(minutes_ago=10).path).headers["refresh"])
    assert 20 * 60 - 5 <= seconds <= 20 * 60 + 1


def test_after_its_time_the_page_says_so_and_shows_no_picture(server: Server) -> None:
    order = offered(minutes_ago=30)
    for path in (order.path, f"{order.path}.png"):
        answer = server.get(path)
        assert answer.status == 410
        assert_private(answer)
        page = Outline(answer.text)
        assert page.all("img") == []
        assert "Mã QR này không còn dùng được" in page.text
        assert ENTRY["account"] not in page.text
        assert LAST_LINE in page.text
        assert "refresh" not in answer.headers
        program = server.get(path, PROGRAM)
        assert (program.status, json.loads(program.text)["error"]["code"]) == (410, "not_found")


def test_without_its_beneficiary_the_page_has_ended(server: Server, file: Path) -> None:
    order = offered()
    write(file, signed(entry(key="other")))
    assert server.get(order.path).status == 410
    write(file, {**signed(ENTRY), "signature": "x"})
    assert server.get(order.path).status == 410
    write(file, signed(ENTRY))
    assert server.get(order.path).status == 200


UNKNOWN = ["x", "QNG", ".png", "%00", "%ff", "..%2f..", "x" * 5000, "QNG2222222222-" + "0" * 32,
           "{0.__class__}"]  # fmt: skip


@pytest.mark.parametrize("token", UNKNOWN)
def test_an_unknown_address_is_told_in_words_and_warned_of(server: Server, token: str) -> None:
    answer = server.get(f"/pay/qr/{token}")
    assert answer.status == 404
    assert_private(answer)
    page = Outline(answer.text)
    page.assert_harmless()
    assert "Anh/chị đừng trả tiền theo người gửi đường dẫn." in page.text
    assert LAST_LINE in page.text
    program = server.get(f"/pay/qr/{token}", PROGRAM)
    assert (program.status, json.loads(program.text)["error"]["code"]) == (404, "not_found")


def test_a_reference_alone_opens_nothing(server: Server) -> None:
    order = offered()
    forged = f"{order.reference}-{qr_reference.token(qr_reference.draw())[-32:]}"
    for token in (order.reference, forged, order.token.upper(), f"{order.token}x"):
        assert server.get(f"/pay/qr/{token}").status == 404
        assert server.get(f"/pay/qr/{token}.png").status == 404


def test_while_it_is_off_there_is_no_page(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    order = offered()
    monkeypatch.setenv("BOT_QR_PUBLIC_KEY", "")
    settings.settings.cache_clear()
    assert server.get(order.path).status == 404
    assert server.get(f"{order.path}.png").status == 404


def test_a_database_that_is_down_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise database.DatabaseUnavailable("down")

    monkeypatch.setattr(qr, "find", fail)
    answer = server.get("/pay/qr/x")
    assert answer.status == 503
    assert "1022" in Outline(answer.text).text


def test_only_the_head_is_sent_where_only_that_is_asked_for(server: Server) -> None:
    order = offered()
    for path in (order.path, f"{order.path}.png"):
        head = server.ask(path, "HEAD", Accept="text/html")
        assert (head.status, head.content) == (200, b"")
        assert_private(head)
    assert server.ask(order.path, "POST", Accept=PROGRAM, Content_Length="0").status == 405


def test_the_last_line_is_the_one_of_all_answers() -> None:
    assert wording.fragment("no_transfer_in_chat") == LAST_LINE
