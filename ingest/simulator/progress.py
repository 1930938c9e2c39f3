"""How far an order line is: shipped in parts, accepted, invoiced, returned, and paid in instalments."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from ingest.events import Allocation, Collection, Due
from ingest.fields import CollectionMethod, DueWhat, OrderStatus
from ingest.simulator.build import built
from ingest.simulator.pace import local_day
from ingest.simulator.stories import Days, Step, Track, money, pick

NEVER, LATE, LATEST_DAYS = 0.003, 0.05, 120
"""Parts of the instalments that are never paid, or (the never paid among them) late by up to so many days."""

_METHODS = (CollectionMethod.TRANSFER,) * 7 + (CollectionMethod.BANK_BILL,) * 2 + (CollectionMethod.COMMERCIAL_BILL,)


@dataclass(slots=True)
class Schedule:
    """When a line is shipped, accepted and invoiced, and its instalments as thousandths; the main one has the rest."""

    agreed: int
    shipped: int
    accepted: int
    invoiced: int
    advance: int
    kept: int
    main: DueWhat

    def parts(self, amount: int) -> list[tuple[date, int, DueWhat]]:
        """Instalments in fen that add up to the amount: day, part, what for."""
        advance, kept = amount * self.advance // 1000, amount * self.kept // 1000
        after = self.shipped if self.main is DueWhat.DELIVERY else self.accepted
        parts = [
            (local_day(self.agreed) + timedelta(7), advance, DueWhat.ADVANCE),
            (local_day(after) + timedelta(30), amount - advance - kept, self.main),
            (local_day(self.accepted) + timedelta(365), kept, DueWhat.RETENTION),
        ]
        return [part for part in parts if part[1]]

    def dues(self, amount: int) -> tuple[Due, ...]:
        return tuple(
            built(Due, {"on": on, "amount": money(part), "what": what}) for on, part, what in self.parts(amount)
        )


def planned(agreed: int, days: Days, rng: Random) -> Schedule:
    """When what was agreed at `agreed` will be delivered, and how it is to be paid."""
    shipped = days.after(agreed, 8, 24)
    accepted = days.after(shipped, 5, 25)
    return Schedule(
        agreed=agreed,
        shipped=shipped,
        accepted=accepted,
        invoiced=accepted if rng.random() < 0.7 else days.after(accepted, 2, 14),
        advance=300 if rng.random() < 0.3 else 0,
        kept=50 if rng.random() < 0.2 else 0,
        main=DueWhat.DELIVERY if rng.random() < 0.6 else DueWhat.ACCEPTANCE,
    )


def delivered(track: Track, schedule: Schedule, amount: int, back: int, days: Days, rng: Random) -> list[Step]:
    """Shipment, acceptance, invoice and return of a line: cumulative amounts, each at most the one before."""
    steps: list[Step] = []
    whole = money(amount)
    if track.fields["line_id"] == "1":
        if rng.random() < 0.25:
            part = {"shipped_amount": money(amount * rng.randint(40, 70) // 100)}
            steps.append((min(days.after(schedule.agreed, 5, 7), schedule.shipped - 60), track, part))
        steps.append((schedule.shipped, track, {"shipped_amount": whole}))
    accepted = {"shipped_amount": whole, "accepted_amount": whole}
    if schedule.invoiced == schedule.accepted:
        steps.append((schedule.accepted, track, accepted | {"invoiced_amount": whole}))
    else:
        steps.append((schedule.accepted, track, accepted))
        steps.append((schedule.invoiced, track, {"invoiced_amount": whole}))
    if back:
        change = {"returned_amount": money(back), "dues": schedule.dues(amount - back)}
        steps.append((days.after(schedule.invoiced, 3, 15), track, change))
    return steps


def paid(track: Track, schedule: Schedule, amount: int, days: Days, rng: Random) -> list[Step]:
    """Payments of the instalments, mostly some days late, few of them long; what is not paid holds back those after."""
    steps: list[Step] = []
    so_far, before = 0, schedule.agreed + 4 * 86_400
    parts = schedule.parts(amount)
    for number, (on, part, _) in enumerate(parts):
        luck = rng.random()
        if luck < NEVER:
            break
        late = int((luck - NEVER) / (LATE - NEVER) * LATEST_DAYS) if luck < LATE else 0
        so_far += part
        last = number == len(parts) - 1
        usual = on + timedelta(int(rng.gauss(6, 8)) + late)
        at = max(days.instant(usual), before, schedule.invoiced if last else 0) + 60
        before = at
        if track.fields["source"] == "dms":
            steps.append(_payment(track, number, part, at, rng))
        else:
            closed = {"status": OrderStatus.CLOSED} if last else {}
            steps.append((at, track, {"collected_amount": money(so_far)} | closed))
    return steps


def _payment(track: Track, number: int, part: int, at: int, rng: Random) -> Step:
    """A payment of a partner, told by itself; some pay a little more than they owe, which stays unallocated."""
    collection_id = f"CO{track.id}:{number + 1}"
    method = pick(rng, _METHODS)
    allocation = {"order_id": track.fields["order_id"], "line_id": track.fields["line_id"], "amount": money(part)}
    fields: dict[str, Any] = {
        "source": "dms",
        "collection_id": collection_id,
        "customer_id": track.fields["partner_id"],
        "received_on": local_day(at),
        "amount": money(part + (50_000 if rng.random() < 0.05 else 0)),
        "currency": "CNY",
        "method": method,
        "allocations": (built(Allocation, allocation),),
    }
    if method is not CollectionMethod.TRANSFER:
        fields["matures_on"] = local_day(at) + timedelta(180)
    return at, Track("collections", Collection, collection_id, fields), {}
