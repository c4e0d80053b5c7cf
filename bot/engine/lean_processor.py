"""Rasa's processor without two searches that it does anew for every message.

Reason: after each message Rasa asks whether its domain is empty, and finds that out by building
an empty one and comparing all of both (0.2 ms, a fifth of our understanding of a message). And
it proves the schema of actions' results for each action (`bot.engine.in_process_actions`).
It also forgets a conversation whose citizen wants that (`bot.engine.erasure`), and keeps an answer
to a question for a personal number out of what is stored (`bot.channels.incoming`). A message that
is delivered twice is handled once: lines are lost, and pages and gateways then send it again. And
while a person has the conversation, messages are theirs (`bot.channels.with_person`).
"""

from __future__ import annotations

import functools
import time
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, INTENT, INTENT_NAME_KEY

from bot import retention
from bot.channels import chatwoot, incoming, transcript, with_person
from bot.channels.conversation_output import ConversationOutput
from bot.engine import erasure
from bot.engine.in_process_actions import InProcessAction, InProcessActions
from bot.recent import Recent
from bot.support import attendance

# Messages wait for seconds, not for as long as it takes to erase so many conversations.
MOST_ERASED = 10_000
# Slots of the look-up form that hold a number of a person.
ASKED_NUMBERS = frozenset((
    "dossier_digits", "dossier_one_time_code", "applicant_phone", "applicant_identity_number",
    "ticket_contact",
))  # fmt: skip


class _AlreadyHandled(Exception):
    """The conversation has this message."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        super().__init__()
        self.tracker = tracker


class _WithPerson(Exception):
    """The message was for an operator; nothing of the turn is stored."""


class LeanProcessor(MessageProcessor):
    """Rasa's processor; warnings of intents and entities that the domain lacks stay."""

    def __init__(self, processor: MessageProcessor) -> None:
        """Takes a processor over with its loaded model and stores."""
        self.__dict__.update(vars(processor))
        retention.erases_conversations = True
        attendance.hands_over = True
        self._known_intents = frozenset(self.domain.intents)
        self._known_entities = frozenset(self.domain.entities)
        # When conversations were erased last, monotonic seconds.
        self._erased_at: Recent[float] = Recent(MOST_ERASED)

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """The next action (see parent class)."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is RemoteAction and isinstance(action.action_endpoint, InProcessActions):
            return InProcessAction(action.name(), action.action_endpoint), prediction
        return action, prediction

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Handles a message (see parent class); one that was handled gets the same replies again.

        Called with the conversation's lock: of two deliveries at once, one waits. A message that
        waited while its conversation was erased is dropped: its citizen wants nothing to be kept.
        """
        output = message.output_channel
        replies = output.messages if isinstance(output, CollectingOutputChannel) else None
        received_at = getattr(message, "received_at", None)
        if received_at is not None and received_at < self._erased_at.get(message.sender_id, 0):
            return None
        try:
            return await super().handle_message(message)
        except _AlreadyHandled as repeated:
            for said in transcript.replies(repeated.tracker.events, str(message.message_id)):
                await output.send_response(message.sender_id, said.message())
            return replies
        except _WithPerson:
            return replies

    async def _handle_message_with_tracker(
        self, message: UserMessage, tracker: DialogueStateTracker
    ) -> None:
        """Logs the message (see parent class); of an answer with a number only that it was one."""
        if transcript.is_handled(tracker.events, message.message_id):
            raise _AlreadyHandled(tracker)
        pressed = functools.partial(_title, message, tracker)
        if await with_person.take(message, self.parse_message, pressed):
            raise _WithPerson
        if tracker.get_slot(REQUESTED_SLOT) in ASKED_NUMBERS and message.parse_data is None:
            incoming.hide_answer(message)
        # What is stored is what other pages of the conversation may show.
        if isinstance(message.output_channel, ConversationOutput):
            await message.output_channel.heard(message.sender_id, message.text)
        await super()._handle_message_with_tracker(message, tracker)

    async def save_tracker(self, tracker: DialogueStateTracker) -> None:
        """Saves the conversation (see parent class), or erases it if that was asked for."""
        if tracker.slots.get(erasure.ERASE) is not None and tracker.get_slot(erasure.ERASE):
            erasure.erase(self.tracker_store, tracker.sender_id)
            self._erased_at.put(tracker.sender_id, time.monotonic())
            if chatwoot.is_used():
                chatwoot.forget(tracker.sender_id)
        else:
            await super().save_tracker(tracker)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        intent = parse_data[INTENT][INTENT_NAME_KEY]
        entities = (entity[ENTITY_ATTRIBUTE_TYPE] for entity in parse_data[ENTITIES])
        if intent not in self._known_intents or not self._known_entities.issuperset(entities):
            super()._check_for_unseen_features(parse_data)


def _title(message: UserMessage, tracker: DialogueStateTracker) -> str:
    """Title of the button that was pressed, if it was shown in the conversation."""
    text = message.text or ""
    return transcript.title(text, transcript.read(tracker.events)) if text.startswith("/") else ""
