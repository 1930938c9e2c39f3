"""What was taken back: one row a retraction and topic, with who and why."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.panel import head, nothing, scrolls
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company
from warehouse.retractions import Retracted

MOST = 50
_COLUMNS = (("when", ""), ("source", ""), ("topic", ""), ("events", "num"), ("who", ""), ("why", "wrapped"))


def listed(retracted: Sequence[Retracted], state: ViewState) -> list[Component]:
    """The whole panel, the newest first."""
    lang = state.lang
    about = [(t("board.how", lang), t("ops.retractions_about", lang))]
    title = html.Header(head(t("ops.retractions", lang), state, about=about), className="panel-head")
    if not retracted:
        return [title, nothing(t("ops.retractions_none", lang), t("ops.retractions_none_hint", lang), "●")]
    heads = [html.Th(t(f"ops.col_{name}", lang), className=classes, scope="col") for name, classes in _COLUMNS]
    rows = []
    for one in retracted[:MOST]:
        cells = (clock(one.at, company().zone, lang), one.source, one.topic, f"{one.events:,}", one.who, one.why)
        named = zip(cells, _COLUMNS, strict=True)
        rows.append(html.Tr([html.Td(text, className=classes) for text, (_, classes) in named]))
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="totals")
    return [title, scrolls(table)]
