"""A webhook at work: who may post, which rows a body has, and what is answered."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.errors import Terminal
from ingest.mappings.shape import Signature, Webhook
from ingest.publisher import Publisher
from ingest.settings import source, source_prefix
from ingest.sources.bodies import rows_of_body
from ingest.sources.counters import Counters
from ingest.sources.found import live_tables
from ingest.sources.live import LiveTable, Mapped

SAID_AT_MOST = 1_000
"""So many rows are answered one by one; the rest is counted."""


class Hook:
    """One `[[webhooks]]` of a mapping. Refuses to be made without the secret that its signature needs."""

    def __init__(self, live: LiveTable) -> None:
        assert isinstance(live.shape, Webhook)
        self._live, self._shape = live, live.shape
        secret = source(live.name).secret
        if self._shape.signature is not None and not secret:
            setting = f"{source_prefix(live.name)}SECRET"
            raise Terminal(f"the webhook {live.name} wants signed bodies: put the secret of its sender into {setting}")
        self._secret = secret.get_secret_value().encode() if secret else b""
        self.counters = Counters(live.name, "webhook", live.mapping.title)

    @property
    def name(self) -> str:
        return self._live.name

    def is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the sender of `body` knows the secret; always, where the mapping asks for no signature."""
        if self._shape.signature is None:
            return True
        given = headers.get(self._shape.signature.header, "")
        return hmac.compare_digest(signature_of(body, self._secret, self._shape.signature).encode(), given.encode())

    def mapped(self, body: bytes, *, lines: bool) -> Mapped:
        """What the rows of a body become; nothing is sent."""
        return self._live.mapped(rows_of_body(body, self._shape.rows, lines=lines), self.name)

    def send(self, mapped: Mapped, publisher: Publisher) -> None:
        """Return when every event is safe; raises as the publisher does."""
        for topic, sealed in mapped.sealed.items():
            publisher.publish_sealed(topic, sealed)
        self.counters.took(mapped, self._live.notes())

    def answer(self, mapped: Mapped, *, dry_run: bool) -> dict[str, Any]:
        """What became of a body, row by row; rows are numbered from 1."""
        events = [(topic, event) for topic, sealed in mapped.sealed.items() for event in sealed]
        rejected = [
            {"row": one.place + 1, "rule": one.rule, "field": one.field, "message": one.message}
            for one in mapped.rejected[:SAID_AT_MOST]
        ]
        notes = self._live.notes()
        if len(mapped.rejected) > SAID_AT_MOST:
            notes.append(f"{len(mapped.rejected) - SAID_AT_MOST:,} more faults are not listed")
        said: dict[str, Any] = {"rows": mapped.rows, "unused": mapped.unused, "rejected": rejected, "notes": notes}
        if dry_run:
            shown = [{"topic": topic, "event": json.loads(event.value)} for topic, event in events[:SAID_AT_MOST]]
            return {"dry_run": True, "would_accept": shown, **said}
        return {"accepted": [event.event_id for _, event in events], **said}


def signature_of(body: bytes, secret: bytes, shape: Signature) -> str:
    """The header that proves a body."""
    digest = hmac.new(secret, body, getattr(hashlib, shape.algorithm)).digest()
    return shape.prefix + (digest.hex() if shape.encoding == "hex" else b64encode(digest).decode())


def hooks_in(folder: Path | None) -> dict[str, Hook]:
    """The webhooks of a folder of mappings by their names."""
    if folder is None:
        return {}
    return {live.name: Hook(live) for live in live_tables([folder], (Webhook,))}
