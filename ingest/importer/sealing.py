"""Contents made events: validated, named after what they say, and what becomes of those that may not enter."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ingest.intake import (
    Fault,
    Refused,
    Sealed,
    canonical,
    event_id_of,
    parse,
    require_size,
    seal,
    validate,
    with_event_id,
)
from ingest.topics import TOPICS


@dataclass(frozen=True)
class Totals:
    """Of events: how many, the sum of their `amount`s, and the first and the last instant."""

    count: int = 0
    amount: Decimal = Decimal(0)
    first: datetime | None = None
    last: datetime | None = None

    def __add__(self, other: "Totals") -> "Totals":
        firsts = [at for at in (self.first, other.first) if at is not None]
        lasts = [at for at in (self.last, other.last) if at is not None]
        return Totals(
            self.count + other.count,
            self.amount + other.amount,
            min(firsts, default=None),
            max(lasts, default=None),
        )


@dataclass(frozen=True)
class Receipt:
    """What became of a batch of contents: `refused` says which places of it may not enter, and why; `conflicting`,
    where it is looked for, which say something else than an earlier one of the same entity and version.
    """

    totals: Totals
    refused: list[tuple[int, Fault]] = field(default_factory=list)
    conflicting: list[tuple[int, str]] = field(default_factory=list)


class Origin(NamedTuple):
    """What brings contents: the file of each, and the retraction after which their source says them.

    What was said before a retraction and is said after it are two events; so what was taken back counts when it is
    brought again.
    """

    files: Sequence[str] = ()
    after: str = ""


def seal_all(topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> tuple[list[Sealed], Receipt]:
    """Validate and seal; contents must be canonical (`intake.canonical`), as the mapping language writes them."""
    row = TOPICS[topic]
    sealed: list[Sealed] = []
    refused: list[tuple[int, Fault]] = []
    amount, first, last = Decimal(0), None, None
    for place, content in enumerate(contents):
        try:
            require_size(content)
            event = validate(row, content)
            has_id = b'"event_id":' in content
            if has_id and origin.after:
                content = _renamed(content, origin.after)
            one = seal(row, content) if has_id else None
        except Refused as reason:
            refused.append((place, reason.faults[0]))
            continue
        if one is None:
            event_id = event_id_of(topic, content + origin.after.encode())
            one = Sealed(event.entity_id.encode(), with_event_id(content, event_id), event_id)
        sealed.append(_from_file(one, origin.files[place]) if origin.files else one)
        amount += getattr(event, "amount", None) or 0
        at = event.occurred_at
        first = at if first is None or at < first else first
        last = at if last is None or at > last else last
    return sealed, Receipt(Totals(len(sealed), amount, first, last), refused)


def _renamed(content: bytes, after: str) -> bytes:
    """A content with an id of its source's, under the id that it has after a retraction."""
    said = parse(content)
    return canonical(said | {"event_id": f"{said['event_id']}~{after}"}) if said["event_id"] is not None else content


def _from_file(one: Sealed, file: str) -> Sealed:
    named = json.dumps(file, ensure_ascii=False).encode()
    return replace(one, value=one.value[:-1] + b',"imported_from":' + named + b"}")
