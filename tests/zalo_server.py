"""Zalo as a real HTTP server for tests: the Official Account's API and its webhooks, with faults.

Written from public descriptions of API v3.0; it shares nothing with `bot.channels`. It is strict:
messages beyond Zalo's limits are refused with its error bodies (HTTP 200 and a code), a refresh
token works once. Codes other than -216 and -32 are those that public sources name, which differ.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

APP_ID, APP_SECRET, OA_SECRET = "4291763606161179100", "app-secret-of-tests", "oa-secret-of-tests"
ACCESS, REFRESH = "first-access-token", "first-refresh-token"
OA_ID, USER, OTHER_USER = "579745863508352884", "246845883529197922", "8955512231235508877"
SEND_PATH, TOKEN_PATH = "/v3.0/oa/message/cs", "/v4/oa/access_token"
SECONDS = 20
# Faults of sending, each for so many requests.
SLOW, ERROR, RATE, TOO_MANY, GARBAGE, CLOSED = "slow", "500", "-32", "429", "garbage", "closed"
UNAUTHORIZED = "401"
SLOW_SECONDS = 30.0


class ZaloServer:
    """The state of the account, and what was sent to its citizens."""

    def __init__(self) -> None:
        self.access_tokens, self.refresh_token = {ACCESS}, REFRESH
        self.expires_in: Any = "90000"
        self.sent: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.refreshes = self.refreshes_at_once = self.most_refreshes_at_once = 0
        self.refresh_seconds = 0.0
        self.refresh_status = 200
        self.fault, self.times = "", 0
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self._number = itertools.count(2)
        self._listener = _Listener(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """Settings of a bot that talks to this server."""
        return {
            "BOT_ZALO_APP_ID": APP_ID,
            "BOT_ZALO_APP_SECRET": APP_SECRET,
            "BOT_ZALO_SECRET_KEY": OA_SECRET,
            "BOT_ZALO_ACCESS_TOKEN": ACCESS,
            "BOT_ZALO_REFRESH_TOKEN": REFRESH,
            "BOT_ZALO_API_URL": self.url,
            "BOT_ZALO_OAUTH_URL": self.url,
        }

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self._listener.shutdown()
        self._listener.server_close()

    def fail(self, fault: str, times: int = 1) -> None:
        """Let the next requests to send fail."""
        self.fault, self.times = fault, times

    def expire(self) -> None:
        """End all access tokens."""
        self.access_tokens.clear()

    def texts(self, user: str = USER) -> list[str]:
        """What a citizen has read."""
        mine = [body for body in self.sent if body["recipient"]["user_id"] == user]
        return [body["message"]["text"] for body in mine]

    def wait_for(self, messages: int, user: str = USER) -> list[dict[str, Any]]:
        """A citizen's messages, once there are so many."""

        def mine() -> list[dict[str, Any]]:
            return [b["message"] for b in self.sent if b["recipient"]["user_id"] == user]

        with self.changed:
            arrived = self.changed.wait_for(lambda: len(mine()) >= messages, SECONDS)
        assert arrived, f"{len(mine())} of {messages} messages; refused: {self.refused}"
        return mine()

    def next_fault(self) -> str:
        with self.changed:
            if self.times <= 0:
                return ""
            self.times -= 1
            return self.fault

    def take(self, token: str, raw: bytes) -> dict[str, Any]:
        """The answer to a message."""
        if token not in self.access_tokens:
            return {"error": -216, "message": "Access token is invalid"}
        body = json.loads(raw)
        problem = _problem(body)
        with self.changed:
            if problem:
                self.refused.append(problem)
                return {"error": -201, "message": problem}
            self.sent.append(body)
            self.changed.notify_all()
            number = len(self.sent)
        data = {"message_id": f"out{number}", "user_id": body["recipient"]["user_id"]}
        return {"error": 0, "message": "Success", "data": data}

    def refresh(self, secret: str, form: dict[str, str]) -> dict[str, Any]:
        """The answer to who wants new tokens."""
        with self.changed:
            self.refreshes += 1
            self.refreshes_at_once += 1
            self.most_refreshes_at_once = max(self.most_refreshes_at_once, self.refreshes_at_once)
        self.stopped.wait(self.refresh_seconds)
        with self.changed:
            self.refreshes_at_once -= 1
            right = {"app_id": APP_ID, "grant_type": "refresh_token"}
            if secret != APP_SECRET or {k: form.get(k) for k in right} != right:
                return {"error": -14004, "error_name": "Invalid app secret", "error_reason": ""}
            if form.get("refresh_token") != self.refresh_token:
                name = "Invalid refresh token"
                return {"error": -14014, "error_name": name, "error_description": name}
            number = next(self._number)
            self.refresh_token, access = f"refresh-{number}", f"access-{number}"
            self.access_tokens = {access}
        document = {"access_token": access, "refresh_token": self.refresh_token}
        return document if self.expires_in is None else {**document, "expires_in": self.expires_in}


def _problem(body: Any) -> str:
    """What Zalo would refuse in a message; "" if nothing."""
    if set(body) != {"recipient", "message"} or set(body["recipient"]) != {"user_id"}:
        return "recipient and message are wanted"
    if body["recipient"]["user_id"] not in (USER, OTHER_USER):
        return "user_id is invalid"
    message = body["message"]
    text = message.get("text")
    if not set(message) <= {"text", "attachment"} or not isinstance(text, str) or not text.strip():
        return "text is invalid"
    if len(text) > 2000:
        return "text is longer than 2000 characters"
    if "attachment" in message:
        attachment = message["attachment"]
        buttons = attachment.get("payload", {}).get("buttons")
        if attachment.get("type") != "template" or not isinstance(buttons, list):
            return "attachment is invalid"
        if not 1 <= len(buttons) <= 5:
            return "between 1 and 5 buttons are wanted"
        for button in buttons:
            if button.get("type") not in ("oa.query.hide", "oa.query.show"):
                return "type of a button is invalid"
            if not 1 <= len(button.get("title", "")) <= 100:
                return "title of a button is invalid"
            if (
                not isinstance(button.get("payload"), str)
                or not 1 <= len(button["payload"]) <= 1000
            ):
                return "payload of a button is invalid"
    return ""


class _Listener(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


def _handler(server: ZaloServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = self.headers.get("Content-Type", "")
            if self.path == TOKEN_PATH and kind.startswith("application/x-www-form-urlencoded"):
                form = dict(urllib.parse.parse_qsl(raw.decode()))
                if server.refresh_status != 200:
                    server.refreshes += 1
                    self._send(server.refresh_status, "oops")
                    return
                answer = server.refresh(self.headers.get("secret_key", ""), form)
                self._send(200, json.dumps(answer))
            elif self.path == SEND_PATH and kind.startswith("application/json"):
                self._take(raw)
            else:
                self._send(404, "{}")

        def _take(self, raw: bytes) -> None:
            server.requests.append(json.loads(raw))
            fault = server.next_fault()
            if fault == SLOW:
                server.stopped.wait(SLOW_SECONDS)
            if fault in (SLOW, CLOSED):
                self.connection.close()
            elif fault == ERROR:
                self._send(500, "oops")
            elif fault == UNAUTHORIZED:
                self._send(401, "{}")
            elif fault == TOO_MANY:
                self._send(429, "{}", {"Retry-After": "1"})
            elif fault == RATE:
                self._send(200, json.dumps({"error": -32, "message": "Out of rate limit"}))
            elif fault == GARBAGE:
                self._send(200, "<html>")
            else:
                answer = server.take(self.headers.get("access_token", ""), raw)
                self._send(200, json.dumps(answer))

        def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
            body = text.encode()
            with contextlib.suppress(OSError):  # the client does not wait any longer
                self.send_response(status)
                # As Zalo does, whatever it is.
                self.send_header("Content-Type", "text/json;charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler


@contextlib.contextmanager
def running_zalo() -> Iterator[ZaloServer]:
    """A server in a thread, at a free port."""
    server = ZaloServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def now_ms() -> int:
    return int(time.time() * 1000)


def event(name: str, user: str = USER, **further: Any) -> dict[str, Any]:
    """An event as Zalo writes it; `further` is put beside or over its members."""
    who = {"follower": {"id": user}} if name == "follow" else {"sender": {"id": user}}
    return {
        "app_id": APP_ID, "user_id_by_app": "1" + user, "event_name": name, **who,
        "recipient": {"id": OA_ID}, "timestamp": str(now_ms()), **further,
    }  # fmt: skip


def text_event(text: str, msg_id: str, user: str = USER) -> dict[str, Any]:
    return event("user_send_text", user, message={"text": text, "msg_id": msg_id})


def sticker_event(msg_id: str, user: str = USER) -> dict[str, Any]:
    payload = {"id": "7a4a1d31", "url": "https://example.org/sticker.png"}
    attachments = [{"type": "sticker", "payload": payload}]
    return event("user_send_sticker", user, message={"msg_id": msg_id, "attachments": attachments})


def body_of(document: dict[str, Any]) -> bytes:
    """As Zalo spells it: no blanks."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def signature_of(body: bytes, secret: str = OA_SECRET, app_id: str = APP_ID) -> str:
    timestamp = str(json.loads(body)["timestamp"])
    data = b"".join((app_id.encode(), body, timestamp.encode(), secret.encode()))
    return "mac=" + hashlib.sha256(data).hexdigest()


def deliver(bot_url: str, body: bytes, signature: str | None = "right") -> int:
    """Call the webhook, signed unless another signature (None: no header) is given; the status."""
    headers = {"Content-Type": "application/json"}
    if signature is not None:
        right = signature == "right"
        headers["X-ZEvent-Signature"] = signature_of(body) if right else signature
    request = urllib.request.Request(f"{bot_url}/webhooks/zalo/webhook", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
