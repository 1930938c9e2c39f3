"""The frame every page stands in: header, notice, rail, the page itself, and the findings at the right.

All ids are there from the start, with their places kept, so that nothing jumps when data comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import along, beside, first, keys
from dashboard.components.keys import Keys
from dashboard.components.links import aria
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState

MAIN, PANEL = "board--main", "findings--panel"


def _header(state: ViewState) -> Component:
    age = html.Div(
        [
            plain.place("header--as-of", t("board.as_of", state.lang), html.Span, className="as-of"),
            html.Span("●", className="age-dot"),
            html.Span("", id="age--text", className="age-text num"),
        ],
        id="age--slot",
        className="age",
        role="status",
    )
    return html.Header(
        [
            html.A(
                [html.Span(className="logo"), html.Span("oneboard", className="brand-name")],
                href="/",
                className="brand",
                **aria(label="oneboard"),
            ),
            plain.place("header--where", className="where"),
            along.fold(state),
            plain.place("header--what", className="what"),
            plain.place("header--verified", className="verified-slot"),
            age,
            plain.place("header--how", className="how"),
            plain.place("viewer--slot", className="viewer-slot"),
        ],
        className="header",
    )


def _rail(pages: Sequence[tuple[str, str, str, bool]], state: ViewState) -> Component:
    links = [
        html.A(
            [
                html.Span(icon, className="rail-icon", **aria(hidden="true")),
                html.Span(label, id=along.label_id(path), className="rail-label"),
                *_count(path),
            ],
            href=path + state.to_query(),
            className="rail-on" if here else "rail-link",
            **(aria(current="page") if here else {}),
        )
        for path, icon, label, here in pages
    ]
    return plain.shown(links, tag=html.Nav, className="rail", **aria(label=t("board.sections", state.lang)))


def _count(path: str) -> list[Component]:
    return [html.Span("", id="findings--count", className="rail-count num")] if path == "/findings" else []


def _skips(lang: Lang) -> Component:
    """With the keyboard past the rail, or past everything to what is off; and what the keys do."""
    ways = [
        html.A(t(f"board.skip_to_{part}", lang), href=f"#{id}") for part, id in (("page", MAIN), ("findings", PANEL))
    ]
    help_of_keys = keys.button(lang, t("keys.title", lang), "")
    return plain.shown([*ways, help_of_keys], tag=html.Nav, className="skips", **aria(label=t("board.skips", lang)))


@dataclass(frozen=True)
class Parts:
    """What stands in the frame. `rail`: (path, icon, label, is here); `shows`: what of it is seen, as a class; `keys`:
    what the page's own keys do."""

    page: Sequence[Component]
    aside: Sequence[Component]
    overlay: Sequence[Component]
    rail: Sequence[tuple[str, str, str, bool]]
    shows: str = "board"
    keys: Keys = field(default_factory=dict)


def _stores() -> list[Any]:
    return [
        dcc.Location(id="url", refresh=False),
        dcc.Store(id="board--drawn"),
        plain.carrier(),
    ]


def bare(page: Sequence[Component], overlay: Sequence[Component]) -> Component:
    """The whole document of a page without a frame."""
    main = html.Main(page, id=MAIN, className="bare")
    return html.Div([*_stores(), html.Div(main, id="board--frame"), *overlay])


def frame(parts: Parts, state: ViewState) -> Component:
    """The whole document."""
    body = html.Div(
        [
            _rail(parts.rail, state),
            along.thumbs(parts.rail, state),
            first.layout(),
            html.Main(parts.page, id=MAIN, className="page"),
            html.Aside(parts.aside, id=PANEL, className="aside"),
        ],
        className="body",
    )
    return html.Div(
        [
            *_stores(),
            html.Div(
                html.Div(
                    [
                        _skips(state.lang),
                        _header(state),
                        plain.place("header--filters", className="filters"),
                        plain.place("notice--slot", className="notice", role="status"),
                        body,
                    ],
                    id="board--frame",
                    className="frame",
                ),
                className=f"shows shows-page-{parts.shows}",
            ),
            beside.layout(state),
            keys.layout(parts.keys, state.lang),
            html.Div(parts.overlay, id="overlay--slot"),
        ],
    )
