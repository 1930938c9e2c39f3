"""The first picture of a URL: the words of what is urgent, and all words where they are there. Charts, tables and the
rest are the live loop's to bring, as all that comes later.

What a page shows is set by id, so that each page has but the places it needs.
"""

import itertools
import time
from typing import Any

from dash import Input, Output, State, callback, set_props
from dash.exceptions import PreventUpdate

from dashboard import live, plain, session
from dashboard.address import Address

_drawn = itertools.count(time.time_ns())
_newest: dict[str, object] = {}
"""By tab, what it was last asked to show, while it waits for that."""


def register() -> None:
    """Make the app know it."""

    @callback(
        Output("board--drawn", "data"),
        Input("url", "search"),
        State("url", "pathname"),
        State(live.TICKET, "data"),
        running=[(Output("board--main", "aria-busy"), "true", "false")],
    )
    async def show(search: str | None, path: str | None, ticket: str | None) -> dict[str, Any]:
        """The words, and what the live loop must know of them: a browser is busy with charts for half a second.

        The tab is told no more of what it leaves, by push or by an older answer: that could come after this, and stay.
        """
        tab, this = live.leave(ticket), object()
        _newest[tab] = this
        try:
            address, viewer = Address.of(path, search), await session.viewer()
            picture = await live.first(viewer, address)
            if _newest.get(tab) is not this:
                raise PreventUpdate
        finally:
            if _newest.get(tab) is this:
                del _newest[tab]
        words = plain.words(picture.drawn)
        for component, props in plain.carried(words, is_part=picture.is_part).items():
            set_props(component, props)
        digests = {name: picture.digests[name] for name in (f"{id}.{plain.HTML}" for id in words)}
        return {"query": address.state.to_query(), "drawn": next(_drawn), "digests": digests}
