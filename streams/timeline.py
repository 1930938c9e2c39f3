"""An entity's timeline: its versions in order, and the signed change rows that lead from each to the next.

What a topic means is given by a `Reading`: which ids and measures a version contributes, and by which clocks the
measures count. The rows of a timeline are a pure function of the set of its versions; how one is put in or taken out
says `streams.entity`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import add, sub
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from ingest.calendar import business_day
from ingest.events import Event
from streams.batches import NO_DAY

Ids = tuple[Any, ...]
Amounts = tuple[int, ...]


class Contribution(NamedTuple):
    """What one version adds under one combination of ids; amounts in the order of `Reading.measures`."""

    ids: Ids
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class State:
    """A version in its place: what it contributes and the days its measures count for."""

    version: int
    raw: bytes
    source: str
    changed_at: datetime
    change_day: date
    own_days: tuple[date | None, ...]
    correction: bool
    memory: Any
    contributions: tuple[Contribution, ...]

    @property
    def entity_day(self) -> date:
        return self.own_days[0] or self.change_day


@dataclass(frozen=True, slots=True)
class Clock:
    """When a group of measures counts.

    `own_day(event, previous, change_day)` is the day the entity itself names for them (an order its booking day),
    None where it names none; a later version that is silent inherits the `previous` one. The first time, a measure
    counts on its own day; what changes afterwards counts on the day of the change, unless the own day itself moved
    or the version corrects the record: then it is taken from the old day and put on the new. With `restated` it
    always is.
    """

    measures: tuple[str, ...]
    own_day: Callable[[Any, date | None, date], date | None]
    restated: bool = False


class Reading(Protocol):
    """How the events of one topic are read into change rows."""

    table: str
    ids: tuple[str, ...]
    clocks: tuple[Clock, ...]

    def contributions(self, event: Any, memory: Any) -> Iterable[Contribution]: ...

    def memory(self, event: Any, previous: Any) -> Any:
        """What this version must know of those before it; None before the first."""

    def change_day(self, event: Any, zone: ZoneInfo) -> date: ...


class Row(NamedTuple):
    """A signed change: `amounts` in the order of the reading's measures."""

    version: int
    changed_at: datetime
    source: str
    day: date
    entity_day: date
    ids: Ids
    amounts: Amounts


def measures(reading: Reading) -> tuple[str, ...]:
    """Names of the reading's measures, in the order of every `amounts`."""
    return tuple(name for clock in reading.clocks for name in clock.measures)


def state_after(reading: Reading, previous: State | None, event: Event, raw: bytes, zone: ZoneInfo) -> State:
    """The state that `event` brings when it follows `previous`."""
    correction = bool(getattr(event, "correction", False)) and previous is not None
    change_day = previous.change_day if correction and previous else reading.change_day(event, zone)
    before = previous.own_days if previous else (None,) * len(reading.clocks)
    memory = reading.memory(event, previous.memory if previous else None)
    return State(
        version=event.order_in_time,
        raw=raw,
        source=event.source,
        changed_at=event.occurred_at,
        change_day=change_day,
        own_days=tuple(
            [clock.own_day(event, own, change_day) for clock, own in zip(reading.clocks, before, strict=True)]
        ),
        correction=correction,
        memory=memory,
        contributions=tuple(reading.contributions(event, memory)),
    )


def _days(
    clock: Clock, previous: State | None, following: State, own: date | None, new: date | None
) -> tuple[date, date]:
    """The days on which a clock's measures are taken from the previous state and given to the following one."""
    if previous is None:
        return NO_DAY, new or following.change_day
    moved = own is not None and new is not None and own != new
    if clock.restated or following.correction or moved:
        return own or previous.change_day, new or following.change_day
    return following.change_day, (new if own is None and new is not None else following.change_day)


def transition(reading: Reading, previous: State | None, following: State) -> list[Row]:
    """The signed rows that lead from one version to the next: equal ids and days netted, zeros left out."""
    own = previous.own_days if previous else (None,) * len(reading.clocks)
    days = [
        _days(clock, previous, following, before, after)
        for clock, before, after in zip(reading.clocks, own, following.own_days, strict=True)
    ]
    sums: dict[tuple[date, date, Ids], list[int]] = {}
    if previous:
        _add(sums, reading, previous, [minus for minus, _ in days], -1)
    _add(sums, reading, following, [plus for _, plus in days], 1)
    version, changed_at, source = following.version, following.changed_at, following.source
    return [
        Row(version, changed_at, source, day, entity_day, ids, tuple(amounts))
        for (day, entity_day, ids), amounts in sums.items()
        if any(amounts)
    ]


def _add(
    sums: dict[tuple[date, date, Ids], list[int]], reading: Reading, state: State, days: list[date], sign: int
) -> None:
    """Add a state's contributions, each clock's measures on its day."""
    entity_day, first = state.entity_day, days[0]
    if all(day == first for day in days):
        for ids, amounts in state.contributions:
            _add_row(sums, (first, entity_day, ids), amounts, sign)
        return
    for ids, amounts in state.contributions:
        start = 0
        for clock, day in zip(reading.clocks, days, strict=True):
            end = start + len(clock.measures)
            if any(amounts[start:end]):
                masked = (*(0,) * start, *amounts[start:end], *(0,) * (len(amounts) - end))
                _add_row(sums, (day, entity_day, ids), masked, sign)
            start = end


def _add_row(
    sums: dict[tuple[date, date, Ids], list[int]], key: tuple[date, date, Ids], amounts: Amounts, sign: int
) -> None:
    row = sums.get(key)
    if row is None:
        sums[key] = list(amounts) if sign > 0 else [-amount for amount in amounts]
    elif sign > 0:
        sums[key] = list(map(add, row, amounts))
    else:
        sums[key] = list(map(sub, row, amounts))


def rows_from(reading: Reading, states: Sequence[State], start: int) -> Iterator[Row]:
    """The rows of a timeline's states from the one at `start` on."""
    for i in range(start, len(states)):
        yield from transition(reading, states[i - 1] if i else None, states[i])


def difference(new: Iterable[Row], old: Iterable[Row]) -> Iterator[Row]:
    """`new` − `old`, equal rows cancelled."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for rows, operator in ((new, add), (old, sub)):
        for row in rows:
            sums[row[:-1]] = list(map(operator, sums.get(row[:-1]) or (0,) * len(row.amounts), row.amounts))
    for key, amounts in sums.items():
        if any(amounts):
            yield Row._make((*key, tuple(amounts)))


class NoMemory:
    """For a reading whose versions need to know nothing of those before."""

    def memory(self, event: Any, previous: Any) -> Any:
        return None


def plain_change_day(event: Event, zone: ZoneInfo) -> date:
    """The business day on which the event happened."""
    return business_day(event.occurred_at, zone)
