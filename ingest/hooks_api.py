"""The door for webhooks: `POST /v1/hooks/{name}` takes the JSON of others, by the mapping that describes it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ingest import meters
from ingest.answers import body_of, is_lines, said, too_large
from ingest.errors import did_you_mean
from ingest.publisher import Publisher
from ingest.settings import IngestSettings
from ingest.sources.webhooks import Hook

TELL_EVERY_SECONDS = 1.0
Sent = Callable[[str, Callable[[], object]], Awaitable[Response | None]]
"""Does the sending of what it is told by name; an answer when that failed."""


def add_hooks(
    app: FastAPI, hooks: Mapping[str, Hook], publisher: Publisher, settings: IngestSettings, sent: Sent
) -> None:
    """Give `app` the route."""

    @app.post("/v1/hooks/{name}")
    async def take_hook(name: str, request: Request) -> Response:
        hook = hooks.get(name)
        if hook is None:
            hint = did_you_mean(name, hooks) or " Is its mapping in the folder ONEBOARD_INGEST_SOURCES_DIR?"
            return said(404, f"there is no webhook {name!r}.{hint}", hooks=sorted(hooks))
        wanted = request.query_params.get("dry_run", "false").lower()
        if wanted not in ("true", "false"):
            return said(400, f"dry_run is true or false, not {wanted!r}")
        dry_run = wanted == "true"
        body = await body_of(request, settings.max_body_bytes)
        if body is None:
            return too_large(settings.max_body_bytes)
        if not hook.is_signed(body, request.headers):
            return said(401, f"the body is not signed as the webhook {name} wants it")
        mapped = await asyncio.to_thread(hook.mapped, body, lines=is_lines(request))
        if not dry_run:
            failure = await sent(f"webhook {name}", lambda: hook.send(mapped, publisher))
            if failure is not None:
                return failure
            for topic, events in mapped.sealed.items():
                meters.ACCEPTED.labels(topic).inc(len(events))
        answer = hook.answer(mapped, dry_run=dry_run)
        return JSONResponse(answer, 422 if mapped.rejected else 200 if dry_run else 202)


async def tell(hooks: Mapping[str, Hook], folder: Path | None) -> None:
    """Keep on telling how the webhooks are, until cancelled."""
    while True:
        await asyncio.to_thread(tell_once, hooks, folder)
        await asyncio.sleep(TELL_EVERY_SECONDS)


def tell_once(hooks: Mapping[str, Hook], folder: Path | None) -> None:
    """Tell how the webhooks are now."""
    for hook in hooks.values():
        hook.counters.save(folder)
