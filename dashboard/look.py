"""One look at the warehouse, and the parts of a page that are asked for apart."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.place import Place
from dashboard.view_state import ViewState
from ingest.calendar import Period
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metrics import METRICS
from warehouse.viewer import Viewer


@dataclass(frozen=True)
class Look:
    """Who looks at which page and place, when, and whom to ask."""

    asked: AsyncWarehouse
    viewer: Viewer
    path: str
    state: ViewState
    period: Period
    now: datetime
    place: Place

    @property
    def today(self) -> date:
        """The last day that is looked at: today, or the end of a period that is over."""
        return self.place.day

    @property
    def here(self) -> Where:
        """Everything the page is narrowed to."""
        state, place = self.state, self.place
        return Where(
            unit_id=place.unit,
            rep_id=place.rep,
            product_id=state.product,
            customer_id=state.customer,
            segment=state.segment,
            route=state.route,
            as_of=state.moment,
        )

    def beside(self, where: Where) -> Where:
        """With everybody beside the rep that is looked at, where a unit knows them."""
        return replace(where, rep_id=None) if self.place.has_peers else where

    @property
    def metric(self) -> str:
        """What is summed: the metric itself, or what a standing such as the attainment is the standing of."""
        return METRICS[self.state.metric].of or self.state.metric

    @property
    def when(self) -> dict[str, Any]:
        """Metric, period and instant, as standings and headlines take them."""
        return {"metric": self.metric, "period": self.period, "now": self.now}


@dataclass(frozen=True)
class Lane:
    """A part of a page that is asked for and drawn apart, so that what is quick is not held up by what is not.

    `ask` names its questions; `draw` follows from their answers and the state alone. No two lanes of a page draw the
    same prop, and what a lane draws is in the page's layout.
    """

    ask: Callable[[Look], Mapping[str, Awaitable[Any]]]
    draw: Callable[[BoardState, ViewState], Drawn]
    reads: frozenset[str] | None = None
    """The tables it is made from, beside the organisation; None: any."""
    is_of_viewer: bool = False
    """Whether it is asked for though the viewer may not see the place."""
