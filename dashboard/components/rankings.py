"""The rankings on the screen: what is ranked by what, one sentence, the peers, and the list."""

from collections.abc import Sequence
from html import escape
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, grid
from dashboard.components.links import link, switch
from dashboard.components.panel import nothing
from dashboard.locales import t
from dashboard.ranked_rows import GROUPS, SORTED, group_of, sort_of
from dashboard.ranked_words import peers_name, value_of
from dashboard.view_state import ViewState
from dashboard.words import metric_name
from warehouse.metrics import METRICS
from warehouse.peers import Of
from warehouse.ranking import By

GRID, BOX, TOOLS, PEERS, EMPTY = (f"rankings--{part}" for part in ("grid", "box", "tools", "peers", "empty"))
BLOCK = 100
"""Rows the grid asks for at a time."""

_OF: tuple[Of, ...] = ("units", "reps", "products")
_BY: tuple[By, ...] = ("attainment", "gap", "trend")
_OPTIONS = {
    "rowModelType": "infinite",
    "cacheBlockSize": BLOCK,
    "maxBlocksInCache": 20,
    "infiniteInitialRowCount": 30,
    "blockLoadDebounceMillis": 30,
    "suppressCellFocus": False,
    "suppressNoRowsOverlay": False,
    "rowBuffer": 6,
    "getRowClass": {"function": "params.data ? 'ranked-' + params.data.level : ''"},
}
"""Blocks of rows come from `assets/rankings.js`: only some of the list is ever in the page."""


def layout(state: ViewState) -> list[Component]:
    """Everything below the sentence, with its place kept."""
    table = grid.empty(GRID)
    table.rowModelType = "infinite"
    said = {"noRowsToShow": t("rankings.nothing", state.lang), "loadingOoo": "…"}
    table.dashGridOptions = {**table.dashGridOptions, **_OPTIONS, "localeText": said}
    del table.rowData
    body = html.Div([table, plain.place(EMPTY, className="rankings-empty")], id=BOX, className="rankings-box")
    return [
        plain.place(TOOLS, "", className="rankings-tools"),
        html.Section([plain.place(PEERS, "", className="rankings-peers"), body], className="panel panel-rankings"),
    ]


def tools(state: ViewState) -> Drawn:
    """Who is ranked, by what, under which groups, and the box to look for a name."""
    lang = state.lang
    fresh: dict[str, Any] = dict.fromkeys(("cohort", "group", "opened", "sort", "find"))
    of = [(t(f"rankings.{one}", lang), state.but(ranked=one, **fresh), one == state.ranked) for one in _OF]
    by = [(t(f"rankings.{one}", lang), state.but(ranked_by=one, sort=None), one == state.ranked_by) for one in _BY]
    now = group_of(state)
    groups = [(t("rankings.group_none", lang), state.but(group=None, opened=None), now is None)]
    groups += [
        (t(f"rankings.group_{one}", lang), state.but(group=one, opened=None), one == now)
        for one in GROUPS[state.ranked]
    ]
    switches = [
        switch(of, t("rankings.what", lang)),
        switch(by, t("rankings.by", lang)),
        switch(groups, t("rankings.group", lang)),
    ]
    find = t("rankings.find", lang)
    box = (
        f'<input id="rankings--find" type="search" maxlength="60" placeholder="{escape(find)}"'
        f' aria-label="{escape(find)}" value="{escape(state.find or "")}">'
    )
    return {TOOLS: {plain.HTML: plain.markup(switches) + box}}


def peers(cohorts: pl.DataFrame, note: Sequence[str], state: ViewState) -> Drawn:
    """How the peers are made, and each group of them: how many are ranked, and the one in the middle."""
    lang = state.lang
    how = [
        t(f"rankings.how_{state.ranked_by}", lang),
        t("rankings.how_reps" if state.ranked == "reps" else "rankings.how_nodes", lang),
    ]
    chips: list[Component] = []
    for row in cohorts.iter_rows(named=True):
        is_on = row["cohort"] == state.cohort
        said: list[Component] = [html.B(peers_name(row["kind"], row["tenure"], row["third"], lang))]
        median = value_of(row["median"], state.ranked_by, lang)
        words = t("rankings.peers_note", lang, ranked=f"{row['ranked']:,}", median=median)
        if row["unranked"]:
            words += " · " + t("rankings.peers_unranked", lang, count=f"{row['unranked']:,}")
        said.append(html.Span(words, className="num"))
        to = state.but(cohort=None if is_on else row["cohort"], opened=None)
        chips.append(link(said, to, className="peers-on" if is_on else "peers-off"))
    lines = [html.P([html.B(t("rankings.peers", lang)), " ", " ".join(how)]), html.Div(chips, className="peers-chips")]
    lines += [html.P(text, className="faint") for text in note]
    return {PEERS: {plain.HTML: plain.markup(lines)}}


def table(version: str, state: ViewState) -> Drawn:
    """The list, whose rows are asked for by `assets/rankings.js`, anew where `version` differs."""
    return {GRID: {"columnDefs": columns(state)}, BOX: {"className": "rankings-box", "data-version": version}}


def columns(state: ViewState) -> list[dict[str, Any]]:
    """The columns of the list, with what it is sorted by."""
    lang = state.lang
    yuan = METRICS[state.metric].unit == "money"

    def name(key: str) -> str:
        return t("board.in_yuan", lang, name=t(key, lang)) if yuan else t(key, lang)

    actual = {"headerName": name("board.actual")}
    found = [
        {"field": "rank", "headerName": t("rankings.rank", lang), "cellRenderer": "RankCell", "width": 148,
         "pinned": "left", "resizable": False},
        {**grid.linked("label", t("rankings.name", lang), pinned="left"), "cellRenderer": "RankedName", "width": 170,
         "flex": 0},
        {**grid.text("place", t("rankings.place", lang)), "tooltipField": None, "minWidth": 110},
        grid.ratio("attainment", t("rankings.attainment", lang), minWidth=124),
        grid.money("gap", name("rankings.gap"), sign=True, minWidth=136),
        {**grid.ratio("trend", t("rankings.trend", lang), minWidth=96)},
        {"field": "spark", "headerName": t("rankings.months", lang), "cellRenderer": "SparkCell", "sortable": False,
         "width": 132},
        {**grid.money("actual", ""), **actual},
        grid.money("target", name("board.target")),
        {**grid.text("peers", t("rankings.peers", lang)), "minWidth": 220, "tooltipField": None},
    ]  # fmt: skip
    column, descending = sort_of(state)
    for one in found:
        one.pop("enableCellChangeFlash", None)
        one["sort"] = None if one["field"] != column else "desc" if descending else "asc"
        one.setdefault("sortable", one["field"] in SORTED)
        if one["field"] == state.ranked_by:
            one["headerClass"] = "ranked-by"
            one["cellClass"] = "num ag-right-aligned-cell ranked-by"
    return found


def instead(what: str, hint: str) -> Drawn:
    """What stands where there is nothing to list."""
    return {
        BOX: {"className": "rankings-box is-empty", "data-version": ""},
        EMPTY: plain.says(nothing(what, hint)),
    }


def not_so(state: ViewState) -> Drawn:
    """The metric cannot be ranked by."""
    what = t("rankings.not_ranked", state.lang, metric=metric_name(state.metric, state.lang))
    return instead(what, t("rankings.not_ranked_hint", state.lang))
