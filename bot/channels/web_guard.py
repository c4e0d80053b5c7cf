"""A Socket.IO server that ends the connection of whoever does not keep to the protocol.

Reason: python-socketio collects as many binary attachments as a packet announces, without end,
and writes two tracebacks to the log for each packet that it cannot read.
"""

from __future__ import annotations

import logging
from typing import Any

from socketio import AsyncServer
from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet

logger = logging.getLogger(__name__)


class TextPacket(Packet):
    """A packet without attachments: pages send none."""

    def decode(self, encoded_packet: str) -> Any:
        """See parent class.

        Raises:
            ValueError: the packet announces attachments, or cannot be read.
        """
        attachments = super().decode(encoded_packet)
        if attachments or self.packet_type in (BINARY_EVENT, BINARY_ACK):
            raise ValueError("Binary packets are not taken.")
        return attachments


# The event's name and what comes with it.
MOST_ARGUMENTS = 2


class GuardedServer(AsyncServer):
    """python-socketio's server, as described above."""

    def __init__(self, **settings: Any) -> None:
        """Takes python-socketio's settings."""
        super().__init__(serializer=TextPacket, **settings)

    async def _handle_event(
        self, eio_sid: str, namespace: str | None, id: int | None, data: Any
    ) -> None:
        """An event (see parent class) that has a handler, with one object at the most."""
        known = self.handlers.get(namespace or "/", {})
        is_event = isinstance(data, list) and 1 <= len(data) <= MOST_ARGUMENTS
        if not is_event or not isinstance(data[0], str) or data[0] not in known:
            raise ValueError("There is no such event.")
        await super()._handle_event(eio_sid, namespace, id, data)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """A frame (see parent class); one that cannot be read ends its connection."""
        try:
            await super()._handle_eio_message(eio_sid, data)
        except Exception as error:
            logger.debug("A page is disconnected: %s", type(error).__name__)
            await self.eio.disconnect(eio_sid)
