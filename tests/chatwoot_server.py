"""Chatwoot as a real HTTP server for tests: one account with an API inbox, with faults.

Written from Chatwoot's public sources (controllers, builders, listeners, `Webhooks::Trigger`); it
shares nothing with `bot.channels`. As there: `source_id` of a message is kept and not unique,
`echo_id` is only echoed; an incoming message opens a resolved conversation; lists of messages have
100 at most behind one and the latest 20 otherwise; an inbox with an active bot starts conversations
as pending; an API inbox's webhook is sent once, an agent bot's three times upon 429 and 500;
webhooks are not sent in any order.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import json
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCOUNT, INBOX = 3, 7
TOKEN, BOT_TOKEN, SECRET = "user-token-of-tests", "bot-token-of-tests", "webhook-secret-of-tests"
BASE = f"/api/v1/accounts/{ACCOUNT}"
SECONDS = 20
INCOMING, OUTGOING, ACTIVITY = 0, 1, 2
KINDS = ("incoming", "outgoing", "activity", "template")
# Faults of requests; the last does what is asked and does not say so.
SLOW, ERROR, CLOSED, GARBAGE, DONE_UNSAID = "slow", "500", "closed", "garbage", "done-unsaid"
SLOW_SECONDS = 30.0
LAN = {"id": 11, "name": "Lan", "available_name": "Chị Lan", "type": "user"}
MINH = {"id": 12, "name": "Minh", "available_name": "Anh Minh", "type": "user"}
BOT = {"id": 5, "name": "Máy", "type": "agent_bot"}
OWNER = {"id": 1, "name": "Quản trị", "available_name": "Quản trị", "type": "user"}

Json = dict[str, Any]


class Refused(Exception):
    """A status and an error, as Chatwoot says it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class ChatwootServer:
    """The account's state, and what its agents do."""

    def __init__(self, port: int = 0) -> None:
        self.contacts: dict[int, Json] = {}
        self.conversations: dict[int, Json] = {}
        self.webhook_url = ""
        self.signs, self.has_active_bot, self.is_administrator = True, False, True
        self.locks_to_single = False
        self.webhook_secret = SECRET
        self.webhook_attempts = 1
        self.statuses: list[int] = []
        self.requests: list[tuple[str, str]] = []
        self.fault, self.times, self.fault_for = "", 0, ""
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self._numbers = itertools.count(101)
        self._events: queue.Queue[Json | None] = queue.Queue()
        self._listener = _Listener(("127.0.0.1", port), _handler(self))
        self._threads = [
            threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self._deliver_all, daemon=True),
        ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """Settings of a bot that uses this helpdesk."""
        return {
            "BOT_CHATWOOT_URL": self.url,
            "BOT_CHATWOOT_ACCOUNT": str(ACCOUNT),
            "BOT_CHATWOOT_INBOX": str(INBOX),
            "BOT_CHATWOOT_TOKEN": TOKEN,
            "BOT_CHATWOOT_SECRET": SECRET,
        }

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self._events.put(None)
        self._listener.shutdown()
        self._listener.server_close()

    def fail(self, fault: str, times: int = 1, only: str = "") -> None:
        """Let the next requests fail; `only` those whose method and path begin so."""
        with self.changed:
            self.fault, self.times, self.fault_for = fault, times, only

    def next_fault(self, request: str) -> str:
        with self.changed:
            if self.times <= 0 or not request.startswith(self.fault_for):
                return ""
            self.times -= 1
            self.changed.notify_all()
            return self.fault

    # What agents do.

    def says(
        self, number: int, text: str | None, sender: Json = LAN, *, private: bool = False,
        attachments: tuple[Json, ...] = (),
    ) -> int:  # fmt: skip
        """A message of an agent or a bot; its number."""
        with self.changed:
            message = self._add(number, text, OUTGOING, sender, private=private)
            message["attachments"] = list(attachments)
            return int(message["id"])

    def set_status(self, number: int, status: str, agent: Json | None = LAN) -> None:
        with self.changed:
            self._set_status(self.conversations[number], status)
            self.conversations[number]["assignee"] = agent

    def ring_again(self, message: int) -> None:
        """The webhook of a message, once more."""
        with self.changed:
            one, found = next(
                (c, m) for c in self.conversations.values() for m in c["messages"]
                if m["id"] == message
            )  # fmt: skip
            self._events.put(self._message_event("message_created", one, found))

    # What tests ask.

    def wait_until(self, condition: Callable[[], Any], why: str = "") -> Any:
        """What the condition brings, once it brings something."""
        with self.changed:
            found = self.changed.wait_for(condition, SECONDS)
        assert found, why or f"{[self.told(n) for n in self.conversations]}"
        return found

    def one(self) -> int:
        """The only conversation."""
        self.wait_until(lambda: self.conversations)
        (number,) = self.conversations
        return number

    def told(self, number: int) -> list[str]:
        """What citizens have said in a conversation."""
        return [m["content"] for m in self.messages(number) if m["message_type"] == INCOMING]

    def notes(self, number: int) -> list[str]:
        return [m["content"] for m in self.messages(number) if m["private"]]

    def messages(self, number: int) -> list[Json]:
        return list(self.conversations[number]["messages"])

    def status(self, number: int) -> str:
        return str(self.conversations[number]["status"])

    # The API.

    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> Json | None:
        parts = path.split("/")
        with self.changed:
            try:
                return self._answer(method, parts, query, body)
            finally:
                self.changed.notify_all()

    def _answer(
        self, method: str, parts: list[str], query: dict[str, str], body: Json
    ) -> Json | None:
        match [method, *parts]:
            case ["POST", "contacts"]:
                return self._add_contact(body)
            case ["GET", "contacts", "search"]:
                found = [
                    c for c in self.contacts.values()
                    if query["q"].lower() in f"{c['name']} {c['identifier']}".lower()
                ]  # fmt: skip
                meta = {"count": len(found), "current_page": 1, "has_more": False}
                return {"meta": meta, "payload": found[:15]}
            case ["DELETE", "contacts", number]:
                return self._delete_contact(int(number))
            case ["GET", "contacts", number, "conversations"]:
                contact = self._found(self.contacts, number)
                mine = [c for c in self.conversations.values() if c["contact"] == contact["id"]]
                return {"payload": [self._shown(c) for c in reversed(mine)][:20]}
            case ["POST", "conversations"]:
                return self._shown(self._add_conversation(body))
            case ["GET", "conversations", number]:
                return self._shown(self._found(self.conversations, number))
            case ["GET", "conversations", number, "messages"]:
                one = self._found(self.conversations, number)
                return {"meta": {}, "payload": _listed(one["messages"], query)}
            case ["POST", "conversations", number, "messages"]:
                self._found(self.conversations, number)
                return self._post(int(number), body)
            case ["POST", "conversations", number, "toggle_status"]:
                one = self._found(self.conversations, number)
                self._set_status(one, body["status"])
                payload = {"success": True, "conversation_id": one["id"]}
                return {"meta": {}, "payload": {**payload, "current_status": one["status"]}}
        raise Refused(404, "Resource could not be found")

    def _found(self, where: dict[int, Json], number: str) -> Json:
        if not number.isdecimal() or int(number) not in where:
            raise Refused(404, "Resource could not be found")
        return where[int(number)]

    def _add_contact(self, body: Json) -> Json:
        if any(c["identifier"] == body["identifier"] for c in self.contacts.values()):
            raise Refused(422, "Identifier has already been taken")
        number = next(self._numbers)
        contact = {
            "id": number, "name": body["name"], "identifier": body["identifier"],
            "email": None, "phone_number": None, "type": "contact",
        }  # fmt: skip
        self.contacts[number] = contact
        inbox = {"inbox": {"id": body["inbox_id"]}, "source_id": f"uuid-{number}"}
        return {"payload": {"contact": contact, "contact_inbox": inbox}}

    def _delete_contact(self, number: int) -> None:
        self._found(self.contacts, str(number))
        if not self.is_administrator:
            raise Refused(401, "You are not authorized to do this action")
        del self.contacts[number]
        for one in [c["id"] for c in self.conversations.values() if c["contact"] == number]:
            del self.conversations[one]

    def _add_conversation(self, body: Json) -> Json:
        contact = self._found(self.contacts, str(body["contact_id"]))
        if body["inbox_id"] != INBOX:
            raise Refused(404, "Resource could not be found")
        for known in self.conversations.values():
            if known["source_id"] == body["source_id"]:
                if known["contact"] != contact["id"]:
                    raise Refused(422, "source_id should be unique")
                if self.locks_to_single:
                    return known
        number = len(self.conversations) + 1
        self.conversations[number] = {
            "id": number, "contact": contact["id"], "source_id": body["source_id"],
            "status": "pending" if self.has_active_bot else body.get("status", "open"),
            "custom_attributes": body.get("custom_attributes", {}), "assignee": None,
            "messages": [],
        }  # fmt: skip
        return self.conversations[number]

    def _post(self, number: int, body: Json) -> Json:
        kind = KINDS.index(body.get("message_type", "outgoing"))
        incoming = kind == INCOMING
        sender = self.contacts[self.conversations[number]["contact"]] if incoming else OWNER
        message = self._add(
            number, body["content"], kind, sender,
            private=bool(body.get("private")), source=body.get("source_id"),
        )  # fmt: skip
        return {**message, **({"echo_id": body["echo_id"]} if "echo_id" in body else {})}

    def _add(
        self, number: int, text: str | None, kind: int, sender: Json, *, private: bool,
        source: str | None = None,
    ) -> Json:  # fmt: skip
        one = self.conversations[number]
        message: Json = {
            "id": next(self._numbers), "content": text, "inbox_id": INBOX, "private": private,
            "conversation_id": number, "message_type": kind, "content_type": "text",
            "status": "sent", "content_attributes": {}, "created_at": int(time.time()),
            "source_id": source, "sender": sender,
        }  # fmt: skip
        one["messages"].append(message)
        if kind == INCOMING and one["status"] in ("resolved", "snoozed"):
            self._set_status(one, "open")
        self._events.put(self._message_event("message_created", one, message))
        self.changed.notify_all()
        return message

    def _set_status(self, one: Json, status: str) -> None:
        if status == one["status"]:
            return
        one["status"] = status
        activity = {
            "id": next(self._numbers), "content": f"Conversation was marked {status}",
            "inbox_id": INBOX, "private": False, "conversation_id": one["id"],
            "message_type": ACTIVITY, "content_attributes": {}, "created_at": int(time.time()),
            "source_id": None,
        }  # fmt: skip
        one["messages"].append(activity)
        event = {**self._data(one), "event": "conversation_status_changed"}
        self._events.put({**event, "changed_attributes": [{"status": {"current_value": status}}]})
        self.changed.notify_all()

    def _shown(self, one: Json) -> Json:
        meta = {"sender": self.contacts[one["contact"]], "channel": "Channel::Api"}
        if one["assignee"]:
            meta["assignee"] = one["assignee"]
        return {
            "meta": meta, "id": one["id"], "messages": one["messages"][-1:],
            "account_id": ACCOUNT, "inbox_id": INBOX, "status": one["status"],
            "custom_attributes": one["custom_attributes"], "additional_attributes": {},
        }  # fmt: skip

    # Webhooks.

    def _data(self, one: Json) -> Json:
        return {
            "id": one["id"], "inbox_id": INBOX, "status": one["status"], "can_reply": True,
            "channel": "Channel::Api", "custom_attributes": one["custom_attributes"],
            "meta": {"sender": self.contacts[one["contact"]], "assignee": one["assignee"]},
        }  # fmt: skip

    def _message_event(self, event: str, one: Json, message: Json) -> Json:
        return {
            "event": event, "id": message["id"], "content": message["content"],
            "message_type": KINDS[message["message_type"]], "private": message["private"],
            "content_type": "text", "content_attributes": {}, "source_id": message["source_id"],
            "created_at": "2026-12-01T01:00:00.000Z", "sender": message["sender"],
            "account": {"id": ACCOUNT, "name": "Tỉnh"}, "inbox": {"id": INBOX, "name": "Bot"},
            "conversation": self._data(one),
        }  # fmt: skip

    def _deliver_all(self) -> None:
        while (event := self._events.get()) is not None:
            if self.webhook_url:
                self._deliver(event)

    def _deliver(self, event: Json) -> None:
        for _ in range(self.webhook_attempts):
            signature = self.webhook_secret if self.signs else None
            status = deliver(self.webhook_url, event, signature)
            with self.changed:
                self.statuses.append(status)
                self.changed.notify_all()
            if status not in (429, 500) or self.stopped.wait(0.1):
                return


def deliver(
    url: str, event: Json, secret: str | None = SECRET, timestamp: float | None = None
) -> int:
    """Call a webhook as Chatwoot does, signed unless there is no secret; the status, 0 if none."""
    body = json.dumps(event).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if secret is not None:
        stamp = str(int(time.time() if timestamp is None else timestamp))
        mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
        headers["X-Chatwoot-Timestamp"] = stamp
        headers["X-Chatwoot-Signature"] = "sha256=" + mac.hexdigest()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as got:
            return int(got.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _listed(messages: list[Json], query: dict[str, str]) -> list[Json]:
    if "after" in query:
        return [m for m in messages if m["id"] > int(query["after"])][:100]
    return messages[-20:]


class _Listener(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


def _handler(server: ChatwootServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urllib.parse.urlsplit(self.path)
            path = parts.path.removeprefix(BASE + "/")
            with server.changed:
                server.requests.append((self.command, path))
                server.changed.notify_all()
            fault = server.next_fault(f"{self.command} {path}")
            if fault == SLOW:
                server.stopped.wait(SLOW_SECONDS)
            if fault in (SLOW, CLOSED):
                self.close_connection = True
            elif fault == ERROR:
                self._send(500, "oops")
            elif fault == GARBAGE:
                self._send(200, "<html>")
            else:
                self._do(parts, path, raw, is_unsaid=fault == DONE_UNSAID)

        def _do(
            self, parts: urllib.parse.SplitResult, path: str, raw: bytes, *, is_unsaid: bool
        ) -> None:
            token = self.headers.get("api_access_token")
            try:
                if not parts.path.startswith(BASE + "/"):
                    raise Refused(404, "Resource could not be found")
                if token not in (TOKEN, BOT_TOKEN):
                    raise Refused(401, "Invalid Access Token")
                if token == BOT_TOKEN and self.command == "GET":
                    raise Refused(401, "Access to this endpoint is not authorized for bots")
                query = dict(urllib.parse.parse_qsl(parts.query))
                answer = server.answer(self.command, path, query, json.loads(raw or b"{}"))
            except Refused as refused:
                self._send(refused.status, json.dumps({"error": refused.text}))
                return
            if is_unsaid:
                self.close_connection = True
            else:
                self._send(200, json.dumps(answer) if answer is not None else "")

        def _send(self, status: int, text: str) -> None:
            body = text.encode()
            with contextlib.suppress(OSError):  # the client does not wait any longer
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_DELETE(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler


@contextlib.contextmanager
def running_chatwoot(port: int = 0) -> Iterator[ChatwootServer]:
    """A server in threads, at a free port."""
    server = ChatwootServer(port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
