"""The report on intents: what it tells, that it is whole and safe; the command that makes it."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot import commands
from bot.__main__ import main
from bot.codes import MASK
from bot.engine import agent as agents
from bot.engine import explain as explaining
from bot.engine.intent_file import FileMessage, known_intents
from bot.engine.intent_report import Report, Understood, render, understood_of
from bot.engine.report_parts import TEMPLATE, words
from bot.settings import Settings

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Text, tags and attributes of a page; fails where tags are not nested."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1] != "style":
            self.texts.append(" ".join(data.split()))


def explained(*names: str, confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    ranking = [{"name": name, "confidence": confidence / n} for n, name in enumerate(names, 1)]
    return {
        "text": "",
        "intent": ranking[0] if ranking else {"name": None, "confidence": 0.0},
        "fallback": False,
        "entities": [],
        "procedures": [],
        "ranking": ranking,
        **more,
    }


def report(*rows: tuple[FileMessage, dict[str, Any]]) -> Page:
    messages = [message for message, _ in rows]
    understood = [understood_of(result) for _, result in rows]
    return Page(render(Report("a.csv", "bot-1", dt.date(2026, 11, 29), messages, understood)))


LABELLED = (
    (FileMessage(2, "phí mấy", ("ask_fee",), "accented"), explained("ask_fee", "greet")),
    (
        FileMessage(3, "phi may rua", ("ask_fee",), "dialect"),
        explained("greet", "ask_fee", confidence=0.4, fallback=True),
    ),
    (
        FileMessage(4, "phí mấy, nộp ở đâu", ("ask_fee", "ask_where_to_apply"), ""),
        explained("ask_fee", "ask_where_to_apply", "greet", questions=["ask_fee"]),
    ),
)


def test_what_was_understood_is_taken_from_an_explanation() -> None:
    result = explained(
        "ask_fee",
        "ask_where_to_apply",
        "greet",
        questions=["ask_where_to_apply", "ask_fee"],
        fallback=True,
        entities=[
            {"entity": "phone", "value": "0912345678", "start": 0, "end": 10},
            {"entity": "phone", "value": "02553822123", "start": 0, "end": 10},
            {"entity": "money", "value": 5000, "start": 0, "end": 4},
        ],
        procedures=[
            {"code": "1.001193", "name": "Đăng ký khai sinh", "score": 0.8},
            {"code": "1.004194", "name": "Đăng ký tạm trú", "score": 0.1},
        ],
    )
    assert understood_of(result) == Understood(
        intents=("ask_where_to_apply", "ask_fee"),
        confidence=0.9,
        second="greet",
        second_confidence=0.9 / 3,
        is_unsure=True,
        entities=(("phone", MASK), ("phone", "02553822123"), ("money", "5000")),
        procedure=("1.001193", "Đăng ký khai sinh", 0.8),
    )


def test_an_explanation_without_any_intent_is_no_fault() -> None:
    assert understood_of(explained()).intents == ()
    page = report(
        (FileMessage(1, "…", ("greet",)), explained()), (FileMessage(2, "…"), explained())
    )
    assert "không nhận ra" in page.texts


def test_a_labelled_report_tells_scores_confusion_and_failures() -> None:
    page = report(*LABELLED)
    texts = page.texts
    assert texts[texts.index("Hiểu đúng") + 1] == "33,3%"
    # ask_fee 0,8, ask_where_to_apply 0, greet 0.
    assert "0,267" in texts
    for heading in (
        "Theo kiểu viết",
        "Theo số điều được hỏi trong câu",
        "Theo từng ý định",
        "Bảng nhầm lẫn",
        "Mười cặp hay nhầm nhất",
        "Các câu hiểu sai",
    ):
        assert heading in texts
    assert {"có dấu", "tiếng địa phương", "không ghi"} <= set(texts)
    titles = [value for name, value in page.attributes if name == "title"]
    assert "ask_fee: hiểu đúng 2 trong 3 câu (66,7%)" in titles
    assert "ask_fee, hiểu thành greet: 1 trong 3 câu (33,3%)" in titles
    assert "ask_where_to_apply, hiểu thành không nhận ra: 1 trong 1 câu (100,0%)" in titles
    # Wrong ones only, with line, confidence and second best.
    failed = texts[texts.index("Các câu hiểu sai") :]
    assert "phí mấy" not in failed
    start = failed.index("phi may rua")
    assert failed[start - 1 : start + 10] == [
        "3", "phi may rua", "ask_fee", "hỏi phí", "greet", "chào", "chưa chắc", "40,0%",
        "ask_fee", "hỏi phí", "20,0%",
    ]  # fmt: skip


def test_the_confusion_shows_only_rows_and_columns_that_occur() -> None:
    page = render(
        Report(
            "a.csv", "bot-1", dt.date(2026, 11, 29), [LABELLED[1][0]],
            [understood_of(LABELLED[1][1])],
        )
    )  # fmt: skip
    grid = page[page.index('<table class="grid">') :]
    grid = grid[: grid.index("</table>")]
    assert re.findall(r"<span>(.*?)</span>", grid) == ["greet"]
    assert re.findall(r'<th scope="row".*?>(.*?)</th>', grid) == ["ask_fee"]


def test_a_report_without_mistakes_registers_or_double_questions_leaves_them_out() -> None:
    page = report((FileMessage(1, "chào", ("greet",)), explained("greet")))
    assert "Không có câu nào hiểu sai." in page.texts
    assert "Không có cặp nào bị nhầm." in page.texts
    assert "Theo kiểu viết" not in page.texts
    assert "Theo số điều được hỏi trong câu" not in page.texts


def test_an_unlabelled_report_lists_every_message() -> None:
    result = explained(
        "ask_fee",
        entities=[{"entity": "place", "value": "Bình Sơn", "start": 0, "end": 8}],
        procedures=[{"code": "1.001193", "name": "Đăng ký khai sinh", "score": 0.8}],
    )
    page = report(
        (FileMessage(1, "phí ở Bình Sơn"), result), (FileMessage(3, "ờ"), explained("deny"))
    )
    assert "Hiểu đúng" not in page.texts
    start = page.texts.index("phí ở Bình Sơn")
    assert page.texts[start - 1 : start + 7] == [
        "1", "phí ở Bình Sơn", "ask_fee", "hỏi phí", "90,0%", "nơi chốn: Bình Sơn",
        "Đăng ký khai sinh", "1.001193, 80,0%",
    ]  # fmt: skip


HOSTILE = "<script>alert(1)</script>\"'&lt; onload=x $body ${style} \x00\x1b[2J\u202e"


@pytest.mark.parametrize("intents", [("greet",), ()], ids=["labelled", "unlabelled"])
def test_hostile_text_stays_text(intents: tuple[str, ...]) -> None:
    hostile = {"code": HOSTILE, "name": HOSTILE, "score": 0.5}
    result = explained(
        "ask_fee", entities=[{"entity": HOSTILE, "value": HOSTILE}], procedures=[hostile]
    )
    message = FileMessage(1, HOSTILE, intents, HOSTILE)
    rendered = render(
        Report(HOSTILE + "\udcff", HOSTILE, dt.date(2026, 1, 2), [message], [understood_of(result)])
    )
    page = Page(rendered)
    rendered.encode()
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    shown = [text for text in page.texts if text.startswith("<script>")]
    assert shown
    assert "\x00" not in rendered
    assert "\x1b" not in rendered


def test_the_page_needs_nothing_from_outside() -> None:
    page = report(*LABELLED)
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "href", "srcset", "action", "data"}
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    style = TEMPLATE.read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    assert ("content", "width=device-width, initial-scale=1") in page.attributes
    assert ("lang", "vi") in page.attributes


@pytest.mark.parametrize("intents", [("greet",), ()], ids=["labelled", "unlabelled"])
def test_personal_numbers_are_masked(intents: tuple[str, ...]) -> None:
    text = "số tôi 0912 345 678, căn cước 051234567890, hồ sơ H48.16-230512-0003"
    entities = [
        {"entity": "phone", "value": "0912345678"},
        {"entity": "identity_number", "value": "051234567890"},
        {"entity": "other", "value": "0912345678"},
    ]
    message = FileMessage(1, text, intents, "0912345678")
    page = report((message, explained("ask_fee", entities=entities)))
    everything = " ".join([*page.texts, *(value for _, value in page.attributes)])
    assert f"số tôi {MASK}, căn cước {MASK}, hồ sơ H48.16-230512-0003" in everything
    assert not re.search(r"0912|0512345", everything)


def test_every_intent_is_explained_in_words() -> None:
    assert [name for name in known_intents() if name not in words()] == []


# The command.


@pytest.fixture
def fake_bot(
    fresh_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Path]:
    """A bot that takes "phí" for a question about fees, all else for a greeting.

    Gives the models that were loaded.
    """
    loaded: list[Path] = []

    async def load(model: Path) -> None:
        loaded.append(model)

    async def explain_message(_: None, text: str) -> dict[str, Any]:
        return explained("ask_fee" if "phí" in text else "greet", "deny")

    monkeypatch.setattr(commands, "_quiet", lambda: None)
    monkeypatch.setattr(commands, "_model", lambda: tmp_path / "bot-1.tar.gz")
    monkeypatch.setattr(agents, "load", load)
    monkeypatch.setattr(explaining, "explain_message", explain_message)
    return loaded


def test_the_command_tells_scores_and_where_the_report_lies(
    fake_bot: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("text,intent\nphí?,ask_fee\nchào,greet\ndạ,affirm\n")
    arguments = ["--relative-to", str(tmp_path), "--output", "report.html"]
    assert main(["test-intents", "a.csv", *arguments]) == 0
    output = capsys.readouterr().out.splitlines()
    assert output == [
        "3 messages, 66.7% right, macro-F1 0.556.",
        f"Report: {tmp_path / 'report.html'}",
    ]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "mô hình bot-1.</p>" in page
    assert "Các câu hiểu sai" in page
    assert fake_bot == [tmp_path / "bot-1.tar.gz"]


def test_without_an_output_the_report_goes_below_var(
    fake_bot: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "câu hỏi.txt").write_text("phí?\nchào\n")
    assert main(["test-intents", str(tmp_path / "câu hỏi.txt")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 messages without intents to compare with.",
        f"Report: {tmp_path / 'intents-câu hỏi.html'}",
    ]


def test_faults_are_told_in_a_sentence_before_the_model_is_loaded(
    fake_bot: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.csv"
    good.write_text("phí?\n")
    bad.write_text("text,intent\nphí?,ask_fees\n")
    before = sorted(tmp_path.iterdir())
    for arguments, reason in [
        ([tmp_path / "none.csv"], "does not exist"),
        ([bad], "line 2: there is no intent 'ask_fees'; is ask_fee meant?"),
        ([good, "--output", tmp_path / "none" / "r.html"], "does not exist"),
        ([good, "--output", bad], "must end in .html"),
    ]:
        assert main(["test-intents", *map(str, arguments)]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("Error: ")
        assert reason in captured.err
    assert fake_bot == []
    assert sorted(tmp_path.iterdir()) == before


def test_without_a_model_and_with_a_broken_one_nothing_is_written(
    fake_bot: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.txt").write_text("phí?\n")

    def missing() -> Path:
        raise commands.CommandError("There is no current model: run scripts/train.")

    async def broken(model: Path) -> None:
        raise RuntimeError(f"{model.name} cannot be loaded")

    with monkeypatch.context() as patch:
        patch.setattr(commands, "_model", missing)
        assert main(["test-intents", str(tmp_path / "a.txt")]) == 1
    monkeypatch.setattr(agents, "load", broken)
    assert main(["test-intents", str(tmp_path / "a.txt")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Error: There is no current model: run scripts/train.",
        "Error: bot-1.tar.gz cannot be loaded",
    ]
    assert not list(tmp_path.glob("*.html"))
