"""Whose web pages may talk to the bot: its own, and the portals that the settings name.

A session identifier is no cookie, so a foreign page cannot use a citizen's. But a page that
merely looks like the portal should not be able to have the province's assistant speak on it.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from bot.settings import settings


def is_allowed(origin: str, host: str = "") -> bool:
    """Whether a browser's page of this origin may talk to us.

    `host` is what the request calls us, "" where it does not. Requests without an origin come from
    no page of another site and are not asked about.
    """
    origin = origin.lower()
    return bool(origin) and (origin in settings().allowed_origins or origin in _own(host.lower()))


def _own(host: str) -> set[str]:
    """The bot's own origin: as configured and, by number, as the page was asked for.

    A name that leads here may be anybody's and lead here for a moment only (DNS rebinding): the
    public name has to be configured.
    """
    public = urlsplit(settings().public_url)
    own = {f"{public.scheme}://{public.netloc}".lower()}
    return {*own, f"http://{host}", f"https://{host}"} if _is_number(host) else own


def _is_number(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
