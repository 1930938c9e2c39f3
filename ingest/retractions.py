"""Taking back: an event that says of another one that it does not count, by whom and why.

It goes onto the topic and under the key of what it takes back, so it meets it in the same partition. An event is known
by entity, version and `event_id`; whichever of the two comes first, that event counts for nothing. The same content
under another id is another event: it is said again, and counts.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from pydantic import Field

from ingest.errors import Terminal, did_you_mean
from ingest.events import Action, Event
from ingest.fields import Id
from ingest.intake import Refused, Sealed, canonical, derived_id, event_id_of, is_retraction, parse, with_event_id
from ingest.reader import Reader
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS, Topic


class Retraction(Event):
    """`version` and `entity` name what is taken back, `source` says whose it was; `retraction_id` is the command's."""

    retracts: Id = Field(description="the `event_id` of what is taken back")
    entity: str
    version: int
    retraction_id: Id
    who: Id
    why: str

    @property
    def entity_id(self) -> str:
        return self.entity


def announced(source: str, retraction_id: str, who: str, why: str, at: datetime) -> Action:
    """What is told before the first event of a source is taken back: who does it, and why."""
    return Action(
        occurred_at=at, event_id=retraction_id, source="retract", subject=f"source:{source}", who=who,
        what="retract", note=why,
    )  # fmt: skip


def last_retraction(settings: KafkaSettings, source: str) -> str:
    """The id of the last retraction of a source; "" for none. Raises `BrokerAway`."""
    last = ""
    with Reader(settings) as log:
        partitions = log.partitions("actions")
        for record in log.records(log.begins(partitions), log.ends(partitions)):
            if record.key == f"source:{source}".encode():
                last = Action.model_validate_json(record.value).event_id or last
    return last


class NotRetractable(Terminal):
    """What is on that topic is not taken back."""


def retractable(name: str = "") -> list[Topic]:
    """The topic of that name, or all whose events can be taken back. Raises `NotRetractable`."""
    if not name:
        return [topic for topic in TOPICS.values() if not topic.stays]
    if name not in TOPICS:
        raise NotRetractable(f"there is no topic {name!r}.{did_you_mean(name, TOPICS)}")
    if reason := TOPICS[name].stays:
        raise NotRetractable(f"what is on {name} cannot be taken back: {reason}")
    return [TOPICS[name]]


def reader(topic: Topic) -> Callable[[bytes], Event]:
    """Reads what may lie on a topic: its events, and what takes them back. Raises `ValidationError`."""
    assert topic.model is not None
    read = topic.model.validate_json
    if topic.stays:
        return read
    return lambda raw: Retraction.model_validate_json(raw) if is_retraction(raw) else read(raw)


def identity(topic: str, given: str | None, raw: bytes) -> str:
    """The id of an event off the log: the one it was given, else the one that the door would have given it."""
    if given is not None:
        return given
    try:
        return derived_id(topic, parse(raw))
    except Refused:
        return event_id_of(topic, raw)


def sealed(topic: Topic, retractions: Iterable[Retraction]) -> Iterator[Sealed]:
    """Retractions as they go onto the log; the same one twice has the same id."""
    for one in retractions:
        content = canonical(one.model_dump(mode="json", exclude_none=True))
        event_id = event_id_of(topic.name, content)
        yield Sealed(one.entity_id.encode(), with_event_id(content, event_id), event_id)
