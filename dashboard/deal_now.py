"""A deal or an order as it stands now, or stood: what it is called, its amount and stage, what comes next."""

import asyncio
import json
from dataclasses import dataclass

from dashboard import amounts
from dashboard.components.listing import known
from dashboard.locales import Lang, t
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import AsOf
from warehouse.queries.deals import entity_history
from warehouse.viewer import Viewer


@dataclass(frozen=True)
class DealNow:
    """`steps` say what comes next: (what it is called, what it is); `unit_id` and `rep_id` say whose it is."""

    name: str
    amount: str
    stage: str
    steps: tuple[tuple[str, str], ...]
    unit_id: str
    rep_id: str


async def deal_now(
    warehouse: AsyncWarehouse, viewer: Viewer, id: str, lang: Lang, as_of: AsOf | None = None
) -> DealNow | None:
    """The deal; None where there is none that the viewer may see."""
    deals, orders = await asyncio.gather(
        entity_history(warehouse, viewer, "opportunities", id, as_of),
        entity_history(warehouse, viewer, "orders", id, as_of),
    )
    found = next((frame for frame in (deals, orders) if len(frame)), None)
    if found is None:
        return None
    said = json.loads(found["state"][-1])
    return DealNow(
        f"{t('board.deal', lang)} {id}",
        amounts.short(float(said.get("amount") or 0), lang),
        known("stage", str(said["stage"]), lang) if said.get("stage") else "",
        tuple((t(f"deal.{key}", lang), str(said[key])) for key in ("next_step", "next_step_on") if said.get(key)),
        str(said.get("office_id") or ""),
        str(said.get("rep_id") or ""),
    )
