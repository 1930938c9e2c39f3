"""What stands in the place of a page whose address names what there is not: which that is, and the ways back."""

from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components.links import data, link
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import metric_name, period_name
from ingest.calendar import Period


def lines(unknown: tuple[str, ...], day: date, state: ViewState) -> list[Component]:
    """A line for each field of `unknown`, with the page without it; then the top, and the search."""
    lang = state.lang
    missing = [
        html.P(
            [
                html.Span(said(field, getattr(state, field), day, lang)),
                " ",
                link(t("unknown.without", lang), state.but(**{field: None})),
            ]
        )
        for field in unknown
    ]
    return [
        html.H2(t("unknown.title", lang)),
        *missing,
        html.P(t("unknown.hint", lang), className="faint"),
        html.Div(
            [
                link(t("unknown.top", lang), ViewState(lang=lang, theme=state.theme), className="button"),
                html.Button(t("unknown.find", lang), className="button", **data(opens="find")),
            ],
            className="finding-buttons",
        ),
    ]


def said(field: str, id: str, day: date, lang: Lang) -> str:
    """That there is nothing of that id."""
    return t(f"unknown.{field}", lang, id=id, day=period_name(Period.containing(day, "day"), lang))


def rejected(state: ViewState, period: Period) -> list[Component]:
    """What of the address could not be read, what is shown instead, and the address without it."""
    return [
        html.Span([_instead(part, period, state), " ", link(t("unknown.drop", state.lang), state)])
        for part in state.rejected
    ]


def _instead(part: str, period: Period, state: ViewState) -> str:
    lang, (name, _, value) = state.lang, part.partition("=")
    shown = {"metric": metric_name(state.metric, lang), "period": period_name(period, lang)}
    if name in shown:
        return t(f"unknown.no_{name}", lang, value=value, shown=shown[name])
    return t("board.rejected", lang, what=part)


def no_finding(state: ViewState) -> Component:
    """That the finding a link leads to is not there."""
    lang = state.lang
    said = t("unknown.finding", lang, id=state.finding)
    return html.Span([said, " ", link(t("unknown.drop", lang), state.but(finding=None))])
