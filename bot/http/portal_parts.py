"""Pieces of the portal's pages as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlencode

from bot.http.directory import Directory, Entry, Event
from bot.http.layout import number, paragraphs, say
from bot.http.portal_search import LONGEST_QUERY, Found, facts
from bot.rendering.checklist import page_path

FIRST_EVENTS, FIRST_FIELDS = 12, 12


def address(**values: str | int) -> str:
    """The address of a list: `?field=…&page=…`."""
    return "/?" + urlencode(values)


def search_form(query: str, heading: str = "h2") -> str:
    """The field to search in; it works by itself, and with `web/src/portal` as one types."""
    return f"""<div class="search">
<{heading}>{escape(say("utter_portal_search"))}</{heading}>
<form id="search" role="search" method="get" action="/"
 data-failed="{escape(say("utter_portal_search_failed"))}">
<label for="q">{escape(say("utter_portal_search_label"))}</label>
<div class="row">
<input id="q" name="q" type="search" maxlength="{LONGEST_QUERY}" autocomplete="off"
 enterkeyhint="search" aria-describedby="q-hint" value="{escape(query)}">
<button type="submit">{escape(say("utter_portal_search_button"))}</button>
</div>
<p id="q-hint">{escape(say("utter_portal_search_hint"))}</p>
</form>
</div>"""


def results(found: Found | None) -> str:
    """The place of the results; empty and hidden until something is searched for."""
    status = escape(found.status) if found else ""
    entries = entry_list(found.entries) if found and found.entries else ""
    advice = paragraphs(found.advice) if found else ""
    hidden = "" if found else " hidden"
    return f"""<p id="search-status" role="status">{status}</p>
<section id="results" aria-labelledby="results-title"{hidden}>
<h2 id="results-title" class="visually-hidden">{escape(say("utter_portal_results"))}</h2>
<div id="found">{entries}{advice}</div>
</section>"""


def entry_list(entries: Iterable[Entry]) -> str:
    """Procedures with code, field and level, each leading to its page."""
    items = "\n".join(f"<li>{_entry(entry)}</li>" for entry in entries)
    return f'<ul class="procedures">\n{items}\n</ul>\n'


def _entry(entry: Entry) -> str:
    told = " ".join(f"<span>{escape(fact)}</span>" for fact in facts(entry))
    link = f'<a href="{escape(page_path(entry.code))}">{escape(entry.name)}</a>'
    return f'{link}\n<p class="facts">{told}</p>'


def event_steps(event: Event) -> str:
    """The procedures of a life event in their order, each with the reason for it."""
    items = "\n".join(
        f"<li>{_entry(entry)}\n<p>{escape(why)}</p></li>" for entry, why in event.steps
    )
    return f'<ol class="procedures">\n{items}\n</ol>\n'


def dossier() -> str:
    """What is needed to look up a dossier, and the button that does it in the chat."""
    return f"""<section class="card" aria-labelledby="dossier">
<h2 id="dossier">{escape(say("utter_portal_dossier"))}</h2>
<p>{escape(say("utter_portal_dossier_note"))}</p>
<button type="button" data-tro-ly="/check_dossier_status">{
        escape(say("utter_portal_dossier_button"))
    }</button>
</section>"""


def events(shown: Directory) -> str:
    """Life events: the first of the catalogue, then all."""
    links = [(address(event=key), event.name) for key, event in shown.events.items()]
    everything = say("utter_portal_all_events", count=len(links))
    heading, note = say("utter_portal_events"), say("utter_portal_events_note")
    return _group("events", heading, note, links[:FIRST_EVENTS], links, everything)


def fields(shown: Directory) -> str:
    """Fields with their counts: those that life events touch most, then all."""

    def link(name: str) -> tuple[str, str]:
        count = say("utter_portal_count", count=number(len(shown.fields[name])))
        return address(field=name), f"{name} ({count})"

    links = [link(name) for name in shown.fields]
    first = [link(name) for name in shown.fields_of_life(FIRST_FIELDS)]
    everything = say("utter_portal_all_fields", count=len(links))
    heading = say("utter_portal_fields")
    return _group("fields", heading, say("utter_portal_fields_note"), first, links, everything)


def _group(
    key: str,
    heading: str,
    note: str,
    first: Sequence[tuple[str, str]],
    links: Sequence[tuple[str, str]],
    everything: str,
) -> str:
    """A heading over a few links; all of them can be unfolded if there are more."""
    if not links:
        return ""
    shown = f"<p>{escape(note)}</p>\n{_links(first)}" if first else ""
    more = f"<details>\n<summary>{escape(everything)}</summary>\n{_links(links)}</details>\n"
    return f"""<section aria-labelledby="{key}">
<h2 id="{key}">{escape(heading)}</h2>
{shown}{more if len(links) > len(first) else ""}</section>"""


def _links(links: Iterable[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="{escape(to)}">{escape(text)}</a></li>' for to, text in links)
    return f'<ul class="links">{items}</ul>\n'


def page_links(field: str, page: int, pages: int) -> str:
    """Links to the pages before and after one of a field's list."""
    if pages == 1:
        return ""
    links = []
    if page > 1:
        links.append((page - 1, "prev", say("utter_portal_page_before")))
    if page < pages:
        links.append((page + 1, "next", say("utter_portal_page_after")))
    items = "".join(
        f'<li><a rel="{rel}" href="{escape(address(field=field, page=to))}">{escape(text)}</a></li>'
        for to, rel, text in links
    )
    where = escape(say("utter_portal_page", page=page, pages=pages))
    return f"""<nav class="pages" aria-label="{escape(say("utter_portal_pages"))}">
<p>{where}</p>
<ul>{items}</ul>
</nav>
"""
