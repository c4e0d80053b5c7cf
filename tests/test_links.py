"""Links to strange hosts in what citizens write."""

from __future__ import annotations

import pytest

from bot.links import strange_hosts


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("vào http://dichvucong-quangngai.top/nop?x=1 nộp phạt", ["dichvucong-quangngai.top"]),
        ("link dichvucong.gov.vn.nop-phat.com co that ko", ["dichvucong.gov.vn.nop-phat.com"]),
        ("dichvucong-gov.vn phải của tỉnh không", ["dichvucong-gov.vn"]),
        ("bấm bit.ly/3xYzAb nghe", ["bit.ly"]),
        ("https://dichvucong.gov.vn@evil.example/x", ["evil.example"]),
        ("hxxp://vneid-capnhat.vip", ["vneid-capnhat.vip"]),
        ("https://zalo.me/g/abc123 rủ vô nhóm", ["zalo.me"]),
        ("WWW.CSGT-PHATNGUOI.COM và www.csgt-phatnguoi.com", ["csgt-phatnguoi.com"]),
        ("tải http://103.20.1.7:8080/vneid.apk", ["103.20.1.7"]),
        ("https://dịchvụcông.vn/nộp", ["dịchvụcông.vn"]),
        ("https://xn--dchvcng-xya.xn--p1ai/a", ["xn--dchvcng-xya.xn--p1ai"]),
    ],
)
def test_strange_ones_are_found(text: str, hosts: list[str]) -> None:
    assert strange_hosts(text) == hosts


@pytest.mark.parametrize(
    "text",
    [
        "vào dichvucong.gov.vn nộp",
        "https://quangngai.gov.vn/thu-tuc?ma=1.001193",
        "https://www.facebook.com/baoquangngai/posts/1",
        "mã 000.00.53.H48-220921-0099 tới đâu rồi",
        "thủ tục 1.001193.000.00.00.H48",
        "gửi về nguyenvana@gmail.com giúp",
        "lệ phí 50.000đ/lần. Tôi ở Trà Bồng.Nộp ở đâu",
        "QĐ.UBND ban hành v.v. và TT.BTC",
        "ngày 12.5.2026",
        "",
    ],
)
def test_known_hosts_codes_and_numbers_are_not(text: str) -> None:
    assert strange_hosts(text) == []
