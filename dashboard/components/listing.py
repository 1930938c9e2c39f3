"""The list at the foot: people with their standings, or deals and orders, each row a link further down."""

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard.components import Drawn, grid
from dashboard.components.links import switch
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.locales import CATALOGUE, Lang, t
from dashboard.view_state import Listing, ViewState

_DEALS: tuple[Listing, ...] = ("open", "won", "lost", "orders")


def layout(state: ViewState) -> Component:
    """The grid's box, its place kept."""
    body = html.Div(
        [
            skeleton("100%"),
            html.Div(grid.empty("list--grid"), className="list-grid"),
            html.Div(id="list--empty", className="list-empty"),
        ],
        id="list--body",
        className="list-body shows-skeleton",
    )
    return panel("list", body, state)


def listing_of(state: ViewState) -> Listing:
    """Which list the state shows: what was chosen, else the people of a unit and the open deals of a rep."""
    if state.listing == "people" and state.rep:
        return "open"
    return state.listing or ("open" if state.rep else "people")


def _tools(state: ViewState) -> Component:
    choices: list[Listing] = [*_DEALS] if state.rep else ["people", *_DEALS]
    names = {
        choice: t(f"board.deals_{choice}" if choice != "people" else "board.people", state.lang) for choice in choices
    }
    now = listing_of(state)
    return switch([(names[one], state.but(listing=one), one == now) for one in choices], names[now])


def draw(frame: pl.DataFrame, about: About, state: ViewState, *, title: str, note: str = "") -> Drawn:
    """`frame`: standings by rep with `label` and `href`, or deals with `href`, as `listing_of` says."""
    lang, which = state.lang, listing_of(state)
    drawn: Drawn = {"list--head": {"children": head(title, state, about=about, note=note, tools=[_tools(state)])}}
    if frame.is_empty():
        key = "people" if which == "people" else "deals"
        empty = nothing(t(f"board.nothing_{key}", lang), t(f"board.nothing_{key}_hint", lang))
        return drawn | {"list--body": {"className": "list-body shows-empty"}, "list--empty": {"children": empty}}
    shown = (
        grid.standings(frame, state, first=t("board.rep", lang), has_manager=False)
        if which == "people"
        else _deals(frame, which, lang)
    )
    return drawn | {"list--body": {"className": "list-body shows-table"}, "list--grid": dict(shown)}


def known(prefix: str, value: str | None, lang: Lang) -> str:
    """A stage or outcome in words when it is one of ours, else as the company calls it."""
    key = f"board.{prefix}_{value}"
    return t(key, lang) if key in CATALOGUE else value or ""


def _deals(frame: pl.DataFrame, which: Listing, lang: Lang) -> dict[str, object]:
    def name(key: str) -> str:
        return t(f"board.{key}", lang)

    columns = [
        grid.linked("label", name("customer")),
        grid.money("amount", t("board.in_yuan", lang, name=name("amount")), sort="desc"),
        grid.text("product_name", name("product")),
        grid.text("rep_name", name("rep")),
        grid.text("stage", name("stage"), maxWidth=110),
        grid.text("outcome", name("outcome"), maxWidth=100),
        grid.text("grade", name("grade"), maxWidth=80),
        *(grid.text(day, name(day), maxWidth=120) for day in _DAYS[which]),
        grid.text("id", name("id")),
    ]
    worded = frame.with_columns(
        pl.Series("stage", [known("stage", value, lang) for value in frame["stage"]], dtype=pl.String),
        pl.Series("outcome", [known("outcome", value, lang) for value in frame["outcome"]], dtype=pl.String),
    )
    return {"columnDefs": columns, "rowData": grid.rows(worded)}


_DAYS = {
    "open": ("opened_on", "expected_close_on", "last_contact_on"),
    "won": ("opened_on", "closed_on"),
    "lost": ("opened_on", "closed_on"),
    "orders": ("day",),
    "people": (),
}
