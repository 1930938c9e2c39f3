"""What goes with every page: search, saved views, take along; and on a phone the bar under the thumb, the folded head.

`assets/along.js` opens what these buttons name; the inside of each comes from the server, for who looks.
"""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import pages, plain
from dashboard.components import Drawn, beside, meet
from dashboard.components.links import aria, data
from dashboard.locales import t
from dashboard.subjects import subject_of
from dashboard.view_state import ViewState

_FIRST = ("/", "/findings")
"""The pages that have a place of their own under the thumb."""
_MORE = "thumbs--more"


def label_id(path: str) -> str:
    """The id of a page's name in the rail."""
    return f"rail--{path.strip('/') or 'board'}"


def _opens(what: str, sign: str, text: str, className: str = "quiet") -> Component:
    more = {**data(opens=what), **aria(label=text, haspopup="dialog")}
    return html.Button(html.Span(sign, **aria(hidden="true")), title=text, className=className, **more)


def tools(state: ViewState) -> list[Component]:
    """The buttons of the head."""
    lang, search = state.lang, t("find.open", state.lang)
    words = data(opens="find", placeholder=t("find.placeholder", lang), results=t("find.results", lang))
    find = html.Button(
        [html.Span("⌕", **aria(hidden="true")), html.Span(search, className="find-word"), html.Kbd("/")],
        className="find-open",
        title=t("find.title", lang),
        **words,
        **aria(label=t("find.title", lang), haspopup="dialog"),
    )
    meeting = meet.button(subject_of(state), None, state, t("meet.here_title", lang))
    board = beside.link(subject_of(state), None, state, sign="✐", className="quiet")
    return [
        find,
        meeting,
        board,
        _opens("views", "☆", t("views.open", lang)),
        _opens("export", "⤓", t("export.take", lang)),
    ]


def fold(state: ViewState) -> Component:
    """On a phone: opens and shuts the rest of the head."""
    about = {**data(do="fold"), **aria(label=t("thumbs.fold", state.lang), expanded="false", controls="header--what")}
    return html.Button("☰", id="header--fold", className="quiet header-fold", **about)


def thumbs(rail: Sequence[tuple[str, str, str, bool]], state: ViewState) -> Component:
    """On a phone: the board, the findings, the search and the rest, within reach of the thumb."""
    lang = state.lang

    def to(path: str, icon: str, label: str, here: bool) -> Component:
        inside = [html.Span(icon, className="rail-icon", **aria(hidden="true")), html.Span(label, id=_id(path))]
        on = aria(current="page") if here else {}
        return html.A(inside, href=path + state.to_query(), className="rail-on" if here else "rail-link", **on)

    first = [to(*one) for one in rail if one[0] in _FIRST]
    rest = [to(*one) for one in rail if one[0] not in _FIRST]
    sign = html.Span("⌕", className="rail-icon", **aria(hidden="true"))
    find = html.Button([sign, html.Span(t("find.open", lang), id="thumbs--find")], **data(opens="find"))
    dots = html.Span("⋯", className="rail-icon", **aria(hidden="true"))
    more = html.Details(
        [
            html.Summary([dots, html.Span(t("thumbs.more", lang), id=_MORE)]),
            html.Div(rest, className="thumbs-rest"),
        ],
        className="thumbs-more",
    )
    return plain.shown(
        [*first, find, more], tag=html.Nav, className="rail thumbs", **aria(label=t("thumbs.title", lang))
    )


def _id(path: str) -> str:
    return label_id(path).replace("rail", "thumbs", 1)


def draw(state: ViewState) -> Drawn:
    """The names of the pages in the reader's language."""
    lang = state.lang
    drawn: Drawn = {"thumbs--find": plain.says(t("find.open", lang)), _MORE: plain.says(t("thumbs.more", lang))}
    for path, page in pages.found().items():
        for id in (label_id(path), _id(path)):
            drawn[id] = plain.says(t(page.label, lang))
    return drawn | beside.draw(state)
