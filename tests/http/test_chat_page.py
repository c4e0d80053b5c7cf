"""The chat alone, for a frame of a portal."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bot.http import assets, layout
from bot.settings import Settings, settings
from tests.http.serving import EVIL, Outline, Server


@pytest.fixture(autouse=True)
def _settings(fresh_settings: Settings) -> None:
    """The page asks no database: there is none."""


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", {}),
        ("?procedure=1.001193", {"data-procedure": "1.001193"}),
        ("?language=en", {"data-language": "en"}),
        ("?procedure=&language=", {}),
        ("?procedure=1.001193&language=vi&x=1",
         {"data-procedure": "1.001193", "data-language": "vi"}),
    ],
)  # fmt: skip
def test_it_holds_the_chat_and_nothing_else(
    server: Server, query: str, options: dict[str, str]
) -> None:
    answer = server.get(f"/chat{query}")
    assert answer.status == 200
    page = Outline(answer.text)
    own = {"src": "/widget.js", "data-target": "#chat", "data-open": "yes", "async": ""}
    assert page.all("script") == [{**own, **options}]
    assert page.all("main") == [{"id": "chat"}]
    assert page.all("meta")[-1] == {"name": "robots", "content": "noindex"}
    assert not page.all("header")
    assert page.links() == []
    # Where no script runs, a person can be called.
    assert page.all("noscript")
    assert "1022" in page.text


@pytest.mark.parametrize(
    "query",
    ["procedure=1.00119", "procedure=x", f"procedure={quote(EVIL)}", "language=fr", "language=EN",
     "procedure=1.001193%0A", f"language={quote(EVIL)}", "procedure=%ff",
     "procedure=x&procedure=1.001193"],
)  # fmt: skip
def test_what_cannot_be_used_is_told(server: Server, query: str) -> None:
    answer = server.get(f"/chat?{query}")
    assert answer.status == 400
    page = Outline(answer.text)
    page.assert_harmless()
    assert not page.all("script")
    named = "Mã thủ tục" if "procedure" in query else "Ngôn ngữ"
    assert f"{named} trên đường dẫn" in page.text


def test_the_chat_is_told_how_long_conversations_are_kept(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "kept-days" not in layout.chat_tag({})
    monkeypatch.setenv("BOT_KEEP_CONVERSATIONS_DAYS", "90")
    settings.cache_clear()
    assert ' data-kept-days="90"' in layout.chat_tag({})


def test_what_the_chat_says_by_itself_is_the_default_of_the_setting(
    fresh_settings: Settings,
) -> None:
    assert fresh_settings.keep_conversations_days == layout.WIDGET_KEPT_DAYS
    script = (assets.WEB / "dist" / "widget.js").read_text(encoding="utf-8")
    assert f"keptDays:{layout.WIDGET_KEPT_DAYS}" in script
