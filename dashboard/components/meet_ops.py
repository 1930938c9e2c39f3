"""On the page for ops: with whom meetings are held, what is to be known of that, and a button that makes a room."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.form import does
from dashboard.components.panel import head
from dashboard.locales import t
from dashboard.view_state import ViewState

PLACE, TEST = "ops--meetings", "/meet/test"


def listed(provider: str, advice: str | None, state: ViewState) -> list[Component]:
    """The panel. `advice` is what whoever runs the board should know of the provider as it is set."""
    lang = state.lang
    title = head(t("meet.ops_title", lang), state, tools=[does(t("routes.test", lang), TEST)])
    held = t("meet.ops_jitsi", lang) if provider == "jitsi" else t("meet.ops_provider", lang, provider=provider)
    said = [
        html.P(held),
        html.P(advice, className="faint") if advice else None,
    ]
    return [html.Header(title, className="panel-head"), html.Div(said, className="panel-body")]
