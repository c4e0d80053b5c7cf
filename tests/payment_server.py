"""A payment gateway as a real HTTP server, after VNPAY's public documents, with faults to set.

It was written from the documents and shares nothing with `bot.payments`: its signatures, its
lists of fields and its reading of parameters are its own. It is as strict as the real one is: an
unknown, missing or wrongly signed parameter is refused. Tests pay on its page, by HTTP.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import html
import itertools
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MERCHANT, SECRET = "QNGTEST1", "SECRETOFTHETESTS0123456789ABCDEF"
OTHER_SECRET = "SOMEBODYELSES0123456789ABCDEF"
PAY_PATH, API_PATH = "/paymentv2/vpcpay.html", "/merchant_webapi/api/transaction"
ELSEWHERE = "/elsewhere"
GMT7 = dt.timezone(dt.timedelta(hours=7))

# What the payer does on the page: vnp_ResponseCode and vnp_TransactionStatus of it. The last:
# money taken, but suspected of fraud; and taken at the bank, but not here.
OUTCOMES = {
    "success": ("00", "00"),
    "cancel": ("24", "02"),
    "insufficient": ("51", "02"),
    "suspected": ("07", "07"),
    "reversed": ("99", "04"),
}

# Faults of call-backs.
NONE, DUPLICATE, OUT_OF_ORDER, LATE = "none", "duplicate", "out of order", "late"
WRONG_SIGNATURE, WRONG_AMOUNT = "wrong signature", "wrong amount"
WRONG_MERCHANT, UNKNOWN_REFERENCE = "wrong merchant", "unknown reference"
DROPPED, SLOW, AFTER_RETURN, GARBAGE = "dropped", "slow", "after return", "garbage"
TWO_PAYMENTS, NO_HASH, TAMPERED = "two payments", "no hash", "tampered"
FAULTS = (
    NONE, DUPLICATE, OUT_OF_ORDER, LATE, WRONG_SIGNATURE, WRONG_AMOUNT, WRONG_MERCHANT,
    UNKNOWN_REFERENCE, DROPPED, SLOW, AFTER_RETURN, GARBAGE, TWO_PAYMENTS, NO_HASH, TAMPERED,
)  # fmt: skip
# Faults of the API.
API_OK, API_DOWN, API_SLOW, API_ERROR = "ok", "down", "slow", "500"
API_UNSIGNED, API_FORGED, API_GARBAGE = "unsigned", "forged", "garbage"
API_HUGE, API_REDIRECT, API_OTHER_ORDER = "huge", "redirect", "other order"
API_TWICE, API_LIST, API_OTHER_MERCHANT = "field twice", "list", "other merchant"
API_OTHER_COMMAND = "other command"
API_FAULTS = (
    API_DOWN, API_SLOW, API_ERROR, API_UNSIGNED, API_FORGED, API_GARBAGE, API_HUGE,
    API_REDIRECT, API_OTHER_ORDER, API_TWICE, API_LIST, API_OTHER_MERCHANT, API_OTHER_COMMAND,
)  # fmt: skip

# The documents: up to ten tries, until the answer is 00 or 02.
MOST_TRIES = 10
SLOW_SECONDS = 5.0

_PAY_PARAMETERS = {
    "vnp_Version": r"2\.1\.0",
    "vnp_Command": r"pay",
    "vnp_TmnCode": r"[A-Z0-9]{8}",
    "vnp_Amount": r"[1-9]\d{0,11}",
    "vnp_CreateDate": r"\d{14}",
    "vnp_ExpireDate": r"\d{14}",
    "vnp_CurrCode": r"VND",
    "vnp_IpAddr": r"[0-9a-fA-F.:]{7,45}",
    "vnp_Locale": r"vn|en",
    "vnp_OrderInfo": r"[A-Za-z0-9 .:_-]{1,255}",
    "vnp_OrderType": r"[a-z0-9]{1,100}",
    "vnp_ReturnUrl": r"https?://.{3,245}",
    "vnp_TxnRef": r"[A-Za-z0-9]{1,100}",
    "vnp_SecureHash": r"[0-9a-f]{128}",
}
_QUERY = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_TransactionDate", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
_REFUND = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType",
    "vnp_TxnRef", "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
_ANSWER = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode",
    "vnp_TxnRef", "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo",
    "vnp_TransactionType", "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip


def sha512(text: str, secret: str = SECRET) -> str:
    """The protocol's HMAC."""
    return hmac.new(secret.encode("ascii"), text.encode("utf-8"), hashlib.sha512).hexdigest()


def encoded(values: dict[str, str]) -> str:
    """Parameters in the order that they are signed in, encoded as forms are."""
    pairs = sorted((k, v) for k, v in values.items() if v != "")
    quote = urllib.parse.quote_plus
    return "&".join(f"{quote(k)}={quote(v)}" for k, v in pairs)


def signed(values: dict[str, str], secret: str = SECRET) -> str:
    """A query string with its signature."""
    text = encoded(values)
    return f"{text}&vnp_SecureHash={sha512(text, secret)}"


def stamp(moment: dt.datetime | None = None) -> str:
    """A moment as the protocol writes it."""
    return (moment or dt.datetime.now(GMT7)).astimezone(GMT7).strftime("%Y%m%d%H%M%S")


@dataclass
class Transaction:
    """What the gateway knows of one reference; `amount` is đồng times 100, as in the protocol."""

    values: dict[str, str]
    number: str
    code: str = ""
    status: str = "01"
    kind: str = "01"
    amount: int = 0
    paid_at: str = ""
    refunded: int = 0

    @property
    def reference(self) -> str:
        return self.values["vnp_TxnRef"]


@dataclass
class PaymentServer:
    """Keeps transactions; `callback_url` is what a merchant enters in the gateway's own pages.

    `fault` and `api_fault` switch faults while it runs. `replies` are the answers to call-backs,
    in the order of their coming; `sent` the query strings. `clock_offset` moves its clock.
    """

    port: int = 0
    callback_url: str = ""
    fault: str = NONE
    api_fault: str = API_OK
    repeats: int = 3
    clock_offset: dt.timedelta = dt.timedelta()
    transactions: dict[str, Transaction] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    _listener: ThreadingHTTPServer | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(14_000_001))
    _request_ids: set[str] = field(default_factory=set)

    # Running

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """What the bot is set to."""
        return {
            "BOT_PAYMENT_URL": self.url + PAY_PATH,
            "BOT_PAYMENT_API_URL": self.url + API_PATH,
            "BOT_PAYMENT_MERCHANT": MERCHANT,
            "BOT_PAYMENT_SECRET": SECRET,
        }

    def start(self) -> None:
        """Listen, at the same port as before."""
        self._stopped.clear()
        self._listener = _Listener(("127.0.0.1", self.port), _handler(self))
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more; call-backs that are under way end first."""
        self._stopped.set()
        self.settle()
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def settle(self) -> None:
        """Wait for call-backs that are under way."""
        for thread in self._threads:
            thread.join(timeout=30)

    def now(self) -> dt.datetime:
        return dt.datetime.now(GMT7) + self.clock_offset

    # The page

    def open_page(self, query: str) -> tuple[int, str]:
        """The page of a pay address, or why it is refused."""
        try:
            values = self._checked_page(query)
        except ValueError as error:
            self.refusals.append(str(error))
            return 400, f"<p>{html.escape(str(error))}</p>"
        reference = values["vnp_TxnRef"]
        known = self.transactions.get(reference)
        if known is None:
            known = Transaction(values, str(next(self._numbers)), amount=int(values["vnp_Amount"]))
            self.transactions[reference] = known
        elif known.status != "01":
            self.refusals.append("transaction exists")
            return 400, "<p>transaction exists</p>"
        links = "".join(
            f'<a href="/pay/{reference}/{outcome}">{outcome}</a>' for outcome in OUTCOMES
        )
        return 200, f"<h1>{int(values['vnp_Amount']) // 100} VND</h1>{links}"

    def _checked_page(self, query: str) -> dict[str, str]:
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True)
        values = dict(pairs)
        if len(pairs) != len(values):
            raise ValueError("parameter twice")
        if set(values) != set(_PAY_PARAMETERS):
            wrong = ", ".join(sorted(set(values) ^ set(_PAY_PARAMETERS)))
            raise ValueError(f"parameters unknown or missing: {wrong}")
        for name, form in _PAY_PARAMETERS.items():
            if not re.fullmatch(form, values[name]):
                raise ValueError(f"{name} malformed")
        told = values.pop("vnp_SecureHash")
        # The real one signs what stands in the address, in the order of the names.
        if sha512(encoded(values)) != told or not query.startswith(encoded(values) + "&"):
            raise ValueError("wrong signature")
        if values["vnp_TmnCode"] != MERCHANT:
            raise ValueError("unknown merchant")
        if not values["vnp_CreateDate"] < values["vnp_ExpireDate"]:
            raise ValueError("expires before it begins")
        if values["vnp_ExpireDate"] <= stamp(self.now()):
            raise ValueError("expired")
        return values

    def pay(self, reference: str, outcome: str) -> str:
        """The payer decides; where their browser is sent."""
        found = self.transactions[reference]
        found.code, found.status = OUTCOMES[outcome]
        if found.status in ("00", "04", "07"):
            found.paid_at = stamp(self.now())
        values = self.notice(found)
        if self.fault == AFTER_RETURN:
            self.later.append(signed(values))
        else:
            self._tell(values, found)
        return f"{found.values['vnp_ReturnUrl']}?{signed(values)}"

    def notice(self, found: Transaction) -> dict[str, str]:
        """Parameters of the call-back and of the return."""
        is_taken = found.status in ("00", "04", "07")
        return {
            "vnp_Amount": str(found.amount),
            "vnp_BankCode": "NCB",
            "vnp_BankTranNo": f"VNP{found.number}" if is_taken else "",
            "vnp_CardType": "ATM",
            "vnp_OrderInfo": found.values["vnp_OrderInfo"],
            "vnp_PayDate": found.paid_at or stamp(self.now()),
            "vnp_ResponseCode": found.code,
            "vnp_TmnCode": MERCHANT,
            "vnp_TransactionNo": found.number if is_taken else "0",
            "vnp_TransactionStatus": found.status,
            "vnp_TxnRef": found.reference,
        }

    # Call-backs

    def _tell(self, values: dict[str, str], found: Transaction) -> None:
        other = {**values, "vnp_TransactionNo": str(next(self._numbers))}
        failed = {**values, "vnp_ResponseCode": "24", "vnp_TransactionStatus": "02"}
        if self.fault == WRONG_AMOUNT:
            # The gateway itself has taken another sum.
            found.amount -= 100_000
        queries: dict[str, list[str]] = {
            NONE: [signed(values)],
            SLOW: [signed(values)],
            DUPLICATE: [signed(values)] * self.repeats,
            OUT_OF_ORDER: [signed(values), signed(failed)],
            TWO_PAYMENTS: [signed(values), signed(other)],
            WRONG_SIGNATURE: [signed(values, OTHER_SECRET)],
            NO_HASH: [encoded(values)],
            TAMPERED: [
                signed(values).replace(f"vnp_Amount={values['vnp_Amount']}", "vnp_Amount=1")
            ],
            WRONG_AMOUNT: [signed({**values, "vnp_Amount": str(found.amount)})],
            WRONG_MERCHANT: [signed({**values, "vnp_TmnCode": "OTHER001"})],
            UNKNOWN_REFERENCE: [signed({**values, "vnp_TxnRef": "QNG2222222222A"})],
            GARBAGE: ["vnp_Amount=%FF%FE&&=&x", "%00" * 50, ""],
            DROPPED: [],
        }
        if self.fault == LATE:
            self.later.append(signed(values))
            return
        thread = threading.Thread(target=self._send_all, args=(queries[self.fault],))
        self._threads.append(thread)
        thread.start()
        if self.fault != SLOW:
            # The documents promise no order; the tests want one.
            thread.join(timeout=30)

    def deliver_later(self) -> None:
        """Send what was held back."""
        waiting, self.later = self.later, []
        self._send_all(waiting)

    def _send_all(self, queries: list[str]) -> None:
        if self.fault == SLOW:
            self._stopped.wait(0.5)
        for query in queries:
            self.call_back(query)

    def call_back(self, query: str, tries: int = MOST_TRIES) -> dict[str, Any]:
        """Call the merchant until it has confirmed; its last answer."""
        reply: dict[str, Any] = {}
        for _ in range(tries):
            self.sent.append(query)
            try:
                with urllib.request.urlopen(f"{self.callback_url}?{query}", timeout=10) as answer:
                    reply = json.load(answer)
            except urllib.error.HTTPError as error:
                reply = {"status": error.code}
            except OSError as error:
                reply = {"failed": type(error).__name__}
            self.replies.append(reply)
            if reply.get("RspCode") in ("00", "02"):
                break
            time.sleep(0.01)
        return reply

    # The API

    def answer(self, body: Any) -> dict[str, Any]:
        """The answer to querydr or refund."""
        self.requests.append(body)
        command = body.get("vnp_Command")
        fields = {"querydr": _QUERY, "refund": _REFUND}.get(command)
        if fields is None or set(body) != {*fields, "vnp_SecureHash"}:
            return self._said(body, "03", "Invalid data format")
        if sha512("|".join(str(body[name]) for name in fields)) != body["vnp_SecureHash"]:
            return self._said(body, "97", "Invalid signature")
        if body["vnp_TmnCode"] != MERCHANT:
            return self._said(body, "02", "Invalid connection")
        if body["vnp_RequestId"] in self._request_ids or body["vnp_Version"] != "2.1.0":
            return self._said(body, "94", "Duplicate request")
        self._request_ids.add(body["vnp_RequestId"])
        found = self.transactions.get(body["vnp_TxnRef"])
        # The documents: the date is that of the payment's own vnp_CreateDate.
        if not found or found.values["vnp_CreateDate"] != str(body["vnp_TransactionDate"]):
            return self._said(body, "91", "Transaction not found")
        if command == "querydr":
            return self._said(body, "00", "QueryDR Success", found)
        return self._refund(body, found)

    def _refund(self, body: dict[str, str], found: Transaction) -> dict[str, Any]:
        if found.kind != "01":
            return self._said(body, "94", "Refund exists")
        if found.status != "00":
            return self._said(body, "95", "Transaction not successful")
        asked, is_full = int(body["vnp_Amount"]), body["vnp_TransactionType"] == "02"
        if body["vnp_TransactionNo"] not in ("", found.number):
            return self._said(body, "91", "Transaction not found")
        if asked > found.amount or is_full != (asked == found.amount):
            return self._said(body, "03", "Invalid amount")
        found.kind, found.status, found.refunded = body["vnp_TransactionType"], "05", asked
        return self._said(body, "00", "Refund Success", found)

    def _said(
        self, body: dict[str, str], code: str, message: str, found: Transaction | None = None
    ) -> dict[str, Any]:
        """An answer, signed; a missing value is signed as an empty one."""
        values: dict[str, Any] = {
            "vnp_ResponseId": f"{len(self.requests):032x}",
            "vnp_Command": body.get("vnp_Command", ""),
            "vnp_ResponseCode": code,
            "vnp_Message": message,
            "vnp_TmnCode": body.get("vnp_TmnCode", ""),
            "vnp_TxnRef": body.get("vnp_TxnRef", ""),
        }
        if found is not None:
            values |= {
                "vnp_Amount": str(found.refunded or found.amount),
                "vnp_OrderInfo": found.values["vnp_OrderInfo"],
                "vnp_BankCode": "NCB",
                "vnp_PayDate": found.paid_at,
                "vnp_TransactionNo": found.number,
                "vnp_TransactionType": found.kind,
                "vnp_TransactionStatus": found.status,
            }
        secret = OTHER_SECRET if self.api_fault == API_FORGED else SECRET
        if self.api_fault == API_OTHER_ORDER:
            values["vnp_TxnRef"] = "QNG2222222222A"
        if self.api_fault == API_OTHER_MERCHANT:
            values["vnp_TmnCode"] = "OTHER001"
        if self.api_fault == API_OTHER_COMMAND:
            values["vnp_Command"] = "refund"
        names = [*_ANSWER]
        if body.get("vnp_Command") == "querydr":
            names += ["vnp_PromotionCode", "vnp_PromotionAmount"]
        hashed = sha512("|".join(str(values.get(name, "")) for name in names), secret)
        if self.api_fault != API_UNSIGNED:
            values["vnp_SecureHash"] = hashed
        return values


class _Listener(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


def _handler(server: PaymentServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == PAY_PATH:
                status, text = server.open_page(query)
                self._send(status, text.encode(), "text/html")
            elif found := re.fullmatch(r"/pay/(\w+)/(\w+)", path):
                self.send_response(302)
                self.send_header("Location", server.pay(found[1], found[2]))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._send(404, b"", "text/plain")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known = (API_PATH, ELSEWHERE)
            if self.path not in known or "json" not in self.headers.get("Content-Type", ""):
                self._send(404, b"", "text/plain")
                return
            # Who follows a redirect is answered as if nothing were wrong.
            fault = server.api_fault if self.path == API_PATH else API_OK
            if fault == API_SLOW:
                server._stopped.wait(SLOW_SECONDS)
            if fault in (API_ERROR, API_REDIRECT):
                self._send({API_ERROR: 500, API_REDIRECT: 307}[fault], b"{}")
                return
            if fault == API_DOWN:
                self.connection.close()
                return
            body = json.dumps(server.answer(json.loads(raw)))
            if fault == API_GARBAGE:
                body = body[:-1]
            if fault == API_HUGE:
                body = body[:-1] + ', "vnp_More": "' + "x" * 20_000 + '"}'
            if fault == API_TWICE:
                body = body[:-1] + ', "vnp_TransactionStatus": "00"}'
            if fault == API_LIST:
                body = f"[{body}]"
            self._send(200, body.encode())

        def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
            with contextlib.suppress(OSError):  # the client does not wait any longer
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 307:
                    self.send_header("Location", f"{server.url}{ELSEWHERE}")
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler


@contextlib.contextmanager
def running_payment_server() -> Iterator[PaymentServer]:
    """A server in a thread, at a free port."""
    server = PaymentServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
