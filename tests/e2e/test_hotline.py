"""The hotline on a real server: whole talks in short pages, also across a restart."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.hotline_server import Gateway
from tests.running_bot import TEST_SECRET, RunningBot, running_bot

GSM = re.compile(r"[A-Za-z0-9 \n@$_!\"#%&'()*+,\-./:;<=>?]*")
MORE = "1 xem tiep"
KEYS = "0 gap nguoi, * quay lai, # ve dau."


@pytest.fixture(scope="module")
def folder(seeded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that outlives its servers."""
    made = tmp_path_factory.mktemp("hotline")
    shutil.copyfile(seeded_file, made / "bot.db")
    return made


@pytest.fixture
def hotline_bot(folder: Path) -> Iterator[RunningBot]:
    with running_bot(folder) as bot:
        yield bot


class Caller(Gateway):
    """A caller whose every page is looked at."""

    def __init__(self, bot: RunningBot, number: str) -> None:
        super().__init__(("127.0.0.1", bot.port), TEST_SECRET, number)

    def hear(self, text: str, message_id: str = "") -> list[str]:
        pages = self.say(text, message_id).pages
        assert 1 <= len(pages) <= 2
        for page in pages:
            assert 0 < len(page) <= 160
            assert GSM.fullmatch(page), page
        return pages

    def hear_all(self, text: str) -> list[str]:
        """All pages of an answer."""
        pages = self.hear(text)
        while pages[-1].endswith(MORE):
            pages += self.hear("1")
        return pages


def test_a_talk_in_pages(hotline_bot: RunningBot) -> None:
    caller = Caller(hotline_bot, "0912345678")
    greeting = caller.hear_all("xin chào")
    assert greeting[-1].endswith(KEYS)
    assert not re.search(r"\d Gap can bo", "\n".join(greeting))
    papers = " ".join(caller.hear_all("lam giay khai sinh can giay to gi"))
    assert re.search(r"giay chung sinh", papers, re.IGNORECASE)
    assert "Nguon:" in papers
    assert caller.hear_all("phí bao nhiêu")
    (unknown, *_) = caller.hear("9")
    assert unknown
    assert caller.hear_all("*")
    start = caller.hear_all("#")
    assert start[-1].endswith(KEYS)
    assert caller.hear_all("0")
    log = hotline_bot.log.read_text(encoding="utf-8", errors="replace")
    assert "912345678" not in log
    assert "giay khai sinh" not in log


def test_a_choice_of_procedures_is_a_menu(hotline_bot: RunningBot) -> None:
    caller = Caller(hotline_bot, "0912000001")
    offered = "\n".join(caller.hear_all("đăng ký khai sinh cho con có cha là người nước ngoài"))
    if not re.search(r"^1 ", offered, re.MULTILINE):
        offered = "\n".join(caller.hear_all("có những thủ tục hộ tịch nào"))
    title = re.search(r"^1 (.+)", offered, re.MULTILINE)
    assert title is not None, offered
    chosen = caller.hear("phím 1")
    assert not chosen[0].startswith("Phim 1 khong co")
    assert "\n".join(chosen) != offered


def test_a_restart_in_the_middle_of_a_long_answer(folder: Path) -> None:
    question = "đăng ký kết hôn cần giấy tờ gì"
    with running_bot(folder) as bot:
        caller = Caller(bot, "0912000002")
        whole = caller.hear_all(question)
        assert len(whole) > 2, "a shorter answer needs no second part"
        first = caller.hear(question, "long")
        assert first[-1].endswith(MORE)
    with running_bot(folder) as bot:
        caller = Caller(bot, "0912000002")
        # Delivered once more, it is not said anew.
        assert caller.hear(question, "long") == first
        rest = caller.hear("1")
        while rest[-1].endswith(MORE):
            rest += caller.hear("1")
        # The line of keys was told before; what is said is the same.
        assert words([*first, *rest]) == words(whole)


def words(pages: list[str]) -> list[str]:
    said = " ".join(pages).replace(MORE, "").replace(KEYS, "")
    return said.split()
