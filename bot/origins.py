"""Whose web pages may talk to the bot: its own, and the portals that the settings name.

A session identifier is no cookie, so a foreign page cannot use a citizen's. But a page that
merely looks like the portal should not be able to have the province's assistant speak on it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.settings import settings


def is_allowed(origin: str, *hosts: str) -> bool:
    """Whether a browser's page of this origin may talk to us.

    `hosts` are what the request calls us in `Host` and `X-Forwarded-Host`, "" where it does not.
    Requests without an origin come from no page of another site and are not asked about.
    """
    origin = origin.lower()
    return bool(origin) and (origin in settings().allowed_origins or origin in _own(hosts))


def _own(hosts: tuple[str, ...]) -> set[str]:
    """The bot's own origin: as configured, and as the page was asked for."""
    public = urlsplit(settings().public_url)
    own = {f"{public.scheme}://{public.netloc}".lower()}
    # A proxy may speak https for us; which of both schemes the page has is not for us to tell.
    for host in (host.split(",")[0].strip().lower() for host in hosts):
        own |= {f"http://{host}", f"https://{host}"} if host else set()
    return own
