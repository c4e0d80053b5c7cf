"""Files of messages to test: what is read, what is refused and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import intent_file
from bot.engine.intent_file import FileMessage, OutputRefused, check_output, known_intents, read
from bot.imports import ImportRefused
from bot.settings import PROJECT_ROOT

INTENTS = ("ask_fee", "ask_where_to_apply", "greet")
LONGEST = 100


def written(folder: Path, content: str | bytes, name: str = "messages.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_text(folder: Path, content: str | bytes, name: str = "messages.csv") -> list[FileMessage]:
    return read(written(folder, content, name), INTENTS, LONGEST)


def test_a_labelled_file_is_read_with_lines_intents_and_registers(tmp_path: Path) -> None:
    content = (
        "note,text,intent,register\n"
        'x,"hết nhiêu tiền, nộp ở mô",ask_fee + ask_where_to_apply,dialect\n'
        "\n"
        '"","hai\ndòng",greet,\n'
        ",chào,greet,accented\n"
    )
    assert read_text(tmp_path, content) == [
        FileMessage(2, "hết nhiêu tiền, nộp ở mô", ("ask_fee", "ask_where_to_apply"), "dialect"),
        FileMessage(4, "hai\ndòng", ("greet",), ""),
        FileMessage(6, "chào", ("greet",), "accented"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbftext,intent\r\nph\xc3\xad?,ask_fee\r\n",
        "text;intent\nphí?;ask_fee\n",
        " text , intent \n phí? , ask_fee \n",
        '"text","intent"\n"phí?","ask_fee"',
    ],
    ids=["byte order mark", "semicolons", "spaces", "quotes"],
)
@pytest.mark.parametrize("name", ["a.csv", "a.CSV", "a.txt"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: str | bytes, name: str) -> None:
    assert read_text(tmp_path, content, name) == [FileMessage(2, "phí?", ("ask_fee",))]


@pytest.mark.parametrize("content", ["text\nphí?\n", "text,intent\nphí?,\n"])
def test_a_csv_file_may_have_no_labels(tmp_path: Path, content: str) -> None:
    assert read_text(tmp_path, content) == [FileMessage(2, "phí?")]


def test_a_text_file_has_one_message_a_line(tmp_path: Path) -> None:
    content = "\ufeffphí, lệ phí?\r\n\n  nộp ở mô\u2028rứa \n"
    assert read_text(tmp_path, content, "messages.txt") == [
        FileMessage(1, "phí, lệ phí?"),
        FileMessage(3, "nộp ở mô\u2028rứa"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"text\nph\xed\n", "messages.csv, line 2, is not UTF-8"),
        ("chào".encode("utf-16"), "line 1, is not UTF-8"),
        ("", "messages.csv holds no messages"),
        ("text,intent\n\n,\n", "holds no messages"),
        ("question,intent\na,greet\n", "has no column text"),
        ("text,text\na,b\n", "the column text stands twice"),
        ("text,intent\na,greet\nb\n", "line 3: the number of columns differs"),
        ("text,intent\na,greet,c\n", "line 2: the number of columns differs"),
        ('text,intent\n"a,greet\n', "messages.csv, line 2: unexpected end of data"),
        ("text,intent\na,\x00greet\n", "line contains NUL"),
        ("text,intent\na,greet\nb,ask_fees\n", "line 3: there is no intent 'ask_fees'; is ask_fee"),
        ("text,intent\na,0912345678\n", "there is no intent '••••••••••'"),
        ("text,intent\na,greet+\n", "line 2: there is no intent ''"),
        ("text,intent\na,greet+greet\n", "line 2: an intent stands twice"),
        ("text,intent\na,greet\nb,\n", "line 3: the intent is missing"),
        ("text,intent\n ,greet\n", "line 2: the text is missing"),
        (f"text\n{'a' * 101}\n", "line 2: the text has 101 characters; the bot takes at most 100"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_text(tmp_path, content)
    assert reason in str(refusal.value)


def test_all_faulty_lines_are_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_text(tmp_path, "text,intent\na,x\nb,greet\nc,y\n")
    assert str(refusal.value).splitlines() == [
        "messages.csv has faulty rows:",
        "line 2: there is no intent 'x'",
        "line 4: there is no intent 'y'",
    ]


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="does not exist"):
        read(tmp_path / "none.csv", INTENTS, LONGEST)
    with pytest.raises(ImportRefused, match="is not a file"):
        read(tmp_path, INTENTS, LONGEST)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(intent_file.LARGEST_FILE + 1)
    with pytest.raises(ImportRefused, match="larger than 20 MB"):
        read(path, INTENTS, LONGEST)


def test_no_more_than_20000_messages_are_taken(tmp_path: Path) -> None:
    assert len(read_text(tmp_path, "a\n" * 20_000, "a.txt")) == 20_000
    with pytest.raises(ImportRefused, match="holds 20001 messages; the most is 20000"):
        read_text(tmp_path, "a\n" * 20_001, "a.txt")


def test_the_intents_of_the_domain_are_known() -> None:
    assert {"ask_fee", "out_of_scope"} <= set(known_intents())


@pytest.mark.parametrize("name", ["development.csv", "held_out.csv"])
def test_the_project_s_own_test_messages_can_be_read(name: str) -> None:
    messages = read(PROJECT_ROOT / "tests" / "nlu" / name, known_intents(), 2000)
    assert len(messages) > 100
    assert all(message.intents for message in messages)


def test_an_output_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    source = written(tmp_path, "a", "a.html")
    (tmp_path / "folder.html").mkdir()
    for path, reason in [
        (tmp_path / "a.csv", "must end in .html"),
        (source, "would be overwritten"),
        (tmp_path / "folder.html", "would be overwritten"),
        (tmp_path / "none" / "b.html", "does not exist"),
        (source / "b.html", "does not exist"),
        # Where not even root can make a file.
        (Path("/proc/b.html"), "cannot be written"),
    ]:
        if path.parent.exists() or path.parent.parent == tmp_path:
            with pytest.raises(OutputRefused, match=reason):
                check_output(path, source)
    check_output(tmp_path / "b.html", source)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "folder.html"]


def test_a_report_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "earlier", "report.html")

    def full(self: Path, text: str, **_: str) -> int:
        self.write_bytes(text[:3].encode())
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(OSError, match="No space"):
            intent_file.write(path, "a new report")
    assert path.read_text() == "earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    intent_file.write(path, "a new report")
    assert path.read_text() == "a new report"
