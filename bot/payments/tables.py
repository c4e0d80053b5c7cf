"""Tables of payments (thanh toán). Times are UTC, without a zone; sums are whole đồng."""

from __future__ import annotations

import sqlalchemy as sa

from bot.database import metadata

# Which ways to pay an office has published for a procedure and a channel; each with its source.
methods = sa.Table(
    "payment_methods",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("procedure_code", sa.String(32), nullable=False, index=True),
    # online, direct, postal; "" for every channel.
    sa.Column("channel", sa.String(16), nullable=False, default=""),
    # Key of a method in methods.yml, and whether it is possible there.
    sa.Column("method", sa.String(32), nullable=False),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("source_title", sa.Text, nullable=False),
    sa.Column("source_url", sa.Text, nullable=False, default=""),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_to", sa.Date),
)

# What a citizen was given to pay a dossier's fee with: a page of the gateway, or a QR code.
orders = sa.Table(
    "payment_orders",
    metadata,
    # Ours, unique, told to the gateway and written into a transfer: nothing personal in it.
    sa.Column("reference", sa.String(32), primary_key=True),
    # gateway, qr
    sa.Column("way", sa.String(16), nullable=False),
    sa.Column("dossier_code", sa.String(64), nullable=False, index=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    # Key of the beneficiary in the signed list; "" where the gateway receives.
    sa.Column("beneficiary", sa.String(64), nullable=False, default=""),
    sa.Column("session_hash", sa.String(64), nullable=False, index=True),
    # open, paid, failed, expired, refunding, refunded, disputed
    sa.Column("state", sa.String(16), nullable=False, index=True),
    # The gateway's own number of the transaction, once it has told it.
    sa.Column("gateway_number", sa.String(64), nullable=False, default=""),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
    sa.Column("expires_at", sa.DateTime, nullable=False),
    # When the gateway had the right sum.
    sa.Column("paid_at", sa.DateTime),
    # More money came than was asked for: somebody has to give it back.
    sa.Column("paid_twice", sa.Boolean, nullable=False, default=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
)

# Verified messages of the gateway, each once; what cannot be verified is not kept.
messages = sa.Table(
    "payment_messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    # Hash of what makes a message the same when it comes again.
    sa.Column("message_key", sa.String(64), nullable=False, unique=True),
    # As the message says; no order of ours need have it.
    sa.Column("reference", sa.String(32), nullable=False, index=True),
    # callback, query, refund
    sa.Column("kind", sa.String(16), nullable=False),
    # What was made of it: see bot/payments/states.py.
    sa.Column("verdict", sa.String(32), nullable=False),
    sa.Column("status", sa.String(32), nullable=False, default=""),
    # A refund of a part of the sum.
    sa.Column("is_partial", sa.Boolean, nullable=False, default=False),
    sa.Column("amount", sa.BigInteger),
    sa.Column("gateway_number", sa.String(64), nullable=False, default=""),
    sa.Column("received_at", sa.DateTime, nullable=False, index=True),
)
