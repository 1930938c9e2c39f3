"""The dashboard as a server: Dash on FastAPI, everything from this machine, loopback only."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dash
import uvicorn
from dash import html
from dash.development.base_component import Component
from fastapi import FastAPI, Response
from fastapi.middleware.gzip import GZipMiddleware

from dashboard import (
    asked,
    board,
    export,
    field_faults,
    files,
    finding_actions,
    health,
    libraries,
    live,
    looking_ahead,
    lookup,
    meeting_actions,
    notification_actions,
    pages,
    plain,
    saved_views,
    session,
    showing,
    theme,
)
from dashboard.address import Address
from dashboard.components import findings
from dashboard.components.frame import Parts, bare, frame
from dashboard.connection import connect, disconnect, warehouse
from dashboard.locales import Lang, t
from dashboard.meetings import entering
from dashboard.settings import DashboardSettings, dashboard
from dashboard.whiteboard import routes as whiteboards
from ingest.settings import kafka
from telemetry import exposition, logs
from telemetry.settings import telemetry
from warehouse.settings import warehouse_settings

log = logging.getLogger(__name__)

_INDEX = """<!DOCTYPE html>
<html data-theme="light">
<head>{%metas%}<title>{%title%}</title>{%favicon%}<style>TOKENS</style>
<script>(function(){var q=new URLSearchParams(location.search),e=document.documentElement;
e.dataset.theme=q.get("theme")==="dark"||location.pathname.startsWith("/wall")?"dark":"light";
e.lang=q.get("lang")==="en"?"en":"zh-CN";})();</script>
{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


class App(dash.Dash):
    """Dash, with the scripts a page needs and no others, and our words until it is drawn."""

    needed: Mapping[str, frozenset[str]]

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        request = self.backend.request_adapter()
        here = pages.page_of(request.path)
        lang: Lang = "en" if request.args.get("lang") == "en" else "zh"
        parts["app_entry"] = parts["app_entry"].replace("Loading...", t("board.loading", lang))
        parts["scripts"] = libraries.without(parts["scripts"], self.needed[here.path])
        return str(super().interpolate_index(**parts))  # type: ignore[no-untyped-call]


def asked_for(app: dash.Dash) -> Address:
    """The address that is loading its layout: the browser names it as the referrer. Else the board's."""
    backend = app.backend
    referrer = backend.request_adapter().headers.get("referer") if backend.has_request_context() else None
    url = urlsplit(referrer or "/")
    return Address.of(url.path, url.query)


def layout_of(address: Address) -> Component:
    """The document of a page; an unknown path is the board."""
    here, state, known = pages.page_of(address.path), address.state, pages.found()
    if not here.is_framed:
        return bare(here.layout(state), live.layout())
    rail = [(page.path, page.icon, t(page.label, state.lang), page is here) for page in known.values()]
    return frame(
        Parts(here.layout(state), findings.panel(state), findings.overlay(), rail, here.shows, here.keys), state
    )


def _say_error(error: Exception) -> None:
    """A fault of ours in a callback: in the log whole, on the screen as one line, the last picture kept."""
    log.error("a callback failed", exc_info=error)
    line = html.Div([f"⚠ {type(error).__name__}: {error}"], className="notice-line")
    dash.set_props("notice--slot", plain.says(line))


def create_app(settings: DashboardSettings | None = None) -> FastAPI:
    """The application, nothing opened yet: the connection and the live loop begin and end with the server's life."""
    settings = settings or dashboard()
    app: Any = App(
        "dashboard",
        backend="fastapi",
        title="oneboard",
        update_title="",
        serve_locally=True,
        assets_folder=str(Path(__file__).parent / "assets"),
        use_pages=False,  # ours are found by dashboard.pages; an empty pages_folder alone would switch Dash's on
        index_string=_INDEX.replace("TOKENS", theme.css()),
        suppress_callback_exceptions=True,  # a page has the places it needs, and every callback knows its own page
        websocket_inactivity_timeout=0,
        websocket_batch_delay=0.001,  # a picture is told in one go; by default it waits 5 ms for more
        on_error=_say_error,
    )
    app.layout = lambda: layout_of(asked_for(app))
    layouts = {path: layout_of(Address.of(path, None)) for path in pages.found()}
    app.needed = libraries.of_pages(layouts)
    hub = live.register(app, board)
    showing.register()
    server: FastAPI = app.server
    for part in (
        session,
        export,
        lookup,
        looking_ahead,
        asked,
        field_faults,
        saved_views,
        finding_actions,
        notification_actions,
        meeting_actions,
    ):
        part.routes(server)
    boards = whiteboards.serve(server, hub)
    server.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4)
    server.add_middleware(files.Files)
    for page in pages.found().values():
        if page.router:
            server.include_router(page.router)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        connect()
        await hub.start()
        boards.start()
        health.start(lambda: hub.screens)
        try:
            yield
        finally:
            await health.stop()
            await boards.stop()
            await hub.stop()
            await asyncio.to_thread(entering.close)
            await disconnect()

    server.router.lifespan_context = life

    @server.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        is_well = await warehouse().ping()
        return Response("ok" if is_well else "the warehouse does not answer", status_code=200 if is_well else 503)

    @server.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(exposition.latest(), media_type=exposition.CONTENT_TYPE)

    return server


def main() -> None:
    """Serve until interrupted."""
    settings = dashboard()
    logs.begin("dashboard", telemetry(), settings, kafka(), warehouse_settings())
    exposition.serve(telemetry())
    log.info("the board is at http://%s:%s", settings.host, settings.port)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        ws_per_message_deflate=False,  # packing the same small picture for each screen costs more than it saves
    )


if __name__ == "__main__":
    main()
