"""Targets on the screen: month, quarter and year in three tiers, and the grid of what stands below, open to change."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn, grid, said
from dashboard.components.links import aria, data, link, switch
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.locales import Lang, t
from dashboard.theme import state_of, symbol
from dashboard.view_state import Split, ViewState
from dashboard.words import period_name
from ingest.calendar import Period

GRID, SAID, REFUSED, PERIODS = "targets--grid", "targets--said", "targets--refused", "periods--body"
SPLITS: tuple[Split, ...] = ("units", "people", "products")
LEAST, MOST, _LINE = 4, 12, 34
"""Rows the grid has room for, and the height of one in pixels."""
_EDITED = {
    "editable": {"function": "params.node.rowPinned !== 'bottom'"},
    "cellDataType": False,
    "cellEditor": "agTextCellEditor",
    "valueGetter": {"function": "targets.shown(params)"},
    "valueSetter": {"function": "targets.typed(params)"},
    "valueFormatter": {"function": "targets.worded(params)"},
    "cellClassRules": {
        "target-open": "params.node.rowPinned !== 'bottom'",
        "target-waits": "targets.waits(params)",
    },
}


def layout_periods(state: ViewState) -> Component:
    """The box of the three periods, its place kept."""
    return panel("periods", plain.place(PERIODS, skeleton(132), className="periods-body"), state)


def layout(state: ViewState) -> Component:
    """The grid's box, its place kept, the line in which an edit is answered, and what went back."""
    body = html.Div(
        [
            skeleton("100%"),
            html.Div(grid.empty(GRID, grid.TYPED), className="list-grid"),
            plain.place("targets--empty", className="list-empty"),
        ],
        id="targets--body",
        className="list-body shows-skeleton",
    )
    return html.Div(
        [
            panel("targets", body, state),
            said.place(SAID),
            dcc.Store(id=REFUSED),
        ],
        className="targets-box",
    )


def draw_periods(rows: Sequence[tuple[Period, dict[str, Any]]], here: Period, about: About, state: ViewState) -> Drawn:
    """`rows`: each period with the row of `warehouse.tiers.of_node`; `here` is the one the page shows."""
    lang = state.lang
    names = ("period", "bullet", "actual", "tier_floor", "tier_base", "tier_stretch", "needed", "factor")
    heads = [html.Th(t(f"targets.{name}", lang), className=f"periods-{name}", scope="col") for name in names]
    body = [_period(period, row, period == here, state) for period, row in rows]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="periods num")
    return {
        "periods--head": plain.says(head(t("targets.periods", lang), state, about=about)),
        PERIODS: plain.says(table),
    }


def _period(period: Period, row: Mapping[str, Any], is_here: bool, state: ViewState) -> Component:
    lang = state.lang
    name = link(period_name(period, lang), state.but(period=period.key), className="row-link")
    needed: Any = amounts.NOTHING
    if row["needed_per_day"] is not None:
        days = t("targets.days_left", lang, days=f"{row['remaining_days']:.1f}".removesuffix(".0"))
        needed = [html.B(amounts.short(row["needed_per_day"], lang)), html.Span(days, className="faint periods-sub")]
    cells = (
        ("bullet", bullet(row, lang)),
        ("actual", html.B(amounts.short(row["actual"], lang), title=amounts.exact(row["actual"]))),
        ("tier_floor", _tier(row["floor"], row["floor_attainment"], None, lang)),
        ("tier_base", _tier(row["target"], row["attainment"], row["pace"], lang)),
        ("tier_stretch", _tier(row["stretch"], row["stretch_attainment"], None, lang)),
        ("needed", needed),
        ("factor", factor(row["factor"])),
    )
    inside = [html.Td(what, className=f"periods-{key}", **data(label=t(f"targets.{key}", lang))) for key, what in cells]
    head_cell = html.Th(name, className="periods-period", scope="row")
    return html.Tr([head_cell, *inside], className="periods-here" if is_here else "periods-other")


def _tier(aim: Any, attained: float | None, pace: float | None, lang: Lang) -> Any:
    """How much of a tier is reached, its pace where it has one, and the tier itself."""
    if aim is None:
        return html.Span(t("board.no_target", lang), className="faint")
    mark = "" if pace is None else f"{symbol(pace)} {amounts.pace(pace)}"
    done = attained is not None and attained >= 1
    share = html.B(amounts.share(attained, lang), className="state-ahead" if done else None)
    return [
        share,
        html.Span([" ✓" if done else "", " ", mark], className=f"state-{state_of(pace)} periods-pace"),
        html.Span(amounts.short(aim, lang), className="faint periods-sub", title=amounts.exact(aim)),
    ]


def factor(value: float | None) -> str:
    """An over-assignment factor: "1.08×"."""
    return amounts.NOTHING if value is None else f"{value:.2f}×"


def bullet(row: Mapping[str, Any], lang: Lang) -> Component:
    """Actual as a bar on one scale with the three tiers as ticks and what is expected by now as a dot."""
    aims = {name: float(row[key]) for name, key in (("floor", "floor"), ("base", "target"), ("stretch", "stretch"))
            if row[key] is not None}  # fmt: skip
    if not aims or row["actual"] is None:
        return html.Div(className="bullet bullet-none")
    full = max(*aims.values(), float(row["actual"]), 1.0)

    def at(value: float) -> str:
        return f"{100 * max(0.0, value) / full:.2f}%"

    words = " · ".join(f"{t(f'targets.tier_{name}', lang)} {amounts.exact(value)}" for name, value in aims.items())
    words = f"{t('targets.actual', lang)} {amounts.exact(row['actual'])} · {words}"
    marks = [
        html.Div(className="bullet-track", style={"width": "100%"}),
        html.Div(className=f"bullet-bar back-{state_of(row['pace'])}", style={"width": at(float(row["actual"]))}),
        *(html.Div(className=f"tier-tick tier-{name}", style={"left": at(value)}) for name, value in aims.items()),
    ]
    if row["expected"] is not None:
        marks.append(html.Div(className="tier-expected", style={"left": at(row["expected"])}))
    return html.Div(marks, className="bullet", role="img", title=words, **aria(label=words))


def draw(rows: pl.DataFrame, own: pl.DataFrame, shown: str, about: About, note: str, state: ViewState) -> Drawn:
    """`rows` and `own` (one row) as `warehouse.tiers` gives them, with `label`, `href`, `cell`, `is_own`, `tasks`,
    `overdue` and `history`; `shown` is the split that is on."""
    lang = state.lang
    choices = [(t(f"targets.by_{one}", lang), state.but(split=one, row=None), one == shown) for one in SPLITS]
    title = t(f"targets.title_{shown}", lang)
    tools = [switch(choices, title)]
    drawn: Drawn = {"targets--head": plain.says(head(title, state, about=about, note=note, tools=tools))}
    if rows.is_empty() and own.is_empty():
        empty = nothing(t("targets.nothing", lang), t("targets.nothing_hint", lang))
        return drawn | {"targets--body": {"className": "list-body shows-empty"}, "targets--empty": plain.says(empty)}
    options = grid.TYPED | {"pinnedTopRowData": grid.rows(own), "pinnedBottomRowData": [_sum(rows, lang)]}
    height = _LINE * (3 + min(max(len(rows), LEAST), MOST)) + 16
    return drawn | {
        "targets--body": {"className": "list-body shows-table", "style": {"height": height}},
        GRID: {"columnDefs": _columns(shown, lang), "rowData": grid.rows(rows), "dashGridOptions": options},
    }


def _sum(rows: pl.DataFrame, lang: Lang) -> dict[str, Any]:
    """What the rows come to together; null where none has a value."""
    money = ("floor", "target", "stretch", "actual")
    row: dict[str, Any] = {"id": "sum", "label": t("targets.sum", lang), "is_own": False, "cell": "sum"}
    for name in money:
        values = [float(value) for value in rows[name] if value is not None]
        row[name] = sum(values) if values else None
    return row


def _columns(shown: str, lang: Lang) -> list[dict[str, Any]]:
    def name(key: str) -> str:
        return t(f"targets.{key}", lang)

    tiers = [
        grid.money(field, name(f"tier_{tier}"), minWidth=118, headerTooltip=name("edit_hint"), **_EDITED)
        for field, tier in (("floor", "floor"), ("target", "base"), ("stretch", "stretch"))
    ]
    times = {"function": "targets.times(params.value)"}
    whole = {"function": "oneboard.whole(params.value)"}
    factors = [] if shown == "people" else [
        grid.ratio("factor", name("factor_short"), maxWidth=84, headerTooltip=name("factor_hint"), valueFormatter=times)
    ]  # fmt: skip
    tasks = [] if shown == "products" else [
        grid.text("tasks", name("tasks_short"), minWidth=84, maxWidth=104, headerTooltip=name("tasks_brief"),
                  sortable=False)
    ]  # fmt: skip
    return [
        grid.linked("label", name(f"head_{shown}"), pinned="left", minWidth=112, width=150, flex=0),
        *tiers,
        *factors,
        grid.money("actual", name("actual"), minWidth=118, valueFormatter=whole),
        grid.ratio("attainment", t("board.attainment", lang), minWidth=98, maxWidth=110),
        grid.pace("pace", t("board.pace", lang)) | {"maxWidth": 96},
        grid.money("needed_per_day", name("needed"), minWidth=118, valueFormatter=whole),
        *tasks,
        {
            "field": "history",
            "headerName": "",
            "cellRenderer": "TargetHistory",
            "width": 44,
            "minWidth": 44,
            "sortable": False,
        },
    ]
