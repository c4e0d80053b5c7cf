"""What is kept how long, and what goes when a citizen asks for it.

Kept are: failed look-ups 24 hours, one-time codes a day, the record of look-ups
`BOT_KEEP_AUDIT_DAYS`, ended subscriptions and delivered notices 30 days, closed tickets
`BOT_KEEP_TICKETS_DAYS`, ratings of answers `BOT_KEEP_RATINGS_DAYS`, payments
`BOT_KEEP_PAYMENTS_DAYS`, ended hand-overs as long as conversations, the record of what staff did
as long as that of look-ups, the hotline's deliveries and screens a day. Dossiers are the
procedures system's and stay.
"""

from __future__ import annotations

import datetime as dt

from bot.dossiers import retention as dossiers
from bot.dossiers import sms
from bot.payments import retention as payments
from bot.settings import settings
from bot.staff import audit as staff_audit
from bot.staff import sessions as staff_sessions
from bot.support import handover_rows, hotline_store, ratings, tickets

# Of the sender for development; its codes are good for five minutes.
SMS_FILES_KEPT = dt.timedelta(days=1)
# A gateway repeats within minutes; a caller goes on within the hour.
HOTLINE_KEPT = dt.timedelta(days=1)
# Whether conversations themselves go when their citizen asks for it: `bot.engine` sees to that.
# Stock `rasa run` only adds to its tracker store, and then nothing must be promised.
erases_conversations = False


def purge(now: dt.datetime | None = None, dry_run: bool = False) -> dict[str, int]:
    """Delete what has been kept long enough; what → how many. `dry_run` counts only.

    `now` is the time, UTC; for tests.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    now = now or dt.datetime.utcnow()
    closed_before = now - dt.timedelta(days=settings().keep_tickets_days)
    paid_before = now - dt.timedelta(days=settings().keep_payments_days)
    talked_before = now - dt.timedelta(days=settings().keep_conversations_days)
    recorded_before = now - dt.timedelta(days=settings().keep_audit_days)
    if not dry_run:
        staff_sessions.purge(now)
    rated_before = now - dt.timedelta(days=settings().keep_ratings_days)
    return {
        **dossiers.purge(now, dry_run=dry_run),
        "tickets": tickets.purge(closed_before, dry_run=dry_run),
        "ratings": ratings.purge(rated_before, dry_run=dry_run),
        **payments.purge(paid_before, dry_run=dry_run),
        "handovers": handover_rows.purge(talked_before, dry_run=dry_run),
        "staff_audit": staff_audit.purge(recorded_before, dry_run=dry_run),
        **hotline_store.purge(now - HOTLINE_KEPT, dry_run=dry_run),
        "sms_files": sms.purge(now - SMS_FILES_KEPT, dry_run=dry_run),
    }


def erase_session(session: str) -> dict[str, int]:
    """Erase one conversation's data in these tables; what → how many.

    `subscriptions`, `notices`, `one_time_codes`, `ratings`, `handovers` with all that was said in
    them, and what the hotline keeps are deleted, closed `tickets` blanked and unlinked.
    `tickets_kept` are those that somebody works on: they are blanked when closed.
    `lookup_audit_kept` are the records of look-ups, keyed hashes without personal data, which
    stay because the province answers for who was shown what. The conversation's own messages are
    the tracker store's.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; asked again, it goes on.
    """
    return {
        **dossiers.erase(session),
        # Before tickets: one that is being made of a talk is withdrawn, or there to be erased.
        **handover_rows.erase(session),
        **tickets.erase(session),
        **ratings.erase(session),
        **payments.erase(session),
        **hotline_store.erase(session),
    }
