"""The whiteboards there are, the newest first, and a new one from a template."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from dash import html
from dash.development.base_component import Component
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from dashboard import plain, session
from dashboard.components import skeletons
from dashboard.components.links import data
from dashboard.components.panel import nothing, scrolls
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.pages import Page
from dashboard.rights import may_see_meeting
from dashboard.view_state import ViewState
from dashboard.whiteboard import templates
from dashboard.whiteboard.addresses import LIST
from dashboard.whiteboard.catalogue import Entry
from dashboard.whiteboard.routes import serving
from dashboard.words import clock
from ingest.settings import company
from warehouse.errors import WarehouseError
from warehouse.queries import org
from warehouse.queries.findings import findings
from warehouse.queries.meetings import meetings_on
from warehouse.viewer import Viewer

SHOWN = 200
router = APIRouter(include_in_schema=False)


def layout(state: ViewState) -> Sequence[Component]:
    """What a board can begin with, and the place of the list, which its own script keeps current."""
    lang = state.lang
    kinds = [("", t("whiteboard.empty", lang)), *((id, one.name(lang)) for id, one in templates.found().items())]
    buttons = [html.Button(name, className="button", **data(new=id)) for id, name in kinds]
    return [
        html.H1(t("whiteboard.whiteboards", lang), className="headline"),
        html.P(t("whiteboard.list_intro", lang), className="faint whiteboards-intro"),
        plain.shown([html.Span(t("whiteboard.new", lang), className="faint"), *buttons], className="whiteboards-new"),
        html.P("", id="whiteboards--said", className="state-behind", role="alert"),
        plain.place("whiteboards--list", skeletons.line(), className="whiteboards", **data(list=f"{LIST}/list")),
    ]


@router.get(f"{LIST}/list")
async def listed(search: Annotated[str, Query(max_length=4000)] = "") -> HTMLResponse:
    """The rows, for who looks: those they drew on, those of findings and meetings that they may see, and all others."""
    viewer, state = await session.viewer(), ViewState.from_query(search)
    if viewer == Viewer.nobody(viewer.person_id):
        return _answer(nothing(t("whiteboard.not_yours", state.lang), "", "⊘"))
    rooms = serving()
    if not await rooms.log.caught_up():
        return _answer(nothing(t("whiteboard.away", state.lang), ""))
    try:
        shown = await _may_see(viewer, rooms.catalogue.all())
    except WarehouseError:
        return _answer(nothing(t("whiteboard.away", state.lang), ""))
    if not shown:
        return _answer(nothing(t("whiteboard.list_none", state.lang), t("whiteboard.list_hint", state.lang)))
    return _answer(_table(shown[:SHOWN], await _names(shown[:SHOWN], state.lang), state))


def _answer(said: Component) -> HTMLResponse:
    return HTMLResponse(plain.markup(said), headers={"cache-control": "no-store"})


async def _may_see(viewer: Viewer, entries: Iterable[Entry]) -> list[Entry]:
    every = list(entries)
    others = [one for one in every if viewer.person_id not in one.who]
    wanted = {one.finding_id for one in others if one.finding_id}
    cards = await findings(warehouse(), viewer, datetime.now(UTC), also=wanted) if wanted else ()
    held = await meetings_on(warehouse(), {one.subject for one in others if one.subject})
    units = await org.units_as_of(warehouse(), session.today())
    paths = {id: tuple(path) for id, path in units.select("id", "path").iter_rows()}
    seen = {card.finding.finding_id for card in cards}
    seen |= {one.id for one in held if may_see_meeting(viewer, one, paths.get(one.unit_id, ()))}

    def is_theirs(one: Entry) -> bool:
        about = one.finding_id or one.meeting_id
        return about is None or about in seen or viewer.person_id in one.who

    return [one for one in every if is_theirs(one)]


async def _names(entries: Iterable[Entry], lang: Lang) -> dict[str, str]:
    people = {person for one in entries for person in one.who}
    return {person: session.name_of(await session.viewer_for_id(person), lang) for person in people}


def _table(entries: Iterable[Entry], names: dict[str, str], state: ViewState) -> Component:
    lang = state.lang
    own = ViewState(lang=lang, theme=state.theme).to_query().removesuffix("?")
    columns = ("title", "changed", "people", "objects")
    head = html.Tr([html.Th(t(f"whiteboard.column_{name}", lang)) for name in columns])
    rows = [
        html.Tr(
            [
                html.Td(
                    [
                        html.A(
                            one.called(lang) or one.board_id,
                            href=f"/whiteboard/{one.board_id}{own}",
                            className="link",
                        ),
                        html.Span(f" {t('whiteboard.of_finding', lang)}", className="faint small")
                        if one.finding_id
                        else None,
                    ]
                ),
                html.Td(clock(one.changed_at, company().zone, lang) if one.changed_at else "", className="num"),
                html.Td(t("mine.and", lang).join(sorted(names[person] for person in one.who))),
                html.Td(str(one.objects), className="num"),
            ],
            **data(board=one.board_id),
        )
        for one in entries
    ]  # fmt: skip
    return scrolls(html.Table([html.Thead(head), html.Tbody(rows)]), "whiteboards-scroll")


PAGE = Page("/whiteboards", "✐", "whiteboard.rail", 7, layout, shows="whiteboards", router=router)
