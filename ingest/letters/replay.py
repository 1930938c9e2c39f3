"""A dead letter goes back: its own bytes, or mended ones, onto its topic; that it went is an action like any other.

The event is sent first and the action written after Kafka has acknowledged it: who dies in between, or two who replay
at once, send the same version with the same content twice, and that is one event to the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ingest.dead_letters import PREFIX
from ingest.errors import Terminal, did_you_mean
from ingest.events import Action
from ingest.intake import Fault, Refused, Sealed, seal, validate
from ingest.letters.box import Box, Found
from ingest.letters.letter import Letter, Position, standstill
from ingest.topics import TOPICS

if TYPE_CHECKING:
    from ingest.publisher import Publisher

AT_ONCE = 200
"""Letters that are sent and settled together."""
Said = Literal["ready", "sent", "already", "refused", "no_topic"]


class NoSuchLetter(Terminal):
    """Nothing lies at that position, or no longer."""


@dataclass(frozen=True)
class Return:
    """What became, or would become, of one letter. `faults` say what the contract refuses about its bytes."""

    letter: Letter
    said: Said
    faults: tuple[Fault, ...] = ()
    sealed: Sealed | None = None


def faults_of(letter: Letter) -> tuple[Fault, ...]:
    """What the contract refuses about the bytes of a whole letter as they are; () where it would take them."""
    try:
        validate(TOPICS[letter.topic], letter.value)
    except Refused as refused:
        return refused.faults
    return ()


def prepared(letter: Letter, edited: bytes | None = None) -> Return:
    """The event as it would go back: original bytes under their original key, under the entity's id without one.

    Mended bytes pass the door like any event, and go under the key that the door gives them: a mended id belongs to
    another partition than the broken one.
    """
    topic = TOPICS.get(letter.topic)
    if topic is None or topic.model is None or not letter.is_whole:
        return Return(letter, "no_topic")
    try:
        if edited is not None:
            sealed = seal(topic, edited)
        else:
            event = validate(topic, letter.value)
            key = event.entity_id.encode() if letter.key is None else letter.key
            sealed = Sealed(key, letter.value, event.event_id or "")
    except Refused as refused:
        return Return(letter, "refused", refused.faults)
    attempt = (PREFIX + "attempt", str(letter.attempt + 1).encode())
    return Return(letter, "ready", sealed=replace(sealed, headers=(*letter.headers, attempt)))


def chosen(found: Iterable[Found], positions: Sequence[Position] = (), *, topic: str = "", reason: str = "") -> list[
    Found
]:  # fmt: skip
    """The letters at the positions, or all that wait of a topic and a reason, the oldest first.

    Raises `NoSuchLetter`, and `Terminal` for a topic that is none.
    """
    known = {one.letter.position: one for one in found}
    if positions:
        for position in positions:
            if position not in known:
                raise NoSuchLetter(f"there is no dead letter at {position}, or it is older than those kept in sight")
        return [known[position] for position in dict.fromkeys(positions)]
    if topic and topic not in TOPICS:
        raise Terminal(f"there is no topic {topic!r}.{did_you_mean(topic, TOPICS)}")
    waiting = [one for one in known.values() if one.settled is None]
    matching = [one for one in waiting if topic in ("", one.letter.topic) and reason in ("", one.letter.reason)]
    return sorted(matching, key=lambda one: (one.letter.at, one.letter.position))


def replay(
    box: Box,
    publisher: Publisher,
    letters: Iterable[Found],
    who: str,
    *,
    edited: bytes | None = None,
    dry_run: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Return]:
    """Send letters back, some at a time; those settled already and those the contract still refuses stay.

    A letter is settled only when Kafka has its event. Raises `BrokerAway`: what was not told of may be tried again.
    """
    waiting = iter(letters)
    while some := list(islice(waiting, AT_ONCE)):
        returns = [_looked_at(box, one, edited) for one in some]
        ready = [one for one in returns if one.sealed is not None]
        if not dry_run:
            into: dict[Position, str] = {}
            for topic in dict.fromkeys(one.letter.topic for one in ready):
                going = [one for one in ready if one.letter.topic == topic]
                places = publisher.publish_sealed(topic, [_sealed(one) for one in going])
                into |= {
                    one.letter.position: f"{topic}:{partition}:{offset}"
                    for one, (partition, offset) in zip(going, places, strict=True)
                }
            note = "edited" if edited is not None else None
            _settle(publisher, [one.letter for one in ready], "replay", who, note, now(), into)
            returns = [replace(one, said="sent") if one.said == "ready" else one for one in returns]
        yield from returns


def dismiss(
    publisher: Publisher, letters: Iterable[Found], who: str, why: str, now: datetime | None = None
) -> list[Letter]:
    """Say of letters that nothing is to be done about them, and why; returns those that still waited."""
    if not why.strip():
        raise Terminal("a letter is dismissed only for a reason: say it with --why")
    waiting = [one.letter for one in letters if one.settled is None]
    _settle(publisher, waiting, "dismiss", who, why.strip(), now or datetime.now(UTC))
    return waiting


def let_through(publisher: Publisher, subject: str, who: str, now: datetime | None = None) -> None:
    """Let what is bad of a stream that stands still become dead letters. `subject` as "orders:5:1200"."""
    topic, _, place = subject.removeprefix("standstill:").rpartition(":")[0].partition(":")
    offset = subject.rpartition(":")[2]
    if topic not in TOPICS or not (place.isdigit() and offset.isdigit()):
        raise Terminal(f"{subject!r} is no stream that stands still; `oneboard doctor` says which do, as orders:5:1200")
    event = Action(
        occurred_at=now or datetime.now(UTC),
        source="dead-letters",
        subject=standstill(topic, int(place), int(offset)),
        who=who,
        what="let_through",
    )
    publisher.publish("actions", [event])


def _looked_at(box: Box, one: Found, edited: bytes | None) -> Return:
    if one.settled is not None:
        return Return(one.letter, "already")
    whole = box.whole(one.letter.position)
    if whole is None:
        raise NoSuchLetter(f"the dead letter at {one.letter.position} is gone from the log")
    return prepared(whole, edited)


def _sealed(one: Return) -> Sealed:
    assert one.sealed is not None
    return one.sealed


def _settle(
    publisher: Publisher,
    letters: Sequence[Letter],
    what: Literal["replay", "dismiss"],
    who: str,
    note: str | None,
    now: datetime,
    into: Mapping[Position, str] = MappingProxyType({}),
) -> None:
    events = [
        Action(
            occurred_at=now, source="dead-letters", subject=one.position.subject, who=who, what=what, note=note,
            into=into.get(one.position),
        )
        for one in letters
    ]  # fmt: skip
    if events:
        publisher.publish("actions", events)
