"""The head of every page: where one is, which period and metric, against what, in which language and light."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components import Drawn, along
from dashboard.components.links import aria, link, menu, switch
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import metric_name, period_name
from ingest.calendar import Period
from warehouse.metrics import METRICS

SHOWN_METRICS = (
    "bookings",
    "revenue",
    "collections",
    "open_pipeline",
    "weighted_pipeline",
    "win_rate",
    "won_amount",
    "lost_amount",
    "effective_contacts",
)
"""What the picker offers, in this order; any other metric can still be asked for in the URL."""


@dataclass(frozen=True)
class Step:
    """One step of the breadcrumb."""

    label: str
    state: ViewState


def _crumbs(steps: Sequence[Step], state: ViewState) -> Component:
    items: list[Component] = []
    for step in steps[:-1]:
        items += [link(step.label, step.state, className="crumb"), html.Span("▸", className="crumb-arrow")]
    items.append(html.Span(steps[-1].label, className="crumb-here", **aria(current="page")))
    return html.Nav(items, className="crumbs", **aria(label=t("board.you_are_here", state.lang)))


def _filters(filters: Sequence[Step], state: ViewState) -> list[Component]:
    return [
        link([step.label, html.Span("×", className="filter-off")], step.state, className="filter",
             title=t("board.remove_filter", state.lang, name=step.label))
        for step in filters
    ]  # fmt: skip


def _periods(today: date, period: Period, state: ViewState) -> Component:
    lang = state.lang
    this = Period.containing(today, "month")
    months = [this]
    while len(months) < 14:
        months.append(months[-1].previous())
    quarters = [Period.containing(today, "quarter")]
    while len(quarters) < 5:
        quarters.append(quarters[-1].previous())
    year = Period.containing(today, "year")

    def options(periods: Sequence[Period]) -> list[tuple[str, ViewState, bool]]:
        return [
            (period_name(one, lang), state.but(period=None if one == this else one.key), one == period)
            for one in periods
        ]

    groups = [
        (t("board.months", lang), options(months)),
        (t("board.quarters", lang), options(quarters)),
        (t("board.years", lang), options([year, year.previous()])),
    ]

    def beside(one: Period, arrow: str, key: str) -> Component:
        return link(
            arrow, state.but(period=None if one == this else one.key), className="step", **aria(label=t(key, lang))
        )

    picker = menu(period_name(period, lang), groups, t("board.period", lang))
    return html.Div(
        [beside(period.previous(), "‹", "board.before"), picker, beside(period.next(), "›", "board.after")],
        className="period",
    )


def _metrics(state: ViewState) -> Component:
    known = [id for id in SHOWN_METRICS if id in METRICS]
    if state.metric not in known:
        known.insert(0, state.metric)
    options = [(metric_name(id, state.lang), state.but(metric=id), id == state.metric) for id in known]
    label = t("board.metric", state.lang)
    return menu(metric_name(state.metric, state.lang), [(label, options)], label)


def draw(steps: Sequence[Step], filters: Sequence[Step], today: date, period: Period, state: ViewState) -> Drawn:
    """`steps` from the top down to where one is, `filters` with the state each leaves behind when it is taken off."""
    lang = state.lang
    versus = [
        (t("board.versus_target", lang), state.but(versus="target"), state.versus == "target"),
        (t("board.versus_last_year", lang), state.but(versus="last_year"), state.versus == "last_year"),
    ]
    other: Lang = "en" if lang == "zh" else "zh"
    dark = state.theme == "dark"
    light = "board.to_light" if dark else "board.to_dark"
    return {
        "header--where": {"children": [_crumbs(steps, state), *_filters(filters, state)]},
        "header--what": {
            "children": [_metrics(state), _periods(today, period, state), switch(versus, t("board.versus", lang))]
        },
        "header--how": {
            "children": [
                *along.tools(state),
                link(t("board.language", lang), state.but(lang=other), className="quiet", hrefLang=other),
                link("◐", state.but(theme="light" if dark else "dark"), className="quiet", title=t(light, lang)),
            ]
        },
        **along.draw(state),
        "header--as-of": {"children": t("board.as_of", lang)},
        "frame--provider": {"forceColorScheme": state.theme},
    }
