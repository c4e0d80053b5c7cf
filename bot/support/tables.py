"""Tables of tickets (phiếu), hand-overs to a person (chuyển cán bộ), ratings (đánh giá), and of the
hotline's deliveries and screens. Times are UTC, without a zone.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

tickets = sa.Table(
    "tickets",
    metadata,
    # As the citizen gets it told: short, and hard to mishear.
    sa.Column("code", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("dossier_code", sa.String(64), nullable=False, default=""),
    # Keyed hash: who has the code and sits in the conversation may ask for its state.
    sa.Column("session_hash", sa.String(64), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    # What the citizen wrote, personal data masked.
    sa.Column("text", sa.Text, nullable=False, default=""),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("closed_at", sa.DateTime),
    # What the office answers, which the citizen may read.
    sa.Column("answer", sa.Text, nullable=False, default=""),
    # Keyed hash of the telephone number that was left: with the code it opens the ticket anywhere.
    sa.Column("contact_hash", sa.String(64), nullable=False, default=""),
    # The number itself, sealed: whoever calls back opens it.
    sa.Column("contact_sealed", sa.Text, nullable=False, default=""),
    # When an answer was promised.
    sa.Column("due_at", sa.DateTime),
    # Where it goes: field (lĩnh vực), level (cấp) and agency (cơ quan); where it happened.
    sa.Column("field", sa.String(128), nullable=False, default=""),
    sa.Column("level", sa.String(16), nullable=False, default=""),
    sa.Column("agency", sa.String(255), nullable=False, default=""),
    sa.Column("place", sa.Text, nullable=False, default=""),
)

# Talks that a person takes over, or has.
handovers = sa.Table(
    "handovers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    # The conversation's name, by which the citizen is answered.
    sa.Column("session", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    # Number or name of the citizen at a gateway, sealed.
    sa.Column("reply_to", sa.Text, nullable=False, default=""),
    # "waiting", "held" (by an operator), "closed".
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("reason", sa.String(32), nullable=False),
    # The lower, the sooner.
    sa.Column("priority", sa.Integer, nullable=False),
    # Agency whose staff take it; "" is the province's information line.
    sa.Column("desk", sa.String(128), nullable=False, default=""),
    # JSON: need, procedure, what was tried; personal data masked.
    sa.Column("summary", sa.Text, nullable=False, default="{}"),
    sa.Column("opened_at", sa.DateTime, nullable=False),
    # Name of the operator's account, "" while nobody has it; and as the citizen is told it.
    sa.Column("claimed_by", sa.String(64), nullable=False, default=""),
    sa.Column("claimed_name", sa.String(128), nullable=False, default=""),
    # Counts claims: what an operator sends under an earlier one is refused.
    sa.Column("claim", sa.Integer, nullable=False, default=0),
    sa.Column("lease_until", sa.DateTime),
    # Place in the queue that the citizen was told last, and whether that it takes long.
    sa.Column("told_place", sa.Integer),
    sa.Column("told_long", sa.Boolean, nullable=False, default=False),
    sa.Column("closed_at", sa.DateTime, index=True),
    sa.Column("close_reason", sa.String(32), nullable=False, default=""),
    sa.Column("close_note", sa.Text, nullable=False, default=""),
    # Its conversation in another helpdesk.
    sa.Column("external_id", sa.String(64), nullable=False, default="", index=True),
    # A conversation is handed over once at a time.
    sa.Index(
        "uq_handovers_open",
        "session",
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    ),
)

handover_messages = sa.Table(
    "handover_messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "handover_id",
        sa.Integer,
        sa.ForeignKey("handovers.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # "citizen", "bot", "operator".
    sa.Column("author", sa.String(16), nullable=False),
    sa.Column("name", sa.String(128), nullable=False, default=""),
    # Said before the hand-over, copied for the operator.
    sa.Column("earlier", sa.Boolean, nullable=False, default=False),
    # Personal data masked in what citizens write; JSON of what was masked, sealed.
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False, default=""),
    # JSON of buttons below the text.
    sa.Column("buttons", sa.Text, nullable=False, default=""),
    # As pages and operators name it: the same comes twice, and is kept once.
    sa.Column("message_id", sa.String(128), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    # When the citizen got it; of their own messages, when it came.
    sa.Column("delivered_at", sa.DateTime, index=True),
    sa.UniqueConstraint("handover_id", "message_id"),
)

# What the hotline's gateway was answered: the same message again gets the same pages.
hotline_deliveries = sa.Table(
    "hotline_deliveries",
    metadata,
    sa.Column("sender", sa.String(64), primary_key=True),
    sa.Column("message_id", sa.String(128), primary_key=True),
    sa.Column("body_hash", sa.String(64), nullable=False),
    # Sealed JSON; "" while the turn is under way.
    sa.Column("pages", sa.Text, nullable=False, default=""),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
)

# What a caller of the hotline has before them: menu, pages that are left, screens to go back to.
hotline_screens = sa.Table(
    "hotline_screens",
    metadata,
    sa.Column("sender", sa.String(64), primary_key=True),
    # Sealed JSON.
    sa.Column("screen", sa.Text, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
)

# What citizens think of answers: one rating of a message by a conversation.
answer_ratings = sa.Table(
    "answer_ratings",
    metadata,
    # Keyed hash: ratings are erased with their conversation.
    sa.Column("session_hash", sa.String(64), primary_key=True),
    # The bot's message.
    sa.Column("message_id", sa.String(64), primary_key=True),
    sa.Column("rating", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False, default=""),
    # What the citizen wrote, beside the rating and before the answer; personal data masked.
    sa.Column("comment", sa.Text, nullable=False, default=""),
    sa.Column("question", sa.Text, nullable=False, default=""),
    # What the answer was about.
    sa.Column("topic", sa.String(64), nullable=False, default=""),
    sa.Column("procedure_code", sa.String(32), nullable=False, default=""),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
)
