"""What the buttons of a finding do: put an action on the log. What follows is pushed to every screen from there."""

import logging
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, clientside_callback, ctx, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import session
from dashboard.actions import NobodyActs, ReasonMissing, What, act
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from ingest.errors import IngestError
from warehouse.queries.findings import findings

log = logging.getLogger(__name__)
SAID, DIALOG, ABOUT, REASON = "finding--said", "finding--dialog", "finding--about", "finding--reason"
SEND, CANCEL = "finding--send", "finding--cancel"


def layout() -> list[Component]:
    """The dialog that asks for a reason, and the line in which a failed action is said."""
    buttons = [
        html.Button(id=CANCEL, className="button"),
        html.Button(id=SEND, className="button button-first", disabled=True),
    ]
    return [
        html.Div(id=SAID, className="finding-said", role="alert"),
        dcc.Store(id=ABOUT),
        dmc.Modal(
            [
                dmc.Textarea(id=REASON, required=True, autosize=True, minRows=3, debounce=False),
                html.Div(buttons, className="finding-buttons"),
            ],
            id=DIALOG,
            centered=True,
            radius=8,
        ),
    ]


async def _do(what: What, finding_id: str, lang: Lang, note: str | None = None) -> str | None:
    """Act as the viewer of this request, on a finding they may see; what went wrong, in words, or None."""
    viewer = await session.viewer()
    seen = await findings(warehouse(), viewer, datetime.now(UTC))
    if finding_id not in {card.finding.finding_id for card in seen}:
        return t("findings.not_yours", lang)
    try:
        await act(viewer, what, finding_id, note)
    except (IngestError, ReasonMissing, NobodyActs) as error:
        log.warning("%s on %s by %s was not published: %s", what, finding_id, viewer.person_id, error)
        return t("findings.not_sent", lang, error=error)
    return None


def _pressed() -> dict[str, Any]:
    """The id of the button that was pressed; a list drawn anew presses none."""
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return dict(ctx.triggered_id)


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Input({"type": "finding--do", "what": ALL, "finding": ALL}, "n_clicks"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def take_or_acknowledge(_clicks: list[int | None], search: str | None) -> str | None:
    button = _pressed()
    return await _do(button["what"], button["finding"], ViewState.from_query(search).lang)


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Input({"type": "finding--meet", "finding": ALL}, "n_clicks"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def meet(_clicks: list[int | None], search: str | None) -> str | None:
    # the link itself has opened the room: nobody waits for the log to meet
    return await _do("meet", _pressed()["finding"], ViewState.from_query(search).lang)


@callback(
    Output(DIALOG, "opened", allow_duplicate=True),
    Output(DIALOG, "title"),
    Output(ABOUT, "data"),
    Output(REASON, "value"),
    Output(REASON, "label"),
    Output(REASON, "placeholder"),
    Output(SEND, "children"),
    Output(CANCEL, "children"),
    Input({"type": "finding--refuse", "finding": ALL}, "n_clicks"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def ask_for_a_reason(_clicks: list[int | None], search: str | None) -> tuple[Any, ...]:
    finding_id, lang = _pressed()["finding"], ViewState.from_query(search).lang
    keys = ("reason_hint", "reason_placeholder", "send", "cancel")
    texts = [t(f"findings.{key}", lang) for key in keys]
    return True, t("findings.reason_title", lang), finding_id, "", *texts


@callback(
    Output(SAID, "children", allow_duplicate=True),
    Output(DIALOG, "opened", allow_duplicate=True),
    Output(REASON, "error"),
    Input(SEND, "n_clicks"),
    State(REASON, "value"),
    State(ABOUT, "data"),
    State("url", "search"),
    prevent_initial_call=True,
)
async def not_a_problem(
    _clicks: int | None, reason: str | None, finding_id: str, search: str | None
) -> tuple[Any, ...]:
    lang = ViewState.from_query(search).lang
    if not (reason or "").strip():
        return no_update, no_update, t("findings.reason_required", lang)
    failed = await _do("not_a_problem", finding_id, lang, reason)
    return failed, failed is not None, failed


clientside_callback(
    "reason => !(reason || '').trim()",
    Output(SEND, "disabled"),
    Input(REASON, "value"),
)
clientside_callback(
    "() => false",
    Output(DIALOG, "opened", allow_duplicate=True),
    Input(CANCEL, "n_clicks"),
    prevent_initial_call=True,
)
