"""What a changed cell of the targets does: an event, or a word that says why not; the grid waits for the chain."""

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, no_update
from dash.exceptions import PreventUpdate

from dashboard import amounts, session
from dashboard.components.said import said
from dashboard.components.targets import GRID, REFUSED, SAID
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.place import place_of
from dashboard.reason import reason
from dashboard.target_edits import Edit, Refused, set_target, slice_of, split_of
from dashboard.view_state import ViewState
from ingest.calendar import Period, business_day
from ingest.errors import IngestError
from ingest.fields import TargetTier
from ingest.settings import company
from warehouse.errors import WarehouseError
from warehouse.queries.org import names

log = logging.getLogger(__name__)
FIELDS = {"floor": TargetTier.FLOOR, "target": TargetTier.BASE, "stretch": TargetTier.STRETCH}
"""The columns of the grid that can be changed."""


@callback(
    Output(SAID, "children"),
    Output(REFUSED, "data"),
    Input(GRID, "cellValueChanged"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def edited(changes: list[dict[str, Any]] | None, search: str | None) -> tuple[Any, Any]:
    """One word for what was done, and the cells that go back to what they were."""
    if not changes:
        raise PreventUpdate
    state = ViewState.from_query(search)
    words, refused = [], []
    for change in changes:
        try:
            words.append(await _taken(change, state))
        except Refused as why:
            words.append(await _refusal(why, state.lang))
            refused.append({"cell": change["data"]["cell"], "field": change["colId"]})
        except (IngestError, WarehouseError) as error:
            log.warning("a target was not set: %s", error)
            words.append(t("targets.not_sent", state.lang, error=reason(error, state.lang)))
            refused.append({"cell": change["data"]["cell"], "field": change["colId"]})
    return said(" ".join(words)), refused or no_update


async def _taken(change: dict[str, Any], state: ViewState) -> str:
    now, viewer, asked = datetime.now(UTC), await session.viewer(), warehouse()
    today = business_day(now, company().zone)
    period = Period.parse(state.period) if state.period else Period.containing(today, "month")
    place = await place_of(asked, viewer, state, period.nearest(today))
    if not place.is_allowed or state.customer:
        raise Refused("not_yours")
    row, tier = change["data"], FIELDS[change["colId"]]
    split = split_of(state, place)
    slice_ = slice_of(state, place, split, None if row["is_own"] else row["id"])
    seen = row.get(change["colId"])
    edit = Edit(slice_, tier, str(change["value"]), None if seen is None else Decimal(str(seen)), place.unit)
    event = await set_target(asked, viewer, state.metric, period, edit, now)
    value = amounts.exact(event.value)
    return t("targets.sent", state.lang, name=row["label"], tier=t(f"targets.tier_{tier}", state.lang), value=value)


async def _refusal(why: Refused, lang: Lang) -> str:
    if why.key != "meanwhile":
        return t(f"targets.no_{why.key}", lang, **why.args_of)
    who, value = why.args_of["who"], why.args_of["value"]
    found = await names(warehouse(), "person", [who], session.today())
    name = found.get(who, ("", ""))[lang == "en"] or t("targets.a_source", lang)
    return t("targets.no_meanwhile", lang, who=name, value=amounts.exact(value))


clientside_callback(ClientsideFunction("targets", "refused"), Input(REFUSED, "data"), prevent_initial_call=True)
