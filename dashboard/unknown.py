"""What an address names and there is not: that is said, and never shown as something that sold nothing."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from dashboard.view_state import ViewState
from dashboard.words import UNASSIGNED
from warehouse.client import AsyncWarehouse
from warehouse.queries import known
from warehouse.queries.deals import entity_history
from warehouse.queries.org import person
from warehouse.tree import Company
from warehouse.viewer import Viewer


async def unknown_in(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, company: Company, day: date
) -> tuple[str, ...]:
    """The fields of `state` whose ids nobody knows; units and products as of `day`, deals as far as `viewer` sees."""

    async def is_rep(id: str) -> bool:
        return await person(asked, id, day) is not None or await known.has_come(asked, "rep_id", id)

    async def is_deal(id: str) -> bool:
        return any([len(await entity_history(asked, viewer, of, id)) for of in ("opportunities", "orders")])

    async def is_in(tree: Mapping[str, object], id: str) -> bool:
        return id in tree

    asks: Mapping[str, Callable[[str], Awaitable[bool]]] = {
        "unit": lambda id: is_in(company.units, id),
        "rep": is_rep,
        "product": lambda id: is_in(company.products, id),
        "customer": lambda id: known.is_customer(asked, id),
        "segment": lambda id: known.is_segment(asked, id),
        "deal": is_deal,
    }
    named = {field: id for field in asks if (id := getattr(state, field)) and id != UNASSIGNED}
    return tuple([field for field, id in named.items() if not await asks[field](id)])
