"""A citizen pays a dossier's fee: from the chat over the bot's pages to the gateway and back."""

from __future__ import annotations

import html
import io
import re
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bot.payments import vietqr
from tests.payment_server import PaymentServer, running_payment_server
from tests.payments import beneficiary_lists
from tests.payments.paying import fetch
from tests.running_bot import Reply, RunningBot, prepare_database, running_bot

DOSSIER, TAIL, FEE = "H48.22-261106-0022", "4826", 25_000
AGENCY = "UBND xã Ba Tơ"
PAY = '/payment_problem{"aspect": "pay"}'
STATE = '/payment_problem{"aspect": "payment_state"}'
LAST_LINE = "Cán bộ không bao giờ yêu cầu chuyển tiền trong cuộc trò chuyện này."

_Ways = tuple[RunningBot, PaymentServer]


@pytest.fixture(scope="module")
def paying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Ways]:
    """A bot with a gateway and a signed list of beneficiaries."""
    folder: Path = tmp_path_factory.mktemp("paying")
    prepare_database(folder)
    entry = beneficiary_lists.entry(agencies=[AGENCY])
    listed = beneficiary_lists.write(folder / "list.json", beneficiary_lists.signed(entry))
    qr = {
        "BOT_QR_BENEFICIARIES": str(listed),
        "BOT_QR_PUBLIC_KEY": beneficiary_lists.PUBLIC_KEY,
    }
    with running_payment_server() as server, running_bot(folder, **server.settings, **qr) as bot:
        server.callback_url = f"{bot.url}/payments/callback"
        yield bot, server


def own(bot: RunningBot, citizen: str) -> Reply:
    """The dossier is proven to be the citizen's."""
    return bot.say(citizen, f"{DOSSIER} số cuối {TAIL}")


def served(bot: RunningBot, address: str) -> str:
    """An address of the chat, at the port where this bot listens."""
    return re.sub(r"^http://127\.0\.0\.1:\d+", bot.url, address)


def test_who_has_not_proven_the_dossier_is_given_nothing(paying: _Ways) -> None:
    bot, server = paying
    citizen = uuid.uuid4().hex
    said = [
        bot.say(citizen, PAY).text,
        bot.say(citizen, DOSSIER).text,
        bot.say(citizen, "1111").text,
    ]
    assert not re.search(r"/pay/|/payments/|25\.000", " ".join(said))
    assert server.transactions == {}


def test_the_code_asks_for_exactly_the_fee(paying: _Ways) -> None:
    bot, _ = paying
    citizen = uuid.uuid4().hex
    assert "Trả tiền" in own(bot, citizen).buttons
    reply = bot.say(citizen, PAY)
    assert f"Hồ sơ {DOSSIER} còn 25.000 đồng (hai mươi lăm nghìn đồng) chưa nộp" in reply.text
    assert reply.text.rstrip().endswith(LAST_LINE)
    address = served(bot, re.findall(r"http\S+/pay/qr/[\w.-]+\w", reply.text)[0])
    with urllib.request.urlopen(f"{address}.png", timeout=20) as response:
        picture = Image.open(io.BytesIO(response.read()))
    found = vietqr.parse(zxingcpp.read_barcodes(picture)[0].text)
    entry = beneficiary_lists.ENTRY
    assert (found.bank_bin, found.account) == (entry["bank_bin"], entry["account"])
    assert found.amount == FEE
    page = fetch(address)[1]
    assert found.reference in page
    assert html.escape(entry["name"]) in page


def test_sums_and_accounts_of_a_typed_payload_count_for_nothing(paying: _Ways) -> None:
    bot, _ = paying
    citizen = uuid.uuid4().hex
    own(bot, citizen)
    typed = '/payment_problem{"aspect": "pay", "amount": "1", "account": "999", "money": "1"}'
    reply = bot.say(citizen, typed)
    address = served(bot, re.findall(r"http\S+/pay/qr/[\w.-]+\w", reply.text)[0])
    page = fetch(address)[1]
    assert "25.000" in page
    assert "999" not in re.sub(r"0271000123456", "", page).replace("2099", "")


def test_paid_at_the_gateway_is_paid_in_the_chat(paying: _Ways) -> None:
    bot, server = paying
    citizen = uuid.uuid4().hex
    own(bot, citizen)
    reply = bot.say(citizen, PAY)
    address = served(bot, re.findall(r"http\S+/payments/order/[\w-]+", reply.text)[0])
    status, page, _ = fetch(address)
    assert status == 200
    target = html.unescape(re.findall(rf'href="({re.escape(server.url)}[^"]+)"', page)[0])
    assert fetch(target)[0] == 200, server.refusals
    reference = next(reversed(server.transactions))
    before = bot.say(citizen, STATE)
    assert f"Lần trả {reference}, 25.000 đồng, lập lúc" in before.text
    assert "cổng thanh toán chưa báo kết quả" in before.text
    fetch(f"{server.url}/pay/{reference}/success")
    server.settle()
    after = bot.say(citizen, STATE)
    assert f"Lần trả {reference}, 25.000 đồng: cổng thanh toán báo đã nhận tiền lúc" in after.text
    again = bot.say(citizen, PAY)
    assert "đã báo nhận 25.000 đồng, nên anh/chị không trả thêm" in again.text
    assert "/payments/order/" not in again.text
    assert "/pay/qr/" not in again.text
    # Somebody else's conversation about the same dossier is told the same.
    other = uuid.uuid4().hex
    own(bot, other)
    assert "không trả thêm" in bot.say(other, PAY).text


def test_nothing_of_it_stands_in_the_log(paying: _Ways) -> None:
    bot, server = paying
    log = bot.log.read_text(encoding="utf-8", errors="replace")
    assert "Error" not in log
    for secret in (server.settings["BOT_PAYMENT_SECRET"], TAIL, "vnp_SecureHash"):
        assert secret not in log
