"""The head of every page: where one is, which period and metric, against what, in which language and light."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, along
from dashboard.components.links import aria, choose, link, menu
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import metric_name, period_name
from ingest.calendar import Period
from warehouse.metrics import METRICS

SHOWN_METRICS: dict[str, tuple[str, ...]] = {
    "flow": ("bookings", "revenue", "collections", "won_amount", "lost_amount"),
    "standing": ("attainment", "pace", "landing", "needed_per_day", "yoy"),
    "pipeline": ("open_pipeline", "weighted_pipeline", "probable_pipeline", "awarded", "coverage", "win_rate", "slip"),
    "quality": ("overdue", "realised_price", "effective_contacts", "new_customers", "complaints"),
}
"""What the picker offers, in groups; any other metric can still be asked for in the URL. What the registry has no row
for is named with the reason."""


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
    moving = [
        (
            t(f"cuts.{name}", lang),
            state.but(period=name if name != "month" else None),
            name == (state.period or "month"),
        )
        for name in ("today", "week", "month", "quarter", "year")
    ]
    months = [this]
    while len(months) < 14:
        months.append(months[-1].previous())
    quarters = [Period.containing(today, "quarter")]
    while len(quarters) < 5:
        quarters.append(quarters[-1].previous())
    year = Period.containing(today, "year")

    def options(periods: Sequence[Period]) -> list[tuple[str, ViewState, bool]]:
        return [
            (period_name(one, lang), state.but(period=None if one == this else one.key), one.key == state.period)
            for one in periods
        ]

    groups = [
        (t("cuts.moving", lang), moving),
        (t("board.months", lang), options(months)),
        (t("board.quarters", lang), options(quarters)),
        (t("board.years", lang), options([year, year.previous()])),
    ]

    def beside(one: Period, arrow: str, key: str) -> Component:
        return link(
            arrow, state.but(period=None if one == this else one.key), className="step", **aria(label=t(key, lang))
        )

    picker = menu("period", period_name(period, lang), groups, t("board.period", lang))
    words = {"from": period.start.isoformat(), "to": period.end.isoformat()}
    chooser = choose("range", t("cuts.range", lang), words, state.but(period=None), state)
    return html.Div(
        [beside(period.previous(), "‹", "board.before"), picker, beside(period.next(), "›", "board.after"), chooser],
        className="period",
    )


def _metrics(state: ViewState) -> Component:
    lang = state.lang
    groups: list[tuple[str, list[tuple[str, ViewState | None, bool]]]] = [
        (t(f"cuts.group_{group}", lang), [_option(id, state) for id in ids]) for group, ids in SHOWN_METRICS.items()
    ]
    label = t("board.metric", lang)
    if not any(state.metric in ids for ids in SHOWN_METRICS.values()):
        groups.insert(0, (label, [_option(state.metric, state)]))
    return menu("metric", metric_name(state.metric, lang), groups, label)


def _option(id: str, state: ViewState) -> tuple[str, ViewState | None, bool]:
    """One line of the picker; without a state where there is no such figure yet, with the reason."""
    lang = state.lang
    if id in METRICS:
        return metric_name(id, lang), state.but(metric=id), id == state.metric
    why = t("cuts.no_data", lang, why=t(f"cuts.{id}_why", lang))
    return f"{t(f'cuts.{id}', lang)} · {why}", None, False


def _versus(state: ViewState) -> Component:
    lang = state.lang
    names = {
        "target": "board.versus_target",
        "baseline": "cuts.versus_baseline",
        "last_period": "cuts.versus_last_period",
        "last_year": "board.versus_last_year",
    }
    options = [(t(key, lang), state.but(versus=name), state.versus == name) for name, key in names.items()]
    label = t("board.versus", lang)
    return menu("versus", t(names[state.versus], lang), [(label, options)], label)


def _as_of(today: date, state: ViewState) -> list[Component]:
    """Since when the figures are, and the way back in time."""
    lang = state.lang
    said = t("cuts.as_of", lang, at=state.as_of.replace("T", " ")) if state.as_of else t("board.as_of", lang)
    moments = {
        "cuts.yesterday": today - timedelta(days=1),
        "cuts.week_ago": today - timedelta(days=7),
        "cuts.month_start": today.replace(day=1) - timedelta(days=1),
    }
    options = [(t(key, lang), state.but(as_of=f"{day}T18:00"), False) for key, day in moments.items()]
    label = t("cuts.rewind_to", lang)
    at = state.as_of or f"{today}T09:00"
    other = choose("moment", t("cuts.rewind", lang), {"moment": at}, state.but(as_of=None), state)
    return [menu("as-of", said, [(label, options)], label), other]


def draw(steps: Sequence[Step], filters: Sequence[Step], today: date, period: Period, state: ViewState) -> Drawn:
    """`steps` from the top down to where one is, `filters` with the state each leaves behind when it is taken off."""
    lang = state.lang
    other: Lang = "en" if lang == "zh" else "zh"
    dark = state.theme == "dark"
    light = "board.to_light" if dark else "board.to_dark"
    return {
        "header--where": plain.says(_crumbs(steps, state)),
        "header--filters": plain.says(_filters(filters, state)),
        "header--what": plain.says([_metrics(state), _periods(today, period, state), _versus(state)]),
        "header--how": plain.says(
            [
                *along.tools(state),
                link(t("board.language", lang), state.but(lang=other), className="quiet", hrefLang=other),
                link("◐", state.but(theme="light" if dark else "dark"), className="quiet", title=t(light, lang)),
            ]
        ),
        "header--as-of": plain.says(_as_of(today, state)),
        **along.draw(state),
    }
