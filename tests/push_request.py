"""What a page sends over its websocket so that it is pushed to, made without a browser."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

from dashboard.live.pushing import DRAWN, TICKET, WAKE


def push_request(url: str, search: str, path: str = "/") -> dict[str, Any]:
    """The message, with the ticket of a page that the board at `url` gives out for it."""
    ticket = next(one["data"] for one in _props(_ask(url, "/_dash-layout")) if one.get("id") == TICKET)
    push = next(one for one in _ask(url, "/_dash-dependencies") if {"id": DRAWN, "property": "data"} in one["inputs"])
    return {
        "type": "callback_request",
        "rendererId": "raw",
        "requestId": "raw-1",
        "payload": {
            "output": push["output"],
            "outputs": [],
            "changedPropIds": [f"{DRAWN}.data"],
            "inputs": [
                {"id": DRAWN, "property": "data", "value": {"digests": {}}},
                {"id": WAKE, "property": "data", "value": None},
            ],
            "state": [
                {"id": "url", "property": "pathname", "value": path},
                {"id": "url", "property": "search", "value": search},
                {"id": TICKET, "property": "data", "value": ticket},
            ],
        },
    }


def _props(layout: Any) -> Iterator[dict[str, Any]]:
    """The props of every component."""
    if isinstance(layout, list):
        for one in layout:
            yield from _props(one)
    elif isinstance(layout, dict) and "props" in layout:
        yield layout["props"]
        yield from _props(layout["props"].get("children"))


def _ask(url: str, path: str) -> Any:
    with urllib.request.urlopen(url + path, timeout=10) as answer:
        return json.load(answer)
