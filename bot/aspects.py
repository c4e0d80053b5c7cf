"""What more than its intent is known of a message (aspects), and what the talk does with it.

An aspect is learnt with the intents (`aspect: bribe` in the metadata of `data/nlu/*.yml`). A
message that has one is answered by `action_aspect`, whatever its intent, also while a form is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot import text as vn
from bot.links import strange_hosts
from bot.support import ticket_codes

# Somebody is in danger: each kind has its own number to call.
DANGERS = ("fire", "medical", "crime", "child", "suicide")
# What the bot does not do, and says so politely.
LIMITS = ("bribe", "legal", "others", "prompt", "politics")
RUDE = "rude"
# Moves within the talk.
GO_BACK, CHECKLIST, MORE, REPEAT, NEXT_STEP = "go_back", "checklist", "more", "repeat", "next_step"
# Of a dossier and of the citizen's own data.
SUBSCRIBE, UNSUBSCRIBE, OPEN_TICKET, ERASE = "subscribe", "unsubscribe", "open_ticket", "erase"
# Somebody asks for money, a code, or to open a link: perhaps a swindler.
SCAM = "scam"
# Not learnt, of buttons: what is known of a dossier's payment, and ways to pay what is left of it.
PAYMENT_STATE, PAY = "payment_state", "pay"
# Not learnt: the state of a ticket, and the button that confirms.
TICKET, ERASE_NOW = "ticket", "erase_now"
# Not learnt, of buttons and certain words: something is left for a person.
LEAVING = LEAVE_MESSAGE, CALL_BACK, LEAVE_FEEDBACK = (
    "leave_message",
    "call_back",
    "leave_feedback",
)
# Not learnt: leaving a form for the menu.
LEAVE = "leave"
ALL = (
    *DANGERS, *LIMITS, RUDE, SCAM, GO_BACK, CHECKLIST, MORE, REPEAT, NEXT_STEP,
    SUBSCRIBE, UNSUBSCRIBE, OPEN_TICKET, ERASE,
)  # fmt: skip
# Aspects that a button may carry in its payload, as the entity `aspect`.
OF_BUTTONS = frozenset((
    SUBSCRIBE, UNSUBSCRIBE, OPEN_TICKET, ERASE, ERASE_NOW, PAYMENT_STATE, PAY, *LEAVING,
))  # fmt: skip
# A form is not gone on with after these.
ENDING_A_FORM = frozenset((*DANGERS, GO_BACK, LEAVE, ERASE, ERASE_NOW, *LEAVING))
_MENU = "menu"
# Of folded words: surely a checklist, whatever else is named with it.
_CHECKLIST = re.compile(
    r"\bcheck ?list\b|\bdanh sach (?:giay to |ho so )?(?:can )?(?:chuan bi|dem theo|mang theo)\b"
)
# Of folded words: what decides between wanting to be told and wanting it no more.
_STOPS = re.compile(
    r"\b(?:huy|ngung|ngat|tat|cham dut|het can|bo di|khong (?:can|muon|theo doi))\b"
    r"|\b(?:bo|dung|khoi|thoi)(?: co| can)? (?:bao|cai|dang|gui|nhac|nhan|nhan tin|theo|thong)\b"
)
_WHERE = re.compile(
    r"\b(?:o dau|noi nao|cho nao|cho mo|o mo|so nao|so may|gui cho ai|goi ai|gap ai|the nao)\b"
)
_STARTS = re.compile(r"\b(?:dang ky nhan|bat thong bao|theo doi (?:giup|dum|gium|ho))\b")
# Folded: a ticket is wanted about a dossier that takes too long, and not about something else.
_OF_A_DOSSIER = re.compile(r"\b(?:ho so|ma|tre|qua han|cham|lau|khieu nai)\b")
# Folded: an account's number; told by others to pay into it; wanting one's own money back.
_ACCOUNT = re.compile(r"\b(?:stk|so tai khoan|tai khoan|tk)\b[^\d•\n]{0,40}[\d•][\d• .-]{4,}[\d•]")
_TOLD_TO_PAY = re.compile(
    r"\b(?:bao|keu|goi|nhan|yeu cau|bieu|doi|dan|gui cho|gui qua|hoi thuc|giuc|nhan tin)\b"
    r"(?:(?! ho tro).)*\b(?:chuyen|chuyen khoan|nop|dong|tra|gui|coc|dat coc)\b"
)
_OWN_MONEY = re.compile(
    r"\b(?:hoan|tra lai|hoan lai|lay lai)\b|\btai khoan (?:cua )?(?:toi|em|minh|con|chau)\b"
)
# Folded, behind a message about a swindler: it has happened, or what is to be done about it.
_TELLS_ON = re.compile(
    r"\b(?:lo|roi|mat tien|mat het|bi lua|bi gat)\b"
    r"|\b(?:bao|goi|keu|hoi|trinh bao|to cao) (?:cho )?(?:ai|dau|o dau|cho nao|so may|so nao)\b"
    r"|\b(?:lam sao|mac sao|phai lam gi|lam gi|mo (?:rang|chi)|rang chu|tinh rang)\b"
)
_LONGEST_TELLING_ON = 8
# Whoever was told a number asks on: whom to call, what now.
_ASKS_ON = re.compile(
    r"\b(?:goi|bao|keu|so may|so nao|ai|lam sao|lam gi|the nao|sao nua|gi nua|gio sao|bay gio)\b"
)
_LONGEST_ASKING_ON = 6
# Folded: whoever is asked for a code or a number wants to stop.
_LEAVES = re.compile(
    r"(?:da |thoi |ma thoi |u )*"
    r"(?:thoi|khoi|khong can|khong tra|bo qua|de sau|de khi khac|luc khac)\b"
)
_LONGEST_LEAVING = 6
# Questions of the form of tickets: anything may be what is to be passed on, and who is asked for a
# place or a number may do without ("không cần").
TICKET_TEXT, TICKET_PLACE, TICKET_CONTACT = TICKET_QUESTIONS = (
    "ticket_text", "ticket_place", "ticket_contact",
)  # fmt: skip
_STOPS_A_TICKET = re.compile(
    r"(?:da |u |ma )*(?:thoi|dung(?: lai)?)(?: (?:khong|khoi) (?:gui|nhan|ghi|goi|noi|phan anh"
    r"|to cao|gop y))?(?: (?:nua|nhe|a|nha|em|vay|di|roi|luon))*$"
)
# Folded: what is surely to be left for a person, and where.
_LEFT = {
    CALL_BACK: re.compile(
        r"\bgoi (?:dien )?lai (?:cho |giup |dum |gium )?(?:toi|em|minh|chau|con|bac|me|gia dinh)\b"
        r"|\b(?:xin|yeu cau|muon duoc) (?:can bo )?goi lai\b"
    ),
    LEAVE_FEEDBACK: re.compile(
        r"\b(?:gui|ghi|nhan|chuyen) (?:\w+ ){0,2}"
        r"(?:phan anh|gop y|kien nghi|to cao|khieu nai|y kien)"
        r"(?: \w+){0,3} (?:qua|o|tai|vao|vo) (?:day|dia chi nay)\b"
        r"|\bghi (?:nhan |lai )?phan anh (?:giup|cho|dum|gium|ho) (?:toi|em|minh|chau|con)\b"
    ),
    LEAVE_MESSAGE: re.compile(
        r"\b(?:de lai|gui lai|ghi lai) (?:\w+ ){0,2}(?:loi nhan|tin nhan)\b"
        r"|\bghi (?:lai )?(?:giup |cho |dum |gium )?(?:toi |em |minh )?(?:1 |mot )?phieu"
        r"(?= (?:giup|cho|dum|gium|ho|phan anh|nay|nhe|di)\b|$)"
    ),
}
# Folded: nobody has called back, or somebody did.
_NOT_LEFT = re.compile(
    r"\b(?:khong|chua|chang|sao|dung|da|vua|moi|cu|bao|(?<!nho )ai)(?: \w+){0,3}"
    r" goi (?:dien )?lai\b"
)


def aspect_of(
    message: Mapping[str, Any],
    *,
    in_form: bool,
    before: Mapping[str, Any] | None = None,
    asked: str = "",
) -> str:
    """The aspect of a parsed message, or ""; `in_form`: while a form is open.

    `before` is the message before it: a short question after a danger still speaks of the danger.
    `asked` is the slot that the form asks for.
    """
    said = vn.fold(vn.normalise(str(message.get("text") or "")))
    words = said.split()
    if asked in TICKET_QUESTIONS:
        return _beside_a_ticket(message, said)
    if in_form and (_MENU in words or (len(words) <= _LONGEST_LEAVING and _LEAVES.match(said))):
        return LEAVE
    aspect = str(message.get("aspect") or "") or _of_button(message)
    danger = str((before or {}).get("aspect") or "")
    is_of_its_own = aspect in DANGERS or aspect in LIMITS
    if danger in DANGERS and len(words) <= _LONGEST_ASKING_ON and not is_of_its_own:
        aspect = danger if _ASKS_ON.search(said) else aspect
    if aspect not in (*DANGERS, *LIMITS):
        told_on = len(words) <= _LONGEST_TELLING_ON and bool(_TELLS_ON.search(said))
        if _is_of_a_swindler(message, said) or (told_on and _was_of_a_swindler(before)):
            return SCAM
    names_a_ticket = ticket_codes.find(str(message.get("text") or ""))
    if names_a_ticket and aspect in ("", OPEN_TICKET, SUBSCRIBE):
        return TICKET
    if aspect == OPEN_TICKET and _WHERE.search(said):
        # Who asks where to complain is told where, and decides then.
        aspect = ""
    if aspect in (SUBSCRIBE, UNSUBSCRIBE):
        if _STOPS.search(said):
            return UNSUBSCRIBE
        return SUBSCRIBE if _STARTS.search(said) else aspect
    is_of_none = not aspect or (aspect == OPEN_TICKET and not _OF_A_DOSSIER.search(said))
    if is_of_none and not in_form:
        aspect = leaving(said) or aspect
    return aspect or (CHECKLIST if _CHECKLIST.search(said) else "")


def leaving(said: str) -> str:
    """What is surely to be left for a person, by folded words: one of `LEAVING`, or ""."""
    if _WHERE.search(said) or _NOT_LEFT.search(said):
        return ""
    return next((kind for kind, words in _LEFT.items() if words.search(said)), "")


def without_leaving(said: str) -> str:
    """Folded words without those that say that something is to be left."""
    for words in _LEFT.values():
        said = words.sub(" ", said)
    return " ".join(said.split())


def _beside_a_ticket(message: Mapping[str, Any], said: str) -> str:
    """What is no answer to a question of the form of tickets."""
    aspect = str(message.get("aspect") or "")
    if aspect in DANGERS:
        return aspect
    if said == _MENU or _STOPS_A_TICKET.match(said):
        return LEAVE
    return _of_button(message)


def _is_of_a_swindler(message: Mapping[str, Any], said: str) -> bool:
    """Whether a message holds a strange link, or somebody's account to be paid into.

    Channels put dots for the digits of long numbers.
    """
    text = str(message.get("text") or "")
    if text.startswith("/"):
        return False
    if strange_hosts(text):
        return True
    account = _ACCOUNT.search(vn.fold(vn.nfc(text).lower()))
    return bool(account and _TOLD_TO_PAY.search(said) and not _OWN_MONEY.search(said))


def _was_of_a_swindler(before: Mapping[str, Any] | None) -> bool:
    """Whether the message before spoke of a swindler; a button's is the bot's own question."""
    if before is None:
        return False
    said = vn.fold(vn.normalise(str(before.get("text") or "")))
    return str(before.get("aspect") or "") == SCAM or _is_of_a_swindler(before, said)


def _of_button(message: Mapping[str, Any]) -> str:
    """The aspect that a button's payload names; whoever types one may name no other."""
    if not str(message.get("text") or "").startswith("/"):
        return ""
    named = (e.get("value") for e in message.get("entities") or () if e.get("entity") == "aspect")
    return next((str(value) for value in named if str(value) in OF_BUTTONS), "")
