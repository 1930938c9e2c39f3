"""How far the log is and who reads it, asked of the broker itself: apart from any worker, so that a dead one shows.

Blocks; on an event loop call it through `asyncio.to_thread`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, KafkaError

from ingest.errors import BrokerAway
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS

LATEST = int(OffsetSpec.LATEST)


class Place(NamedTuple):
    """A partition of one incarnation of a topic, as the warehouse's rows name it."""

    topic: str
    topic_id: str
    partition: int


@dataclass(frozen=True)
class LogState:
    """`ends`: records ever written, by place. `workers`: how many partitions each member of the group holds."""

    ends: Mapping[Place, int]
    workers: Mapping[str, int]

    @property
    def to_store(self) -> dict[Place, int]:
        """The ends of what belongs into the warehouse."""
        return {place: end for place, end in self.ends.items() if TOPICS[place.topic].is_stored}

    def written(self, topic: str) -> int:
        """Records ever written to a topic of ours."""
        return sum(end for place, end in self.ends.items() if place.topic == topic)


class LogWatch:
    """Looks at the broker again and again over one connection; `group` is the workers' consumer group.

    A member whose process died is known until its session of ten seconds has run out.
    """

    def __init__(self, settings: KafkaSettings, group: str) -> None:
        self._settings, self._group = settings, group
        self._admin: KafkaAdminClient | None = None

    def look(self) -> LogState:
        """How it stands now; `BrokerAway` when Kafka does not answer."""
        try:
            if self._admin is None:
                self._admin = KafkaAdminClient(
                    **self._settings.client_options(), bootstrap_timeout_ms=3_000, request_timeout_ms=5_000
                )
            return LogState(self._ends(self._admin), self._workers(self._admin))
        except KafkaError as error:
            self.close()
            raise BrokerAway(f"Kafka at {self._settings.bootstrap} does not answer: {error}") from error

    def close(self) -> None:
        """Let go of the connection; a later look connects anew."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ends(self, admin: KafkaAdminClient) -> dict[Place, int]:
        prefix = self._settings.topic_prefix
        described: list[dict[str, Any]] = admin.describe_topics([prefix + name for name in TOPICS])
        places = {
            TopicPartition(topic["name"], one["partition_index"]): Place(
                topic["name"].removeprefix(prefix), str(topic["topic_id"]), one["partition_index"]
            )
            for topic in described
            for one in topic["partitions"]
        }
        if not places:
            return {}
        found = admin.list_partition_offsets(dict.fromkeys(places, LATEST))
        return {places[tp]: end.offset for tp, end in found.items()}

    def _workers(self, admin: KafkaAdminClient) -> dict[str, int]:
        try:
            group: dict[str, Any] = admin.describe_groups([self._group]).get(self._group, {})
        except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError):
            return {}  # a broker that has just begun: it knows of no group yet
        return {member["member_id"]: _held(member) for member in group.get("members", [])}


def _held(member: Mapping[str, Any]) -> int:
    """Partitions of a member, as kafka-python reads its assignment; 0 while the group rebalances."""
    assignment = member.get("member_assignment") or {}
    topics = assignment.get("assigned_partitions", []) if isinstance(assignment, Mapping) else []
    return sum(len(topic["partitions"]) for topic in topics)
