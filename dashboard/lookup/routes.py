"""Where things are looked for: `/find?q=…&search=…`, for who the cookie says; the answer is a list of links."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from dash import html
from dash.development.base_component import Component
from fastapi import APIRouter, FastAPI, Query
from fastapi.responses import HTMLResponse

from dashboard import plain, session
from dashboard.components.links import aria
from dashboard.connection import warehouse
from dashboard.locales import t
from dashboard.lookup.held import index
from dashboard.lookup.index import MOST, Entry, Index, normal
from dashboard.reason import reason
from dashboard.saved_views.menu import href_of
from dashboard.view_state import ViewState
from warehouse.errors import WarehouseError
from warehouse.queries.directory import by_id
from warehouse.queries.views import View, views

router = APIRouter(include_in_schema=False)
_SIGNS = {"unit": "▦", "person": "☺", "product": "◇", "customer": "⌂", "deal": "≡", "order": "≡", "view": "★"}
_SHORTEST_ID = 2


def place_of(entry: Entry, state: ViewState) -> ViewState:
    """The state of the board that shows it, in the reader's metric, period, language and light."""
    top = state.drill(unit=None, product=None)
    if entry.kind == "unit" or entry.leads:
        return top.drill(unit=entry.leads or entry.id)
    if entry.kind == "person":
        return top.but(unit=entry.path[-1] if entry.path else None, rep=entry.id)
    return top.drill(product=entry.id) if entry.kind == "product" else top.but(customer=entry.id)


@router.get("/find")
async def find(
    q: Annotated[str, Query(max_length=200)] = "", search: Annotated[str, Query(max_length=4000)] = ""
) -> HTMLResponse:
    """What fits `q` within the viewer's scope, each a link to its state; without `q` the saved views."""
    viewer, state = await session.viewer(), ViewState.from_query(search)
    try:
        known, kept, numbered = await asyncio.gather(index(), views(warehouse(), viewer), _numbered(viewer, q))
    except WarehouseError as error:
        return _answer(
            [html.P(t("find.unreachable", state.lang, error=reason(error, state.lang)), className="pop-note")]
        )
    options = [_view(view, state) for view in kept if all(word in normal(view.name) for word in normal(q).split())]
    options += [_option(kind, id, id, t(f"find.{kind}", state.lang), state.but(deal=id)) for id, kind in numbered]
    options += [_entry(entry, known, state) for entry in known.find(viewer, q)]
    if not options:
        return _answer([html.P(t("find.nothing" if q.strip() else "find.hint", state.lang), className="pop-note")])
    return _answer(options[: MOST + len(numbered)])


async def _numbered(viewer: Any, typed: str) -> Sequence[tuple[str, str]]:
    """Deals and orders whose id begins so."""
    wanted = typed.strip()
    if len(wanted) < _SHORTEST_ID or not wanted.isascii() or not any(map(str.isdigit, wanted)):
        return ()
    return (await by_id(warehouse(), viewer, wanted)).select("id", "kind").rows()


def _view(view: View, state: ViewState) -> Component:
    said = t("views.is_shared" if view.is_shared else "find.view", state.lang)
    return _option("view", view.name, "", said, href_of(view, state))


def _entry(entry: Entry, known: Index, state: ViewState) -> Component:
    number = 1 if state.lang == "en" else 0
    name = (entry.name, entry.name_en)[number]
    where = [known.units[id][number] for id in entry.path[1:] if id in known.units and id != entry.id][-2:]
    kind = t(f"find.{entry.kind}", state.lang)
    return _option(entry.kind, name, entry.id, " · ".join([kind, *where]), place_of(entry, state))


def _option(kind: str, name: str, id: str, about: str, to: ViewState | str) -> Component:
    href = to if isinstance(to, str) else "/" + to.to_query()
    return html.A(
        [
            html.Span(_SIGNS[kind], className="find-sign", **aria(hidden="true")),
            html.Strong(name),
            html.Span(about, className="faint"),
            html.Span(id if id != name else "", className="find-id faint"),
        ],
        href=href,
        className="find-option",
        role="option",
        tabIndex="-1",
    )


def _answer(parts: list[Component]) -> HTMLResponse:
    return HTMLResponse(plain.markup(parts), headers={"cache-control": "no-store"})


def routes(app: FastAPI) -> None:
    """Make the app know them."""
    app.include_router(router)
