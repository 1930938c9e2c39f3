"""What was told, on the log: read in order, and written so that of several who want to send a message one may.

A message is taken up by a word on the topic's one partition; whose word of an attempt lies first there has it.
Everything here blocks; one thread at a time reads and takes up, any number write.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import ValidationError

from dashboard.notifications.messages import Message
from dashboard.notifications.told import Told
from ingest.dead_letters import Letter, error_headers
from ingest.events import Notification
from ingest.publisher import Publisher
from ingest.reader import Reader
from ingest.settings import KafkaSettings

if TYPE_CHECKING:
    from kafka import TopicPartition

log = logging.getLogger(__name__)
TOPIC = "notifications"
UNDELIVERED = "not-delivered"
"""The reason of a message that is a dead letter."""


class Outbox:
    """`read` brings `told` up to the log's end. Every method raises `IngestError`."""

    def __init__(self, settings: KafkaSettings | None = None) -> None:
        self.told = Told()
        self._sender = uuid4().hex
        self._reader, self._publisher = Reader(settings), Publisher(settings)
        self._reached: dict[TopicPartition, int] = {}
        self._mine: set[tuple[str, int]] = set()

    def read(self) -> bool:
        """Whether there was anything new."""
        partitions = self._reader.partitions(TOPIC)
        ends = self._reader.ends(partitions)
        if any(self._reached.get(tp, 0) > end for tp, end in ends.items()):  # the topic was made anew
            self.told, self._reached = Told(), {}
        begins = {tp: self._reached.get(tp, 0) for tp in partitions}
        for tp, first in self._reader.begins([tp for tp in partitions if not begins[tp]]).items():
            begins[tp] = first
        for record in self._reader.records(begins, ends):
            self._take(record.value or b"")
        self._reached |= ends
        return begins != ends

    def take_up(self, messages: Sequence[Message], now: datetime) -> list[tuple[Message, int]]:
        """Those of the messages that are ours to send now, each with its attempt."""
        wanted = [(message, self.told.life(message.id).attempts + 1) for message in messages]
        if not wanted:
            return []
        self._publisher.publish(
            TOPIC, [word(message, "sending", attempt, now, sender=self._sender) for message, attempt in wanted]
        )
        self.read()
        mine, self._mine = self._mine, set()
        return [(message, attempt) for message, attempt in wanted if (message.id, attempt) in mine]

    def say(self, words: Iterable[Notification]) -> None:
        """Put what became of messages on the log."""
        self._publisher.publish(TOPIC, list(words))

    def put_aside(self, message: Message, attempt: int, answer: str, now: datetime) -> None:
        """Make a message a dead letter: replayed, it is tried again if it is still to be told."""
        again = word(message, "again", attempt, now)
        headers = error_headers(TOPIC, UNDELIVERED, f"{message.to.channel} to {message.to.recipient}: {answer}")
        letter = Letter(message.id.encode(), again.model_dump_json(exclude_none=True).encode(), headers)
        self._publisher.publish_many("dead-letters", [letter])
        self.say([word(message, "dead", attempt, now, answer=answer)])

    def close(self) -> None:
        """Let go of the log."""
        self._reader.close()
        self._publisher.close()

    def _take(self, value: bytes) -> None:
        try:
            said = Notification.model_validate_json(value)
        except ValidationError as error:
            log.warning("a word on %s cannot be read and counts for nothing: %s", TOPIC, error)
            return
        if self.told.take(said) and said.state == "sending" and said.sender == self._sender:
            self._mine.add((said.notification_id, said.attempt))


def word(
    message: Message,
    state: str,
    attempt: int,
    now: datetime,
    *,
    sender: str | None = None,
    answer: str | None = None,
    retry_at: datetime | None = None,
) -> Notification:
    """The event that says what becomes of a message."""
    return Notification.model_validate(
        {
            "occurred_at": now, "source": "tell", "notification_id": message.id, "recipient": message.to.recipient,
            "channel": message.to.channel, "route": message.route, "kind": message.kind, "state": state,
            "attempt": attempt, "items": message.said, "sender": sender,
            "answer": answer, "retry_at": retry_at,
        }
    )  # fmt: skip
