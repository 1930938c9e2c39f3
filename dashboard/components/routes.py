"""The routes on the page for ops: who is told after which wait by which channel, and a button that tries each."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.form import does
from dashboard.components.panel import head, nothing, scrolls
from dashboard.locales import Lang, t, t_or
from dashboard.notifications.routes import Route, Routes
from dashboard.view_state import ViewState

PLACE, FIRE = "ops--routes", "/ops/tell"


def channel_name(channel: str, lang: Lang) -> str:
    """What a channel is called: ours by a word, one's own by its name."""
    return t_or(f"routes.channel_{channel}", lang, channel)


def step_name(name: str, lang: Lang) -> str:
    """What a step is called, likewise."""
    return t_or(f"routes.step_{name}", lang, name)


def listed(routes: Routes, state: ViewState) -> list[Component]:
    """The panel: a row a step."""
    lang = state.lang
    about = [(t("board.how", lang), t("routes.about", lang, count=routes.most_new_a_day))]
    heads = ("step", "to", "after", "by", "quiet")
    rows: list[Component] = [html.Tr([*(html.Th(t(f"routes.{name}", lang)) for name in heads), html.Th()])]
    rows += [_row(route, lang) for route in routes.routes]
    title = head(t("routes.title", lang), state, about=about)
    return [
        html.Header(title, className="panel-head"),
        scrolls(html.Table(rows, className="totals")),
    ]


def broken(fault: str, state: ViewState) -> list[Component]:
    """The panel where the file of routes cannot be used."""
    title = head(t("routes.title", state.lang), state)
    return [html.Header(title, className="panel-head"), nothing(t("routes.broken", state.lang), fault)]


def _row(route: Route, lang: Lang) -> Component:
    after = t("routes.minutes", lang, count=route.after_minutes) if route.after_minutes else t("routes.at_once", lang)
    cells = (
        step_name(route.name, lang),
        t(f"routes.to_{route.to}", lang),
        after,
        ", ".join(channel_name(channel, lang) for channel in route.by),
        route.quiet or "–",
    )
    return html.Tr([*map(html.Td, cells), html.Td(does(t("routes.test", lang), FIRE, route=route.name))])
