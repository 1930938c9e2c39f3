"""A target set on the board: who may, against which value, and the event it becomes."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from time import monotonic
from typing import Any

from pydantic import ValidationError

from dashboard import amounts
from dashboard.actions import publisher
from dashboard.place import Place
from dashboard.rights import may_set_target
from dashboard.view_state import ViewState
from ingest.calendar import Period, business_day
from ingest.events import Slice, Target
from ingest.fields import TargetPolicy, TargetTier
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.queries.target_words import Nodes, target_words
from warehouse.targets import Split, targets
from warehouse.tree import company_as_of
from warehouse.viewer import Viewer

ON_ITS_WAY_SECONDS = 60.0
"""How long a value set here is held against the next one's before the chain has brought it back."""
CENT = Decimal("0.01")


class Refused(ValueError):
    """An edit that is not taken: `key` is its text in the catalogue "targets", `args` what that wants."""

    def __init__(self, key: str, **args: Any) -> None:
        super().__init__(key)
        self.key, self.args_of = key, args


@dataclass(frozen=True)
class Edit:
    """One cell as somebody changed it. `seen` is the value it had on their screen, `typed` what they wrote, and
    `unit_id` the unit whose page it was: a person's targets are those within it."""

    slice: Slice
    tier: TargetTier
    typed: str
    seen: Decimal | None
    unit_id: str | None = None


@dataclass(frozen=True)
class _Told:
    value: Decimal
    who: str
    at: float


_told: dict[tuple[str, str, str, str], _Told] = {}
"""What this process put on the log a moment ago, until the warehouse says it too."""


def split_of(state: ViewState, place: Place) -> Split:
    """What the page lists: what the URL says, else what stands below."""
    chosen: dict[str, Split] = {"units": "unit", "people": "rep", "products": "product"}
    found = chosen[state.split] if state.split else place.by
    return "rep" if found == "unit" and place.by == "rep" else found


def where_of(state: ViewState, place: Place, split: Split) -> Where:
    """What the rows of the page are narrowed to."""
    return Where(unit_id=place.unit, product_id=state.product, rep_id=place.rep if split == "product" else None)


def slice_of(state: ViewState, place: Place, split: Split, id: str | None) -> Slice:
    """Whose target a row is: of the node `id` below, or, for None, of the place itself."""
    unit = place.path[-1].id if place.path else place.unit
    if id is not None and split == "unit":
        return Slice(unit_id=id, product_id=state.product)
    if id is not None and split == "rep":
        return Slice(person_id=id, product_id=state.product)
    product = id if id is not None else state.product
    if place.rep:
        return Slice(person_id=place.rep, product_id=product)
    is_top = unit is None or (len(place.path) == 1 and place.unit is None)
    return Slice(unit_id=None if is_top and product else unit, product_id=product)


async def set_target(
    warehouse: AsyncWarehouse, viewer: Viewer, metric: str, period: Period, edit: Edit, now: datetime
) -> Target:
    """Put it on the log and wait until Kafka has it. Raises `Refused`, and what `Publisher.publish` raises."""
    today = business_day(now, company().zone)
    org = await company_as_of(warehouse, today)
    if not may_set_target(viewer, edit.slice, org):
        raise Refused("not_yours")
    event = event_of(viewer, metric, period, edit, now)
    stands = await _stands(warehouse, viewer, metric, period, edit, max(today, period.start))
    if _differ(stands.value if stands else None, edit.seen):
        raise Refused("meanwhile", value=stands.value if stands else None, who=stands.who if stands else "")
    key = _key(metric, period, edit)
    _told[key] = _Told(event.value, viewer.person_id, monotonic())
    try:
        await asyncio.to_thread(publisher().publish, "targets", [event])
    except BaseException:
        _told.pop(key, None)
        raise
    return event


def event_of(viewer: Viewer, metric: str, period: Period, edit: Edit, now: datetime) -> Target:
    """The event of an edit: in force from today, or from the first day of a period to come. Raises `Refused`."""
    today = business_day(now, company().zone)
    if today > period.end:
        raise Refused("period_over")
    try:
        value = amounts.typed(edit.typed)
    except ValueError:
        raise Refused("no_amount", typed=edit.typed) from None
    if value < 0:
        raise Refused("negative")
    policy = TargetPolicy.FOLLOWS_PERSON if edit.slice.person_id else TargetPolicy.STAYS_WITH_POST
    try:
        return Target(
            occurred_at=now, source="dashboard", slice=edit.slice, period=period.key, metric=metric, tier=edit.tier,
            value=value, valid_from=max(today, period.start), policy=policy, who=viewer.person_id,
        )  # fmt: skip
    except ValidationError:
        raise Refused("no_amount", typed=edit.typed) from None


def _key(metric: str, period: Period, edit: Edit) -> tuple[str, str, str, str]:
    return edit.slice.key, metric, period.key, edit.tier.value


def _differ(one: Decimal | None, other: Decimal | None) -> bool:
    return (one is None) != (other is None) or (one is not None and other is not None and abs(one - other) >= CENT)


async def _stands(
    warehouse: AsyncWarehouse, viewer: Viewer, metric: str, period: Period, edit: Edit, day: date
) -> _Told | None:
    """The value that holds now, and who set it: what was put on the log here a moment ago counts already."""
    of = edit.slice
    where = replace(
        EVERYWHERE,
        unit_id=of.unit_id or (edit.unit_id if of.person_id else None),
        rep_id=of.person_id,
        product_id=of.product_id,
    )
    found = await targets(warehouse, viewer, metric=metric, period=period, where=where, tier=edit.tier.value, as_of=day)
    value = found["target"][0] if len(found) else None
    key = _key(metric, period, edit)
    told = _told.get(key)
    if told and (monotonic() - told.at > ON_ITS_WAY_SECONDS or not _differ(told.value, value)):
        told = _told.pop(key) and None
    if told:
        return told
    if value is None:
        return None
    nodes = Nodes(
        unit_ids=[of.unit_id or ""], person_ids=[of.person_id] if of.person_id else None, product_id=of.product_id or ""
    )
    words = await target_words(warehouse, viewer, metric=metric, period=period, nodes=nodes, day=day)
    last = next((word for word in words if word.tier == edit.tier.value), None)
    return _Told(value, last.who if last else "", monotonic())
