"""For sales operations: what could not be taken and why, what is unassigned, streams that stand still, totals, and what
was taken back.

Letters are read off the log itself, every few seconds while the page is open: it must work when the worker or the
warehouse does not.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import letters, session
from dashboard.actions import NobodyActs
from dashboard.components import letters as drawn
from dashboard.components import meet_ops, ops, retractions, routes, skeletons, totals, unassigned
from dashboard.components.panel import locked, nothing, skeleton
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.pages import Page
from dashboard.reason import reason
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from ingest.letters.replay import Return
from warehouse.errors import WarehouseError
from warehouse.queries import org
from warehouse.queries.unassigned import unassigned as strays
from warehouse.reconciliation import DAYS, reconciliation
from warehouse.retractions import retracted
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)
AGAIN_MS, TOTALS_AGAIN_MS = 5_000, 60_000
HEAD, STILL, LIST, PAIR, ONE = "ops--head", "ops--still", "ops--list", "ops--pair", "ops--one"
SAID, DONE = "ops--said", "ops--done"
TOTALS, RETRACTIONS, STRAYS = "ops--totals", "ops--retractions", "ops--unassigned"


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        html.H1(skeletons.line(), id=HEAD, className="headline"),
        html.Div(id=STRAYS),
        html.Div(id=STILL),
        html.Div(
            [
                html.Section(skeleton(280), id=LIST, className="panel panel-letters"),
                html.Section(id=ONE, className="panel panel-letter"),
            ],
            id=PAIR,
            className="ops-pair",
        ),
        html.Section(skeleton(120), id=routes.PLACE, className="panel panel-totals"),
        html.Section(skeleton(60), id=meet_ops.PLACE, className="panel panel-totals"),
        html.Section(skeleton(120), id=TOTALS, className="panel panel-totals"),
        html.Section(skeleton(120), id=RETRACTIONS, className="panel panel-totals"),
        html.Div(id=SAID, className="said-plain", role="status"),
        dcc.Store(id=DONE),
        dcc.Interval(id="ops--again", interval=AGAIN_MS, max_intervals=1),
        dcc.Interval(id="ops--totals-again", interval=TOTALS_AGAIN_MS),
    ]


PAGE = Page("/ops", "⚙", "ops.title", 9, layout, shows="ops")


def _locked(lang: Lang) -> Component:
    return locked(t("ops.only_ops", lang), t("ops.only_ops_hint", lang))


@callback(
    Output(HEAD, "children"),
    Output(STILL, "children"),
    Output(LIST, "children"),
    Output("ops--again", "n_intervals"),
    Input("url", "search"),
    Input("ops--again", "n_intervals"),
    Input(DONE, "data"),
)
async def show(search: str | None, _again: int | None, _done: Any) -> tuple[Any, ...]:
    # the next look is five seconds after this one's answer: what is slow is never overtaken by its own successor
    return *await _shown(search), 0


async def _shown(search: str | None) -> tuple[Any, ...]:
    state, viewer = ViewState.from_query(search), await session.viewer()
    if not viewer.is_ops:
        return t("ops.only_ops", state.lang), [], _locked(state.lang)
    try:
        found = await letters.inbox()
    except IngestError as error:
        log.warning("dead letters cannot be read: %s", error)
        away = nothing(t("ops.unreachable", state.lang), t("ops.unreachable_hint", state.lang))
        return t("ops.unreachable", state.lang), no_update, away
    try:
        still = await letters.stands_still()
    except (IngestError, WarehouseError) as error:
        log.warning("what stands still cannot be told: %s", error)
        still = []
    return html.Span(ops.sentence(found, still, state)), ops.standing(still, state), drawn.listed(found, state)


@callback(
    Output(ONE, "children"),
    Output(PAIR, "className"),
    Input("url", "search"),
    Input(DONE, "data"),
    Input("ops--again", "n_intervals"),
)
async def show_one(search: str | None, _done: Any, again: int | None) -> tuple[Any, str]:
    state, is_again = ViewState.from_query(search), ctx.triggered_id == "ops--again"
    if is_again and not (again and state.letter):
        raise PreventUpdate
    viewer = await session.viewer()
    if state.letter is None or not viewer.is_ops:
        return None, "ops-pair"
    try:
        one = await letters.letter_at(state.letter)
    except IngestError as error:
        log.warning("letter %s cannot be read: %s", state.letter, error)
        one = None
    if is_again and not (one and one.sent):
        raise PreventUpdate  # somebody may be writing in it
    who = await _name(one.settled.who, state.lang) if one and one.settled else ""
    return drawn.opened(one, who, state), "ops-pair is-open"


@callback(Output(TOTALS, "children"), Input("url", "search"), Input("ops--totals-again", "n_intervals"))
async def show_totals(search: str | None, _again: int | None) -> Any:
    async def ask(viewer: Viewer, state: ViewState) -> Any:
        return totals.listed(await reconciliation(warehouse(), viewer, session.today() - DAYS), state)

    return await _asked("the sources' totals", search, ask)


@callback(Output(RETRACTIONS, "children"), Input("url", "search"), Input("ops--totals-again", "n_intervals"))
async def show_retractions(search: str | None, _again: int | None) -> Any:
    async def ask(viewer: Viewer, state: ViewState) -> Any:
        return retractions.listed(await retracted(warehouse(), viewer), state)

    return await _asked("what was taken back", search, ask)


@callback(Output(STRAYS, "children"), Input("url", "search"), Input("ops--totals-again", "n_intervals"))
async def show_strays(search: str | None, _again: int | None) -> Any:
    async def ask(viewer: Viewer, state: ViewState) -> Any:
        return unassigned.sentence(await strays(warehouse(), viewer, session.today()), state)

    return await _asked("what is unassigned", search, ask, is_a_panel=False)


async def _asked(
    what: str, search: str | None, ask: Callable[[Viewer, ViewState], Awaitable[Any]], *, is_a_panel: bool = True
) -> Any:
    """What is drawn of an answer for whoever is of sales operations; where it cannot be had a panel says so."""
    state, viewer = ViewState.from_query(search), await session.viewer()
    if not viewer.is_ops:
        return None
    try:
        return await ask(viewer, state)
    except WarehouseError as error:
        log.warning("%s cannot be asked for: %s", what, error)
        return nothing(t("board.unreachable", state.lang), "") if is_a_panel else None


async def _name(person_id: str, lang: Lang) -> str:
    try:
        found = await org.names(warehouse(), "person", [person_id], session.today())
    except WarehouseError:
        return person_id
    return found.get(person_id, (person_id, person_id))[1 if lang == "en" else 0]


def _pressed() -> dict[str, Any]:
    """The id of the button that was pressed; a list drawn anew presses none."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return dict(ctx.triggered_id)


async def _told(doing: Awaitable[tuple[str, bool]], lang: Lang) -> tuple[Any, ...]:
    """What to say of what was done and, where that changed anything, a sign that the page is to be drawn anew."""
    try:
        said, has_changed = await doing
        return said, {"after": str(ctx.triggered_id)} if has_changed else no_update
    except (IngestError, NobodyActs) as error:
        return t("ops.not_done", lang, error=reason(error, lang)), no_update


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DONE, "data", allow_duplicate=True),
    Input({"type": "letter--replay", "position": ALL}, "n_clicks"),
    State({"type": "letter--mended", "position": ALL}, "value"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def replay_one(_clicks: list[int | None], mended: list[str | None], search: str | None) -> tuple[Any, ...]:
    position, lang = _pressed()["position"], ViewState.from_query(search).lang
    text = mended[0] if mended else None
    return await _told(_replayed(lang, [position], mended=text), lang)


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DONE, "data", allow_duplicate=True),
    Input({"type": "letters--replay", "n": ALL}, "n_clicks"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def replay_listed(_clicks: list[int | None], search: str | None) -> tuple[Any, ...]:
    _pressed()
    state = ViewState.from_query(search)
    return await _told(_replayed(state.lang, [], topic=state.topic or "", reason=state.reason or ""), state.lang)


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DONE, "data", allow_duplicate=True),
    Input({"type": "letter--dismiss", "position": ALL}, "n_clicks"),
    State({"type": "letter--why", "position": ALL}, "value"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def dismiss_one(_clicks: list[int | None], why: list[str | None], search: str | None) -> tuple[Any, ...]:
    position, lang = _pressed()["position"], ViewState.from_query(search).lang
    reason = (why[0] if why else None) or ""
    if not reason.strip():
        return t("ops.why_required", lang), no_update
    return await _told(_dismissed(lang, position, reason), lang)


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DONE, "data", allow_duplicate=True),
    Input({"type": "standing--pass", "subject": ALL}, "n_clicks"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def let_through(_clicks: list[int | None], search: str | None) -> tuple[Any, ...]:
    subject, lang = _pressed()["subject"], ViewState.from_query(search).lang
    return await _told(_passed(lang, subject), lang)


async def _replayed(lang: Lang, positions: Sequence[str], **which: Any) -> tuple[str, bool]:
    returns = await letters.send_back(await session.viewer(), positions, **which)
    counts: dict[str, list[Return]] = {}
    for one in returns:
        counts.setdefault(one.said, []).append(one)
    said = []
    for what, some in counts.items():
        fault = next((fault for one in some for fault in one.faults), None)
        why = {"why": f"{fault.field}: {fault.message}" if fault.field else fault.message} if fault else {}
        said.append(t(f"ops.{what}", lang, count=len(some), **why))
    stands_as_before = bool(counts) and counts.keys() <= {"refused", "no_topic"}
    return t("ops.and", lang).join(said) or t("ops.nothing_so", lang), not stands_as_before


async def _dismissed(lang: Lang, position: str, why: str) -> tuple[str, bool]:
    done = await letters.settle(await session.viewer(), position, why)
    return t("ops.done_dismissed" if done else "ops.already", lang, count=max(1, len(done))), True


async def _passed(lang: Lang, subject: str) -> tuple[str, bool]:
    await letters.pass_on(await session.viewer(), subject)
    return t("ops.let_through_done", lang, place=subject.removeprefix("standstill:")), True
