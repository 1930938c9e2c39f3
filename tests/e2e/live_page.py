"""The smallest page with the live loop on it, as a process of its own: `python -m tests.e2e.live_page PORT`.

It shows one figure a unit, held in memory; the routes under /test say what moves and tell how the loop is.
"""

import asyncio
import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dash
import psutil
import uvicorn
from dash import Input, Output, callback, dcc, html
from fastapi import FastAPI

from dashboard import live, session
from dashboard.live import Hub, Positions, Update, pushing
from warehouse.viewer import Viewer

pushing.ANSWER_SECONDS = float(os.environ.get("LIVE_ANSWER_SECONDS", pushing.ANSWER_SECONDS))
FIGURES: Counter[str] = Counter()
LOADS: Counter[str] = Counter()
PADDING = "x" * int(os.environ.get("LIVE_PAGE_PADDING", "0"))
SICK = {"warehouse": False}


@dataclass(frozen=True)
class Asked:
    unit: str
    value: int

    @property
    def offices(self) -> frozenset[str]:
        return frozenset({self.unit})


class Board:
    def lanes(self, state: Any) -> tuple[str, ...]:
        return ("all",)

    def is_urgent(self, state: Any, lane: str) -> bool:
        return True

    def concerns(self, state: Any, lane: str, update: Any) -> bool:
        return True

    def moved(self, update: Update) -> None:
        """Nothing is kept between two askings."""

    async def load(self, _viewer: Viewer, state: str, _lane: str) -> Asked:
        if SICK["warehouse"]:
            raise ConnectionError("the warehouse is away")
        LOADS[state] += 1
        return Asked(state, FIGURES[state])

    def draw(self, board: Asked, _state: str, _lane: str) -> dict[str, dict[str, Any]]:
        figure = {"children": f"{board.unit} {board.value}", "title": PADDING + (str(board.value) if PADDING else "")}
        return {"figure": figure, "still": {"children": f"unit {board.unit}"}}

    def digests(self, drawn: dict[str, dict[str, Any]]) -> dict[str, str]:
        return {
            f"{id}.{prop}": hashlib.sha256(json.dumps(value).encode()).hexdigest()
            for id, props in drawn.items()
            for prop, value in props.items()
        }


async def positions() -> Positions:
    if SICK["warehouse"]:
        raise ConnectionError("the warehouse is away")
    return Positions({})


async def viewer_for(person: str | None) -> Viewer:
    return Viewer(person or "head", everything=True)


def unit_of(path: str | None, search: str | None) -> str:
    return (search or "").removeprefix("?unit=").split("&")[0] or "all"


def create_app() -> FastAPI:
    """The page with its hub."""
    assets = str(Path(live.__file__).parent.parent / "assets")
    app = dash.Dash(
        __name__, backend="fastapi", websocket_inactivity_timeout=0, assets_folder=assets, assets_ignore="^(?!live).*"
    )
    board = Board()
    hub = Hub(board, positions, pulse_seconds=0.5, redraw_seconds=0.05, prepare=lambda: pushing.set_up(app))
    pushing.push_with(hub, unit_of, viewer_for)

    def layout() -> html.Div:
        parts = [dcc.Location(id="url", refresh=False), dcc.Store(id="board--drawn")]
        figures = html.Div([html.Div(id="figure"), html.Div(id="still")], id="board--frame")
        return html.Div([*parts, figures, *live.layout()])

    app.layout = layout

    @callback(
        Output("figure", "children"),
        Output("still", "children"),
        Output("board--drawn", "data"),
        Input("url", "search"),
    )
    async def navigate(search: str | None) -> tuple[Any, ...]:
        picture = await hub.picture(await viewer_for(session.person_id()), unit_of(None, search))
        drawn = {"query": search, "drawn": picture.seq, "digests": dict(picture.digests)}
        return picture.drawn["figure"]["children"], picture.drawn["still"]["children"], drawn

    server: FastAPI = app.server
    session.routes(server)
    server.add_api_route("/live/alive", pushing.alive)

    @server.post("/test/put")
    async def put(unit: str, value: int, quiet: bool = False) -> None:
        FIGURES[unit] = value
        if not quiet:
            hub.moved(Update(table="order_changes", slices={"offices": [unit]}))

    @server.post("/test/sick")
    async def sick(warehouse: bool) -> None:
        SICK["warehouse"] = warehouse

    @server.get("/test/state")
    async def state() -> dict[str, Any]:
        return {
            "screens": hub.screens,
            "reading": hub.is_reading,
            "watched": sum(bool(view.watchers) for view in hub.views.values()),
            "loads": dict(LOADS),
            "tasks": len(asyncio.all_tasks()),
            "rss": psutil.Process().memory_info().rss,
        }

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await hub.start()
        yield
        await hub.stop()

    server.router.lifespan_context = life
    return server


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=2)
