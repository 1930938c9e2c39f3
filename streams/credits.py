"""Who an order or a deal counts for (业绩归属): its credits, or its rep at 1."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ingest.events import Opportunity, Order
from streams.amounts import split

WHOLE = Decimal(1)


class Credited(NamedTuple):
    """One who is credited. Overlay credit counts for the person, never in a total of an office or the company."""

    rep_id: str
    office_id: str
    role: str
    is_overlay: int
    share: Decimal


def credited(event: Order | Opportunity) -> list[Credited]:
    """Everyone the event counts for; a credit without an office counts for the event's."""
    if not event.credits:
        return [Credited(event.rep_id or "", event.office_id or "", "AR", 0, WHOLE)]
    return [
        Credited(
            credit.person_id, credit.office_id or event.office_id or "", credit.role, int(credit.overlay), credit.share
        )
        for credit in event.credits
    ]


def split_amounts(amounts: Sequence[int], people: Sequence[Credited]) -> list[list[int]]:
    """For each of `people` its part of every amount: plain shares to the cent, an overlay its share on top."""
    if len(people) == 1:
        return [list(amounts)]
    plain = [person for person in people if not person.is_overlay]
    parts_of_plain = [split(amount, [person.share for person in plain]) for amount in amounts]
    result: list[list[int]] = []
    index = 0
    for person in people:
        if person.is_overlay:
            rest = 1 - person.share
            result.append([split(amount, [person.share, rest])[0] if rest else amount for amount in amounts])
        else:
            result.append([parts[index] for parts in parts_of_plain])
            index += 1
    return result


def leading(people: Sequence[Credited]) -> int:
    """Index of the one a count (of lines, of deals) goes to: the largest share without overlay, the first of equals."""
    if len(people) == 1:
        return 0
    return max(range(len(people)), key=lambda i: (not people[i].is_overlay, people[i].share, -i))
