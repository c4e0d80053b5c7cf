"""What kinds, levels and states of tickets are called."""

from __future__ import annotations

from bot.wording import text

TOPIC = "support"
KINDS = {
    "message": "utter_ticket_kind_message",
    "call_back": "utter_ticket_kind_call_back",
    "suggestion": "utter_ticket_kind_suggestion",
    "complaint": "utter_ticket_kind_complaint",
    "denunciation": "utter_ticket_kind_denunciation",
    "late_dossier": "utter_ticket_kind_late_dossier",
    "payment": "utter_ticket_kind_payment",
}
LEVELS = {"commune": "utter_slip_level_commune", "province": "utter_slip_level_province"}
STATES = {
    "open": "utter_slip_state_open",
    "answered": "utter_slip_state_answered",
    "closed": "utter_slip_state_closed",
}


def kind_name(kind: str, *, within: bool = False) -> str:
    """A kind as it is called; `within` a sentence in a small letter. An unknown one as it is."""
    name = text(TOPIC, KINDS[kind]) if kind in KINDS else kind
    return name[:1].lower() + name[1:] if within else name
