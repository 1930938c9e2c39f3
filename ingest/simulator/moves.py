"""The next thing that happens to an order or a deal that began while the company was watched live."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from ingest.events import Event, Opportunity, Order
from ingest.fields import STAGES, ForecastCategory, OrderStatus, Outcome
from ingest.simulator.build import built
from ingest.simulator.pace import local_day

E = TypeVar("E", bound=Event)
MICROSECONDS = 1_000_000
_CENT = Decimal("0.01")
_SMALL = 1_000
_PROBABILITIES = (Decimal("0.20"), Decimal("0.40"), Decimal("0.55"), Decimal("0.75"))


def instant(at: int) -> datetime:
    """From microseconds since 1970."""
    return datetime.fromtimestamp(at // MICROSECONDS, UTC) + timedelta(microseconds=at % MICROSECONDS)


def day_of(at: int) -> date:
    """The company's day of an instant in microseconds since 1970."""
    return local_day(at // MICROSECONDS)


def first(model: type[E], at: int, id: str, fields: dict[str, Any]) -> E:
    """A new entity. Live versions are microseconds since 1970: rising over runs."""
    return built(model, fields | {"occurred_at": instant(at), "version": at, "event_id": f"{id}:{at}"})


def revised(event: E, at: int, changes: dict[str, Any]) -> E:
    """The event's entity in its next version."""
    known = {name: getattr(event, name) for name in event.model_fields_set}
    return first(type(event), at, event.entity_id, known | changes)


def progress(order: Order, at: int, rng: Random) -> Order:
    """The order a small step further: part of it shipped, accepted, invoiced, paid; closed when all of it is paid.

    Steps are a few thousandths of the amount, so that a fast stream does not deliver in a minute what takes a month.
    """
    amount = order.amount
    step = amount if amount < _SMALL else (amount * rng.randint(1, 4) / 1000).quantize(_CENT)
    limits = (
        ("shipped_amount", amount),
        ("accepted_amount", order.shipped_amount),
        ("invoiced_amount", order.accepted_amount),
        ("collected_amount", amount - (order.returned_amount or 0)),
    )
    # Mostly what comes next in the order's life, sometimes what is already possible after it.
    for name, limit in limits:
        so_far = getattr(order, name) or Decimal(0)
        if limit is not None and so_far < limit and (rng.random() < 0.6 or name == "collected_amount"):
            reached = min(limit, so_far + step)
            done = name == "collected_amount" and reached == limit and order.invoiced_amount == amount
            return revised(order, at, {name: reached} | ({"status": OrderStatus.CLOSED} if done else {}))
    return revised(order, at, {"status": OrderStatus.CLOSED})


def amended(order: Order, at: int, change: Decimal) -> Order:
    """The order with its amount changed by a share, its instalments in proportion to the cent."""
    amount = (order.amount * (1 + change)).quantize(_CENT)
    changes: dict[str, Any] = {"amount": amount}
    if order.list_amount is not None:
        changes["list_amount"] = (order.list_amount * (1 + change)).quantize(_CENT)
    if order.dues:
        parts = [(due.amount * (1 + change)).quantize(_CENT) for due in order.dues]
        parts[0] += amount - sum(parts)
        changes["dues"] = tuple(
            due.model_copy(update={"amount": part}) for due, part in zip(order.dues, parts, strict=True)
        )
    return revised(order, at, changes)


def is_untouched(order: Order) -> bool:
    """Whether nothing was shipped or paid yet, so that it may still be changed or cancelled."""
    return not (order.shipped_amount or order.collected_amount)


def moved(deal: Opportunity, at: int, rng: Random) -> Opportunity:
    """The deal tended: its next step planned anew, now and then a stage further or pushed to a later day."""
    day = day_of(at)
    changes: dict[str, Any] = {"next_step_on": day + timedelta(rng.randint(2, 10))}
    draw = rng.random()
    place = STAGES.index(deal.stage) if deal.stage in STAGES else 0
    if draw < 0.06 and place < 4:
        changes |= {"stage": STAGES[place + 1], "probability": _PROBABILITIES[place]}
    elif draw > 0.97:
        changes["expected_close_on"] = max(deal.expected_close_on or day, day) + timedelta(rng.randint(5, 30))
    elif draw > 0.7 and deal.amount:
        changes["amount"] = (deal.amount * rng.randint(97, 103) / 100).quantize(_CENT)
    return revised(deal, at, changes)


def replanned(rng: Random) -> dict[str, Any]:
    """What changes where a planned visit is planned anew."""
    return {"duration_minutes": rng.randrange(10, 150, 5)}


def ended(deal: Opportunity, at: int, outcome: Outcome) -> Opportunity:
    """The deal won (at its last stage) or lost (at the stage it had)."""
    changes: dict[str, Any] = {"outcome": outcome, "closed_on": day_of(at)}
    if outcome is Outcome.WON:
        changes |= {"stage": "awarded", "probability": Decimal(1), "forecast_category": ForecastCategory.COMMIT}
    else:
        changes |= {
            "probability": Decimal(0),
            "forecast_category": ForecastCategory.OMITTED,
            "loss_reason": "价格 price",
        }
    return revised(deal, at, changes)
