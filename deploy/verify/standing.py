"""Which events of the log count: those that nothing takes back, one a version; apart from the stream's own code."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field

from deploy.verify.log import Logged
from ingest.events import Event
from ingest.retractions import Retraction

Key = tuple[str, int]


@dataclass(frozen=True)
class Counts:
    """Of so many `records` `stored` have a row of their own in the warehouse, of so many `versions`; `retractions` have
    one, too.
    """

    records: int = 0
    stored: int = 0
    versions: int = 0
    retractions: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def __neg__(self) -> "Counts":
        return Counts(*(-number for number in astuple(self)))


@dataclass
class Counted:
    """The `events` that count, in the order in which they came."""

    events: list[Logged] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def counted(logged: Iterable[Logged]) -> Counted:
    """What is left of the records of a topic; those of one entity must come in their order."""
    first: dict[Key, Logged] = {}
    more: dict[Key, list[Logged]] = {}
    records = 0
    for one in logged:
        records += 1
        if one.event is None:
            continue
        key = (one.event.entity_id, one.event.order_in_time)
        if key in first or isinstance(one.event, Retraction):
            more.setdefault(key, []).append(one)
        if key not in first:
            first[key] = one
    plain = [one for key, one in first.items() if key not in more]
    result = Counted(plain, Counts(records, len(plain), len(plain)))
    for key, one in first.items():
        if key in more:
            _walk(more[key] if more[key][0] is one else [one, *more[key]], result)
    return result


def _walk(records: Sequence[Logged], result: Counted) -> None:
    """The records of one version, one after the other."""
    standing: dict[str, Logged] = {}
    taken_back: set[str] = set()
    stored = retractions = 0
    for one in records:
        event, id = one.event, one.id
        assert event is not None
        if isinstance(event, Retraction):
            retractions += event.retracts not in taken_back
            taken_back.add(event.retracts)
            standing.pop(event.retracts, None)
        elif id not in taken_back and id not in standing and all(_alike(event, other) for other in standing.values()):
            standing[id] = one
            stored += 1
    result.counts += Counts(stored=stored, versions=int(stored > 0), retractions=retractions)
    result.events += list(standing.values())[:1]


def _alike(event: Event, other: Logged) -> bool:
    unsaid = {"event_id", "imported_from"}
    assert other.event is not None
    return event.model_dump(exclude=unsaid) == other.event.model_dump(exclude=unsaid)
