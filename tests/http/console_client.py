"""Somebody at the console: a program that speaks to its API as the page does."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from tests.http.serving import Answer, Server
from tests.staff.accounts import PASSWORD

API = "/console/api/"


class Staff:
    """A browser of the console, with its cookie and token."""

    def __init__(self, server: Server) -> None:
        self._address = urlsplit(server.origin)
        self.csrf = self.cookie = ""
        self.set_cookie = ""

    def call(
        self, method: str, path: str, body: Any = None, /, address: str = "", **headers: str
    ) -> Answer:
        """Ask for a path below the API; the headers replace those that the page sends.

        Underscores in headers' names stand for dashes; one that is "" is not sent. `address`: as
        a proxy on this machine would name the asker's.
        """
        sent = {"cookie": f"console_session={self.cookie}" if self.cookie else ""}
        sent["x-forwarded-for"] = address
        if method == "POST":
            sent |= {"x-csrf-token": self.csrf, "content-type": "application/json"}
            sent["origin"] = f"http://{self._address.netloc}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self._address.netloc, timeout=20)
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        shown = {name: value for name, value in sent.items() if value}
        try:
            connection.request(
                method, API + path, content if method == "POST" else None, headers=shown
            )
            found = connection.getresponse()
            answer = Answer(
                found.status,
                {name.lower(): value for name, value in found.getheaders()},
                found.read(),
            )
        finally:
            connection.close()
        if "set-cookie" in answer.headers:
            self.set_cookie = answer.headers["set-cookie"]
            self.cookie = self.set_cookie.partition(";")[0].partition("=")[2].strip('"')
        return answer

    def get(self, path: str) -> Any:
        """What a path answers."""
        answer = self.call("GET", path)
        assert answer.status == 200, answer.text
        return json.loads(answer.content)

    def post(self, path: str, **body: Any) -> Any:
        """What comes of a change."""
        answer = self.call("POST", path, body)
        assert answer.status == 200, answer.text
        return json.loads(answer.content)

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        """Who one is."""
        told = self.post("sign-in", name=name, password=password)
        self.csrf = told["csrf"]
        return told


def refusal(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal, which says something to people."""
    error = json.loads(answer.content)["error"]
    assert error["message"].endswith("."), error
    assert answer.headers["cache-control"] == "no-store"
    return answer.status, error["code"]
