"""The list at the foot: people with their standings, or deals and orders, each row a link further down."""

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, grid
from dashboard.components.links import switch
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.locales import Lang, t, t_or
from dashboard.view_state import Listing, ViewState
from dashboard.words import cut_name
from warehouse.metrics import METRICS

_DEALS: tuple[Listing, ...] = ("open", "won", "lost", "orders")

_NOTHING = {
    "people": ("board.nothing_people", "board.nothing_people_hint"),
    "customers": ("cuts.nothing_customers", "cuts.nothing_customers_hint"),
}
"""What an empty list says, and what to do; deals where it is not said here."""


def layout(state: ViewState) -> Component:
    """The grid's box, its place kept."""
    body = html.Div(
        [
            skeleton("100%"),
            html.Div(grid.empty("list--grid"), className="list-grid is-read"),
            plain.place("list--empty", className="list-empty"),
        ],
        id="list--body",
        className="list-body shows-skeleton",
    )
    return panel("list", body, state)


def listing_of(state: ViewState) -> Listing:
    """Which list the state shows: what was chosen, else the people of a unit, a rep's customers, a customer's deals."""
    if state.listing is None or (state.listing == "people" and state.rep):
        return "open" if state.customer else "customers" if state.rep else "people"
    return state.listing


def _tools(state: ViewState) -> Component:
    choices: list[Listing] = ["customers", *_DEALS] if state.rep else ["people", "customers", *_DEALS]
    words = {"people": "board.people", "customers": "cuts.customers"}
    names = {choice: t(words.get(choice, f"board.deals_{choice}"), state.lang) for choice in choices}
    now = listing_of(state)
    return switch([(names[one], state.but(listing=one), one == now) for one in choices], names[now])


def draw(
    frame: pl.DataFrame,
    about: About,
    state: ViewState,
    *,
    title: str,
    note: Component | None = None,
    instead: Component | None = None,
) -> Drawn:
    """`frame`: standings by rep with `label` and `href`, or customers or deals with both, as `listing_of` says.

    `note` says which page of the list it is; `instead` stands for the list where it cannot be asked for.
    """
    lang, which = state.lang, listing_of(state)
    drawn: Drawn = {"list--head": plain.says(head(title, state, about=about, note=note, tools=[_tools(state)]))}
    if frame.is_empty():
        what, hint = _NOTHING.get(which, ("board.nothing_deals", "board.nothing_deals_hint"))
        empty = instead or nothing(t(what, lang), t(hint, lang))
        return drawn | {"list--body": {"className": "list-body shows-empty"}, "list--empty": plain.says(empty)}
    if which == "people":
        shown = grid.standings(frame, state, first=t("board.rep", lang), has_manager=False)
    else:
        shown = _customers(frame, state) if which == "customers" else _deals(frame, which, lang)
    if note:  # a page is sorted as the whole list is; by itself it would show its own top as that of all
        shown = {**shown, "columnDefs": [{**column, "sortable": False} for column in shown["columnDefs"]]}
    return drawn | {"list--body": {"className": "list-body shows-table"}, "list--grid": dict(shown)}


def known(prefix: str, value: str | None, lang: Lang) -> str:
    """A stage or outcome in words when it is one of ours, else as the company calls it."""
    return t_or(f"board.{prefix}_{value}", lang, value or "")


def _customers(frame: pl.DataFrame, state: ViewState) -> dict[str, object]:
    lang, row = state.lang, METRICS[METRICS[state.metric].of or state.metric]

    def figure(field: str, header: str, **more: object) -> dict[str, object]:
        if row.unit == "ratio" and field != "open_pipeline":
            return grid.ratio(field, header, **more)
        is_money = row.unit == "money" or field == "open_pipeline"
        return grid.money(field, t("board.in_yuan", lang, name=header) if is_money else header, **more)

    columns = [
        grid.linked("label", t("board.customer", lang), pinned="left"),
        figure("actual", t("board.actual", lang), sort="desc"),
        figure("previous", t("cuts.last_period", lang)),
        figure("last_year", t("board.last_year", lang)),
        grid.ratio("yoy", t("board.yoy", lang), maxWidth=110),
        figure("open_pipeline", t("cuts.open_pipeline", lang)),
        grid.text("segment", t("cuts.segment", lang)),
        grid.text("tier", t("cuts.tier", lang), maxWidth=90),
        grid.text("id", t("board.id", lang)),
    ]
    segments = [cut_name("segment", id, lang) if id else "" for id in frame["segment"]]
    worded = frame.drop("name", "total").with_columns(pl.Series("segment", segments, dtype=pl.String))
    return {"columnDefs": columns, "rowData": grid.rows(worded)}


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
        *(grid.text(day, name(day), minWidth=106, maxWidth=120) for day in _DAYS[which]),
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
    "customers": (),
}
