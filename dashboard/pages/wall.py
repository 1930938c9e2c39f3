"""The wall: a page without a frame, read from five metres and never touched."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain, wall_questions
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components import Drawn, ticker
from dashboard.components.wall import box, head, qr, red, replay, scene, scenes, units
from dashboard.locales import Lang, t
from dashboard.look import Lane
from dashboard.pages import Page
from dashboard.shortfall import shortfall
from dashboard.view_state import ViewState
from dashboard.wall_questions import About, Red
from dashboard.walls import SCENES, Scene
from dashboard.words import called, metric_name, over_assigned, period_name
from ingest.settings import company
from warehouse.curve import days_of
from warehouse.queries.findings import subject

Told = Mapping[str, Any]
_DARK: dict[str, Any] = {"data-theme": "dark"}


def layout(state: ViewState) -> Sequence[Component]:
    """Every place there is; which scenes turn, the wall's file says."""
    zone: dict[str, Any] = {"data-zone": str(company().zone)}
    board = Address("/", state.but(replay=None)).link("")
    foot = [
        plain.place("wall--ticker", None, className="ticker"),
        plain.place("wall--dots", None, className="dots"),
        html.Div(
            [
                html.Span(t("wall.age", state.lang)),
                html.Span("●", className="age-dot"),
                html.Span("", id="age--text", className="num"),
                html.Span(t("wall.ago", state.lang)),
            ],
            id="age--slot",
            className="wall-age",
        ),
        html.Time("", id="wall--clock", className="wall-clock num", **zone),
    ]
    stage = [plain.place(f"wall--{name}", None, className="scene") for name in SCENES]
    return [
        html.Div(
            [
                html.A(t("wall.to_board", state.lang), href=board, className="wall-board"),
                plain.place("wall--head", t("wall.loading", state.lang), className="wall-head"),
                html.Div(stage, id="wall--stage", className="stage"),
                plain.place("wall--pin", None, className="pin-slot"),
                plain.place("wall--replay", None, className="replay"),
                html.Div(id="wall--frames", hidden=True),
                plain.place("wall--fault", None, className="wall-fault"),
                html.Footer(foot, className="wall-foot"),
            ],
            id="wall--root",
            className="wall",
            **_DARK,
        )
    ]


def _html(id: str, value: Any) -> Drawn:
    return {id: plain.says(value)}


def _fault(board: BoardState, about: About | None, state: ViewState) -> Drawn | None:
    """What stands instead of everything else, when there is something wrong."""
    if not board.is_allowed:
        return _html("wall--fault", _said(t("board.not_allowed", state.lang), "", state.lang))
    if about is not None and about.fault:
        return _html("wall--fault", _said(t("wall.fault", state.lang), about.fault, state.lang))
    return None


def _said(title: str, why: str, lang: Lang) -> list[Component]:
    return [html.H2(title), html.P(why), html.P(t("wall.fault_hint", lang))]


def _about_words(board: BoardState, about: About, names: Mapping[str, tuple[str, str]]) -> str:
    """ "East · Bookings"."""
    state = about.state
    unit = called(state.unit, *names.get(state.unit, ("", "")), state.lang) if state.unit else ""
    return " · ".join(part for part in (unit, metric_name(state.metric, state.lang)) if part)


def _words(about: About, found: Red) -> red.Words:
    known = (found.told, found.tasks, found.is_looked, found.ages)
    return red.Words(found.names, found.units, about.state.lang, about.wall.show_names, *known)


def draw_urgent(board: BoardState, state: ViewState) -> Drawn:
    """Headline, what is red and who has it, and how the scenes turn."""
    if state.replay:
        return {}
    told = board.parts.get("urgent")
    about = told["about"] if told else None
    if (fault := _fault(board, about, state)) is not None:
        return fault
    if not told or about is None:
        return {}
    lang, row, found = about.state.lang, told["head"], told["red"]
    words = _words(about, found)
    missing = None
    if row["gap"] is not None:
        of_it = [
            card
            for card in found.cards
            if card.finding.metric == about.state.metric and card.finding.period == board.period.key
        ]
        missing = shortfall(Decimal(str(round(row["gap"], 4))), of_it, found.units, found.products)
    top = head.draw(
        row, told["interval"], missing, period_name(board.period, lang), _about_words(board, about, found.names), lang
    )
    codes = _codes(about, found)
    shown = about.wall.scenes
    turning: dict[str, Any] = {"data-scenes": ",".join(shown), "data-seconds": about.wall.seconds, "data-lang": lang}
    dots = [html.I(**{"data-dot": one}) for one in shown] if len(shown) > 1 else []
    return {
        **_html("wall--fault", None),
        **_html("wall--head", top),
        "wall--stage": turning,
        **_html("wall--pin", red.pinned(found.cards, words)),
        **_html("wall--dots", dots),
        **_html("wall--red", red.whole(found.cards, words, codes)),
    }


def _codes(about: About, found: Red) -> list[Component]:
    """The way into the meeting about what is pinned, where something is, and the board on a phone."""
    board, words = qr.code(about.state), _words(about, found)
    if (card := red.pinned_one(found.cards)) is None:
        return [board]
    return [qr.meet(subject(card.finding), words.place(card), about.state), board]


def draw_scenes(board: BoardState, state: ViewState) -> Drawn:
    """What turns."""
    told = board.parts.get("scenes")
    if not told or told["about"].fault:
        return {}
    this: About = told["about"]
    drawn = _html("wall--ticker", ticker.line(told["latest"], board.period.nearest(board.today), this.state.lang))
    for name, draw in _TURNING.items():
        if name in this.wall.scenes:
            drawn |= _html(f"wall--{name}", draw(board, told, this))
    return drawn


def _company(_: BoardState, told: Told, this: About) -> list[Component]:
    lang, rows = this.state.lang, units.worth_showing(told["units"])
    side = [
        box(t("wall.red", lang), "side-title"),
        box(red.beside(told["red"].cards, _words(this, told["red"])), "red-list"),
        _codes(this, told["red"])[0],
    ]
    body = [units.tiles(rows, lang), box(side, "side")]
    below = over_assigned(told["head"].row(0, named=True), lang)
    note = " · ".join(filter(None, (below, t("wall.tiles_note", lang))))
    return scene(units.title(rows, _kind(told), lang), body, note)


def _regions(_: BoardState, told: Told, this: About) -> list[Component]:
    return units.bars(units.worth_showing(told["units"]), _kind(told), this.state.lang)


def _products(board: BoardState, told: Told, this: About) -> list[Component]:
    lang, lines = this.state.lang, told["products"]
    below = over_assigned(told["head"].row(0, named=True) | {"children_target": lines["target"].sum()}, lang)
    return scenes.products(lines, len(days_of(board.period)), below, lang)


def _landing(board: BoardState, told: Told, this: About) -> list[Component]:
    head, state = told["head"].row(0, named=True), this.state
    around = wall_questions.around(head, told["months"])
    return scenes.landing(told, around, state.metric, period_name(board.period, state.lang), state.lang)


def _cash(board: BoardState, told: Told, this: About) -> list[Component]:
    return scenes.cash(told, period_name(board.period, this.state.lang), this.state.lang)


def _wins(board: BoardState, told: Told, this: About) -> list[Component]:
    return scenes.wins(told["wins"], board.period.nearest(board.today), this.state.lang)


_TURNING: Mapping[Scene, Callable[[BoardState, Told, About], list[Component]]] = {
    "company": _company,
    "regions": _regions,
    "products": _products,
    "landing": _landing,
    "cash": _cash,
    "wins": _wins,
}
"""The scene of what is red is drawn with what is urgent."""


def _kind(told: Told) -> str:
    return "products" if told["by"] == "product" else "units"


def draw_replay(board: BoardState, state: ViewState) -> Drawn:
    """The month that is played, told once."""
    if not state.replay:
        return {}
    told = board.parts.get("replay")
    about = told["about"] if told else None
    if (fault := _fault(board, about, state)) is not None:
        return fault
    if not told or about is None:
        return {}
    lang, metric = about.state.lang, about.state.metric
    words = _about_words(board, about, told["replay"].red.names)
    return {
        **_html("wall--fault", None),
        **_html("wall--replay", replay.layout(told["replay"], metric, lang)),
        "wall--frames": {"data-frames": replay.frames(told["replay"], metric, words, lang)},
    }


PAGE = Page(
    "/wall",
    "▣",
    "wall.wall",
    9,
    layout,
    shows="wall",
    lanes={
        "urgent": Lane(wall_questions.urgent, draw_urgent),
        "scenes": Lane(wall_questions.scenes, draw_scenes),
        "replay": Lane(wall_questions.replay, draw_replay, frozenset()),
    },
    is_framed=False,
)
