"""The frame of all pages: head, header with its skip link, breadcrumb, footer, the chat's tag.

HTML is put together from escaped pieces; the words stand in `domain/portal.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from sanic.response import HTTPResponse, html

from bot import wording
from bot.http.headers import page_headers
from bot.settings import settings

HOME, ACCESSIBILITY, LICENCES = "/", "/accessibility", "/web/licenses.txt"
WIDGET = "/widget.js"
# What the widget says where it is not told otherwise.
WIDGET_KEPT_DAYS = 30


@dataclass(frozen=True)
class Page:
    """What stands in the frame.

    `main` is HTML, `title` is text. `crumbs` are the steps between the home page and this one
    as (address, text); the home page itself has no breadcrumb (None). `data` is the sentence on
    source and date of the data. `procedure` is the code of the one that the page is about;
    `scripts` and `sheets` are addresses of files. Pages of search results are not `indexed`.
    """

    title: str
    main: str
    crumbs: tuple[tuple[str, str], ...] | None = ()
    data: str = ""
    procedure: str = ""
    scripts: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    indexed: bool = True


def say(name: str, /, **values: Any) -> str:
    """A piece of `domain/portal.yml` with its keywords filled in."""
    return wording.text("portal", name).format(**values)


def number(value: int) -> str:
    """A count as it is written in Vietnam: 2.812."""
    return f"{value:,}".replace(",", ".")


def paragraphs(texts: Iterable[str]) -> str:
    """Texts as paragraphs of HTML."""
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def answer(page: Page, status: int = 200) -> HTTPResponse:
    """The page with its headers."""
    return html(document(page), status=status, headers=page_headers())


def problem(title: str, texts: Iterable[str], status: int) -> HTTPResponse:
    """A page that says in words what cannot be shown, and what to do."""
    main = f"<h1>{escape(title)}</h1>\n{paragraphs(texts)}"
    return answer(Page(title, main, indexed=False), status)


def document(page: Page) -> str:
    """The whole page as HTML."""
    return f"""{_head(page.title, page.sheets, page.scripts, indexed=page.indexed)}
<body>
<a class="skip screen" href="#main">{escape(say("utter_portal_skip"))}</a>
{_header()}
{_breadcrumb(page)}<main id="main" tabindex="-1">
{page.main}
</main>
{_footer(page.data)}
{chat_tag({"procedure": page.procedure})}
</body>
</html>
"""


def bare_document(title: str, body: str) -> str:
    """A page without header and footer, to stand in a frame of another page."""
    return f"""{_head(title, (), (), indexed=False)}
<body class="bare">
{body}
</body>
</html>
"""


def chat_tag(options: dict[str, str]) -> str:
    """The tag that brings the chat, with its options (those that are not empty)."""
    days = settings().keep_conversations_days
    if days != WIDGET_KEPT_DAYS:
        options = {**options, "kept-days": str(days)}
    given = "".join(f' data-{name}="{escape(value)}"' for name, value in options.items() if value)
    return f'<script src="{WIDGET}"{given} async></script>'


def no_script() -> str:
    """What is said where scripts do not run."""
    return f'<noscript><p class="notice">{escape(say("utter_portal_no_script"))}</p></noscript>'


def _head(title: str, sheets: Iterable[str], scripts: Iterable[str], *, indexed: bool) -> str:
    links = "".join(
        f'<link rel="stylesheet" href="{sheet}">\n' for sheet in ("/web/portal.css", *sheets)
    )
    deferred = "".join(f'<script src="{script}" defer></script>\n' for script in scripts)
    robots = "" if indexed else '<meta name="robots" content="noindex">\n'
    return f"""<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{robots}<title>{escape(title)}</title>
{links}{_early()}
<link rel="icon" href="data:,">
{deferred}</head>"""


def _early() -> str:
    """On a slow line the chat's script, whose tag stands last, would wait for the whole page."""
    return f'<link rel="preload" href="{WIDGET}" as="script">'


def _header() -> str:
    return f"""<header class="site screen">
<div class="wide">
<a class="brand" href="{HOME}"><span>{escape(say("utter_portal_name"))}</span>
<span class="province">{escape(say("utter_portal_province"))}</span></a>
<p class="demo"><strong>{escape(say("utter_portal_demo"))}</strong>
<span>{escape(say("utter_portal_demo_note"))}</span></p>
</div>
</header>"""


def _breadcrumb(page: Page) -> str:
    if page.crumbs is None:
        return ""
    steps = ((HOME, say("utter_portal_home")), *page.crumbs)
    items = "".join(f'<li><a href="{escape(to)}">{escape(text)}</a></li>' for to, text in steps)
    return (
        f'<nav class="crumbs wide screen" aria-label="{escape(say("utter_portal_breadcrumb"))}">\n'
        f"<ol>{items}</ol>\n</nav>\n"
    )


def _footer(data: str) -> str:
    told = f"<p>{escape(data)}</p>\n" if data else ""
    links = (
        (ACCESSIBILITY, say("utter_portal_accessibility")),
        (LICENCES, say("utter_portal_licences")),
    )
    items = "".join(f'<li><a href="{to}">{escape(text)}</a></li>' for to, text in links)
    return f"""<footer class="site screen">
<div class="wide">
{no_script()}
{told}<p>{escape(say("utter_portal_demo_note"))}</p>
<nav aria-label="{escape(say("utter_portal_footer_links"))}"><ul>{items}</ul></nav>
</div>
</footer>"""
