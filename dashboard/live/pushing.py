"""The Dash side of the live loop: what starts it, and how a screen's props reach its tab.

Dash 4.4.1 keeps one websocket for all tabs of a browser, never ends a persistent callback because a later one began or
its tab went, and after a reconnect starts only callbacks without an Input again: hence the two triggers, the id of the
tab in its layout, and the answer awaited from the tab.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from dash import Dash, Input, State, callback, ctx, dcc, html, set_props
from dash.backends import _fastapi
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate, WebsocketDisconnected
from fastapi import Request, Response

from dashboard import meters, session
from dashboard.address import Address
from dashboard.live.board import Board, Picture
from dashboard.live.following import Following
from dashboard.live.hub import Hub, Positions
from dashboard.live.screen import CONTACT, LIVE
from dashboard.locales import LANGS, t
from dashboard.plain import carried
from dashboard.settings import dashboard
from ingest.settings import company
from warehouse.errors import WarehouseError
from warehouse.viewer import Viewer

requests: Any = _fastapi
DRAWN = "board--drawn"
TICKET = "live--ticket"
WAKE = "live--wake"
BANNER = "live--banner"
ANSWER_SECONDS = 15.0
AGAIN_SECONDS = 0.5
_serving: list[Hub] = []


class Tab:
    """The websocket's way to one tab (`dashboard.live.screen.Wire`)."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    def set_props(self, component_id: str, props: Mapping[str, Any]) -> None:
        set_props(component_id, dict(props))

    async def answer(self) -> object:
        # asked after what was set and answered by the page itself: a closed, frozen or choking tab stays silent
        return await self._socket.get_prop(CONTACT, LIVE, timeout=ANSWER_SECONDS)


def layout() -> list[Component]:
    """What every page needs once, made in the request that loads the page: ticket, triggers, sign of life, banner."""
    person_id = session.person_id()
    alive: dict[str, Any] = {LIVE: "{}", "data-viewer": person_id, "data-zone": str(company().zone)}
    said: dict[str, Any] = {
        f"data-{key}-{lang}": t(f"live.{key}", lang, seconds="{seconds}")
        for key in ("lost", "trying", "old")
        for lang in LANGS
    }
    return [
        dcc.Store(id=TICKET, data=session.ticket(person_id)),
        dcc.Store(id=WAKE),
        html.Div(id=CONTACT, hidden=True, **alive),
        html.Div(id=BANNER, hidden=True, role="alert", **said),
    ]


def register(app: Dash, board: Board) -> Hub:
    """Register what pushes and what answers "alive"; the hub it gives is started and stopped by the server's lifespan.

    `board` asks and draws; see `dashboard.live.board.Board`.
    """
    settings = dashboard()
    hub = Hub(
        board,
        partial(_positions, Following()),
        pulse_seconds=settings.pulse_seconds,
        redraw_seconds=settings.min_redraw_seconds,
        charts_seconds=settings.min_charts_seconds,
        prepare=lambda: set_up(app),
    )
    app.server.add_api_route("/live/alive", alive, include_in_schema=False)
    push_with(hub, Address.of, session.viewer_for_id)
    _serving[:] = [hub]
    meters.SCREENS.set_function(lambda: hub.screens)
    meters.VIEWS.set_function(lambda: len(hub.views))
    meters.READING.set_function(lambda: hub.is_reading)
    return hub


def picture(viewer: Viewer, address: Address) -> Awaitable[Picture]:
    """The current picture of a view of the app that serves, the same that is pushed."""
    return _serving[0].picture(viewer, address)


def first(viewer: Viewer, address: Address) -> Awaitable[Picture]:
    """The same, without what is not urgent where that would be waited for."""
    return _serving[0].first(viewer, address)


def swept_at() -> datetime | None:
    """As of when all was last looked at for findings; None where this board has not heard of it."""
    return _serving[0].swept_at if _serving else None


def leave(ticket: str | None) -> str:
    """Push nothing more to the tab of this ticket until it asks anew; the tab's id."""
    tab, _ = session.opened(ticket)
    _serving[0].release(tab)
    return tab


def set_up(app: Dash) -> None:
    """Make the app know its callbacks before the first request.

    Dash learns them with the first page it serves; after a restart the first to come is a websocket of a page that is
    already open, and Dash 4.4.1 breaks that connection, again and again, over the callback it does not know yet.
    """
    inside: Any = app
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    token = requests.set_current_request(request)
    try:
        inside._setup_server()
    finally:
        requests.reset_current_request(token)


async def alive() -> Response:
    """The server is there."""
    return Response(status_code=204, headers={"cache-control": "no-store"})


async def _positions(following: Following) -> Positions:
    generation, rows = await following.positions()
    at = rows.select("table", "topic_id", "partition", "watermark").iter_rows()
    newest: Any = rows["received_at"].max() if len(rows) else None
    meters.newest_is(newest)
    return Positions(
        {(table, topic_id, partition): mark for table, topic_id, partition, mark in at}, newest, generation
    )


async def _patiently(ask: Callable[[], Awaitable[Viewer]]) -> Viewer:
    """A tab that comes while the warehouse is away waits: nobody would ask for it again."""
    while True:
        try:
            return await ask()
        except WarehouseError:
            await asyncio.sleep(AGAIN_SECONDS)


def push_with(
    hub: Hub, parse: Callable[[str | None, str | None], Any], viewer_for: Callable[[str | None], Awaitable[Viewer]]
) -> None:
    """Register the two callbacks that push; `parse` reads the URL's path and query, `viewer_for` knows the person."""

    newest: dict[str, object] = {}

    async def push(
        path: str | None, search: str | None, ticket: str | None, shown: Mapping[str, str], awake: bool
    ) -> None:
        screen_id, person_id = session.opened(ticket)
        hub.release(screen_id)
        if not awake:
            newest.pop(screen_id, None)
            raise PreventUpdate
        this = newest[screen_id] = object()
        state, viewer = parse(path, search), await _patiently(lambda: viewer_for(person_id))
        if newest.get(screen_id) is not this:
            raise PreventUpdate  # while the warehouse was away the tab went on to something else
        del newest[screen_id]
        if (socket := ctx.websocket) is None:  # a browser without SharedWorker asks over HTTP, one picture at a time
            for component_id, props in carried((await hub.picture(viewer, state)).drawn).items():
                set_props(component_id, props)
            return
        with contextlib.suppress(WebsocketDisconnected):
            await hub.push(screen_id, viewer, state, Tab(socket), shown)
        raise PreventUpdate

    @callback(
        Input(DRAWN, "data"),
        Input(WAKE, "data"),
        State("url", "pathname"),
        State("url", "search"),
        State(TICKET, "data"),
        websocket=True,
        persistent=True,
        prevent_initial_call=True,
    )
    async def push_from_here(
        drawn: dict[str, Any] | None,
        wake: dict[str, Any] | None,
        path: str | None,
        search: str | None,
        ticket: str | None,
    ) -> None:
        # several triggers may come as one; what the page shows is known only where the picture alone was new
        only_drawn = {trigger["prop_id"] for trigger in ctx.triggered} == {f"{DRAWN}.data"}
        await push(path, search, ticket, drawn["digests"] if only_drawn and drawn else {}, not wake or wake["visible"])

    @callback(
        State(DRAWN, "data"),
        State(WAKE, "data"),
        State("url", "pathname"),
        State("url", "search"),
        State(TICKET, "data"),
        websocket=True,
        persistent=True,
    )
    async def push_after_reconnect(
        drawn: dict[str, Any] | None,
        wake: dict[str, Any] | None,
        path: str | None,
        search: str | None,
        ticket: str | None,
    ) -> None:
        if drawn is None or ctx.websocket is None:
            raise PreventUpdate
        await push(path, search, ticket, {}, not wake or wake["visible"])
