"""The five numbers on top: value, symbol against pace, a bullet of target, expected and actual, and the days so far."""

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn
from dashboard.components.links import aria, link
from dashboard.components.panel import About, what_is_this
from dashboard.figures.spark import sparkline
from dashboard.locales import t
from dashboard.theme import state_of, symbol
from dashboard.view_state import ViewState


@dataclass(frozen=True)
class Tile:
    """`actual`, `expected` and `target` are in what the tile measures (`unit`); `note` stands for no value.

    `change` is how much more the actual is than what the board is held against, as a share of it.
    """

    metric: str
    name: str
    unit: str
    actual: float | None
    target: float | None = None
    expected: float | None = None
    pace: float | None = None
    yoy: float | None = None
    change: float | None = None
    spark: tuple[float, ...] = ()
    runs: bool = True
    note: str = ""
    detail: str = ""
    about: About = ()


def _bullet(tile: Tile, state: ViewState) -> Component:
    """Target is the full length; longer where the actual is beyond it. The tick stands at what is expected by now."""
    if not tile.target or tile.actual is None:
        return html.Div(className="bullet bullet-none")
    full = max(tile.target, tile.actual, tile.expected or 0.0)
    said = t(
        "board.bullet",
        state.lang,
        actual=amounts.exact(tile.actual),
        expected=amounts.exact(tile.expected),
        target=amounts.exact(tile.target),
    )
    where = f"{100 * tile.target / full:.2f}%"
    marks = [
        html.Div(className="bullet-track", style={"width": where}),
        html.Div(
            className=f"bullet-bar back-{state_of(tile.pace)}",
            style={"width": f"{max(0.0, 100 * tile.actual / full):.2f}%"},
        ),
    ]
    if tile.expected is not None:
        marks.append(html.Div(className="bullet-tick", style={"left": f"{100 * tile.expected / full:.2f}%"}))
    return html.Div(marks, className="bullet", role="img", title=said, **aria(label=said))


_VERSUS = {
    "last_year": "board.vs_last_year",
    "last_period": "cuts.vs_last_period",
    "baseline": "cuts.vs_baseline",
}


def _second_line(tile: Tile, state: ViewState) -> list[Component]:
    lang = state.lang
    if tile.note and tile.actual is None:
        return [html.Span(tile.detail or tile.note, className="faint")]
    if state.versus != "target" and tile.runs:
        change = t(_VERSUS[state.versus], lang, change=amounts.share(tile.change, lang, sign=True))
        where = "none" if tile.change is None else state_of(1 + tile.change)
        return [html.Span(change, className=f"state-{where}")]
    if tile.pace is not None and tile.target is not None:
        said = [symbol(tile.pace), " ", t("board.vs_pace", lang, pace=amounts.pace(tile.pace))]
        target = t("board.of_target", lang, target=amounts.of(tile.target, tile.unit, lang))
        return [html.Span(said, className=f"state-{state_of(tile.pace)}"), html.Span(target, className="faint")]
    if tile.detail:
        return [html.Span(tile.detail, className="faint")]
    change = "" if tile.yoy is None else t("board.vs_last_year", lang, change=amounts.share(tile.yoy, lang, sign=True))
    return [html.Span(change), html.Span(t("board.no_target", lang), className="faint")]


def _exact(tile: Tile) -> dict[str, Any]:
    """What the difference is taken of when it changes."""
    return {} if tile.actual is None or tile.unit == "ratio" else {"data-exact": str(tile.actual)}


def _tile(tile: Tile, state: ViewState) -> Component:
    lang = state.lang
    value = tile.note if tile.actual is None else amounts.of(tile.actual, tile.unit, lang)
    spark = sparkline(tile.spark, state_of(tile.pace), state.theme, running=tile.runs)
    name = html.Span(tile.name, className="tile-name")
    parts = [
        html.Div([what_is_this(tile.about, state, name) if tile.about else name], className="tile-top"),
        html.Div(
            [
                html.Span(value, className="tile-value num", **_exact(tile)),
                html.Img(src=spark, className="tile-spark", alt="") if spark else html.Span(className="tile-spark"),
            ],
            className="tile-middle",
            title=amounts.exact(tile.actual) if tile.unit != "ratio" else None,
        ),
        _bullet(tile, state),
        html.Div(_second_line(tile, state), className="tile-foot num"),
    ]
    chosen = "tile tile-on" if tile.metric == state.metric else "tile"
    if not tile.metric:
        return html.Div(parts, className=chosen)
    return link(
        parts,
        state.but(metric=tile.metric),
        className=chosen,
        **aria(label=t("board.tile_link", lang, metric=tile.name)),
    )


def draw(tiles: tuple[Tile, ...], state: ViewState) -> Drawn:
    """All tiles, each a link to the whole board by its metric."""
    return {"tiles--row": plain.says([_tile(tile, state) for tile in tiles])}
