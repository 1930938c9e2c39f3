"""Every version of a deal or an order as it came, with the names of the people and things that they name."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from warehouse.client import AsyncWarehouse
from warehouse.dimensions import AsOf
from warehouse.queries.deals import entity_history
from warehouse.queries.org import NameOf, names
from warehouse.viewer import Viewer

NAMED: Mapping[str, NameOf] = {
    "office_id": "unit",
    "rep_id": "person",
    "product_id": "product",
    "customer_id": "customer",
    "partner_id": "customer",
    "ship_to": "customer",
}
"""Fields of an event that hold an id, and of what."""


async def versions(
    asked: AsyncWarehouse, viewer: Viewer, id: str, day: date, as_of: AsOf | None = None, *, with_orders: bool = True
) -> pl.DataFrame:
    """Those of a deal, or of an order of that id; both where the ids are shared. Columns as `entity_history` has them,
    and `names`, in every row the same: "kind:id" → [name, name_en], as JSON.
    """
    deals = entity_history(asked, viewer, "opportunities", id, as_of)
    orders = [entity_history(asked, viewer, "orders", id, as_of)] if with_orders else []
    found = [frame for frame in await asyncio.gather(deals, *orders) if len(frame)]
    history = pl.concat(found, how="diagonal_relaxed") if found else pl.DataFrame(schema={"entity_id": pl.String})
    wanted: dict[NameOf, set[str]] = {}
    for kind, one in _ids(map(json.loads, history["state"] if found else ())):
        wanted.setdefault(kind, set()).add(one)
    called = await asyncio.gather(*(names(asked, kind, ids, day) for kind, ids in wanted.items()))
    said = {f"{kind}:{one}": name for kind, known in zip(wanted, called, strict=True) for one, name in known.items()}
    return history.with_columns(names=pl.lit(json.dumps(said, ensure_ascii=False)))


def _ids(states: Iterable[dict[str, Any]]) -> Iterator[tuple[NameOf, str]]:
    for state in states:
        for field, kind in NAMED.items():
            if isinstance(state.get(field), str):
                yield kind, state[field]
