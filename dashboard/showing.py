"""The first picture of a URL. What a page shows is set by id, so that each page has but the places it needs."""

import itertools
import time
from typing import Any

from dash import Input, Output, State, callback, set_props

from dashboard import live, session
from dashboard.address import Address

_drawn = itertools.count(time.time_ns())


def register() -> None:
    """Make the app know it."""

    @callback(
        Output("board--drawn", "data"),
        Input("url", "search"),
        State("url", "pathname"),
        running=[(Output("board--main", "aria-busy"), "true", "false")],
    )
    async def show(search: str | None, path: str | None) -> dict[str, Any]:
        """The whole picture, and what the live loop must know of it."""
        address, viewer = Address.of(path, search), await session.viewer()
        picture = await live.picture(viewer, address)
        for component, props in picture.drawn.items():
            set_props(component, props)
        return {"query": address.state.to_query(), "drawn": next(_drawn), "digests": dict(picture.digests)}
