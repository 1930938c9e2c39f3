"""The line above a page that shows a moment gone by: which, by what it is known, and the way back to now."""

from dash import html
from dash.development.base_component import Component

from dashboard.about import moment_name
from dashboard.components.links import link, switch
from dashboard.locales import t
from dashboard.view_state import Known, ViewState

_KNOWN: tuple[Known, ...] = ("now", "then")


def banner(state: ViewState) -> Component | None:
    """None on a page of now."""
    if state.as_of is None:
        return None
    lang = state.lang
    known = [(t(f"cuts.known_{one}", lang), state.but(known=one), state.known == one) for one in _KNOWN]
    parts = [
        html.Span("⏪", className="past-symbol"),
        html.Span(t("cuts.past", lang, at=moment_name(state)), className="past-said"),
        switch(known, t("cuts.known", lang)),
        link(t("cuts.back_to_now", lang), state.but(as_of=None, known="now"), className="past-back"),
    ]
    return html.Div(parts, className="past-line", id="past--line")
