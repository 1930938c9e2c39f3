"""The door over HTTP: `POST /v1/events/{topic}`, `POST /v1/hooks/{name}`, `/docs`, `/health`, `/metrics`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from ingest import meters
from ingest.answers import body_of, is_lines, said, too_large
from ingest.api_page import openapi, page, public_topics
from ingest.errors import Terminal, Transient, did_you_mean
from ingest.hooks_api import add_hooks, tell, tell_once
from ingest.intake import Fault, Refused, Sealed, seal, split
from ingest.publisher import Publisher
from ingest.settings import IngestSettings, KafkaSettings, ingest, kafka
from ingest.sources.webhooks import hooks_in
from ingest.topics import Topic
from telemetry import exposition, logs
from telemetry.settings import telemetry

RETRY_AFTER_SECONDS = 5
_NOT_FOR_FRAMES = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_log = logging.getLogger(__name__)


def create_app(settings: IngestSettings | None = None, kafka_settings: KafkaSettings | None = None) -> FastAPI:
    """The application; it connects to Kafka with the first event."""
    settings = settings or ingest()
    publisher = Publisher(kafka_settings or kafka(), timeout_seconds=settings.timeout_seconds)
    hooks = hooks_in(settings.sources_dir)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        telling = asyncio.create_task(tell(hooks, settings.state_dir))
        yield
        telling.cancel()
        tell_once(hooks, settings.state_dir)
        await asyncio.to_thread(publisher.close)

    app = FastAPI(
        title="oneboard: the door for events", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )

    @app.middleware("http")
    async def only_from_here(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        """A web page elsewhere must not post through somebody's browser, under our name or under one of its own."""
        response = await at_the_door(request, go_on)
        meters.REQUESTS.labels(str(response.status_code)).inc()
        return response

    async def at_the_door(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        name = _host_name(request.headers.get("host", ""))
        if name not in settings.allowed_hosts:
            return said(421, f"this door is not called {name!r}; see ONEBOARD_INGEST_ALLOWED_HOSTS")
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            return said(403, "events are not taken from a web page of another origin")
        return await go_on(request)

    async def sent(what: str, send: Callable[[], object], rejected: Sequence[object] = ()) -> Response | None:
        """None when Kafka holds what was sent, else the answer that says why not."""
        try:
            with meters.ACKNOWLEDGED.time():
                await asyncio.to_thread(send)
        except Transient as error:
            _log.warning("%s: events were not taken: %s", what, error)
            answer = {"message": str(error), "accepted": [], "rejected": rejected}
            return JSONResponse(answer, 503, {"retry-after": str(RETRY_AFTER_SECONDS)})
        except Terminal as error:
            _log.error("%s: events cannot be sent: %s", what, error)
            return said(500, str(error))
        return None

    add_hooks(app, hooks, publisher, settings, sent)

    @app.post("/v1/events/{topic}")
    async def take(topic: str, request: Request) -> Response:
        row = public_topics().get(topic)
        if row is None:
            hint = did_you_mean(topic, public_topics())
            return said(404, f"there is no topic {topic!r}.{hint}", topics=sorted(public_topics()))
        body = await body_of(request, settings.max_body_bytes)
        if body is None:
            return too_large(settings.max_body_bytes)
        sealed, rejected = await asyncio.to_thread(_sealed, row, body, lines=is_lines(request))
        if not sealed and not rejected and not body.strip():
            rejected = [_rejection(1, Fault(None, "the body is empty; send an event as JSON"))]
        meters.REJECTED.labels(topic).inc(len(rejected))
        failure = await sent(topic, lambda: publisher.publish_sealed(topic, sealed), rejected)
        if failure is not None:
            return failure
        meters.ACCEPTED.labels(topic).inc(len(sealed))
        ids = [event.event_id for event in sealed]
        return JSONResponse({"accepted": ids, "rejected": rejected}, 422 if rejected else 202)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(exposition.latest(), media_type=exposition.CONTENT_TYPE)

    @app.get("/openapi.json")
    async def description() -> JSONResponse:
        return JSONResponse(openapi(tuple(hooks)))

    @app.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(tuple(hooks)), headers=_NOT_FOR_FRAMES)

    return app


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _sealed(topic: Topic, body: bytes, *, lines: bool) -> tuple[list[Sealed], list[dict[str, Any]]]:
    """What may enter, and what may not with its line and every fault."""
    sealed: list[Sealed] = []
    rejected: list[dict[str, Any]] = []
    now = datetime.now(UTC)
    for line, raw in split(body, lines=lines):
        if isinstance(raw, Fault):
            rejected.append(_rejection(line, raw))
            continue
        try:
            sealed.append(seal(topic, raw, now))
        except Refused as refused:
            rejected += [_rejection(line, fault) for fault in refused.faults]
    return sealed, rejected


def _rejection(line: int, fault: Fault) -> dict[str, Any]:
    return {"line": line, "field": fault.field, "message": fault.message}


def main() -> None:
    """Serve until stopped; `oneboard ingest` and `python -m ingest.api` run this."""
    logs.begin("ingest", telemetry(), kafka())
    exposition.serve(telemetry())
    app, settings = create_app(), ingest()
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False)


if __name__ == "__main__":
    main()
