"""The code that opens on a phone what a wall shows."""

from functools import lru_cache
from urllib.parse import urlencode

import segno
from dash import html
from dash.development.base_component import Component

from dashboard.address import Address
from dashboard.components.wall import box, span
from dashboard.locales import t
from dashboard.settings import dashboard
from dashboard.view_state import ViewState


def code(state: ViewState) -> Component:
    """The board at the wall's own place, with what it is for beside it."""
    url = Address("/", state.but(theme="light", replay=None)).link(dashboard().address)
    return _drawn(url, t("wall.phone", state.lang))


def meet(subject: str, place: str, state: ViewState) -> Component:
    """The way from the wall into the meeting about what is pinned."""
    asked = urlencode({"subject": subject, "lang": state.lang})
    return _drawn(f"{dashboard().address}/meet?{asked}", t("wall.meet", state.lang, place=place))


def _drawn(url: str, words: str) -> Component:
    picture = html.Img(src=_source(url), alt=url, className="qr-code")
    return box([picture, span(words, "qr-words")], "qr")


@lru_cache(maxsize=64)
def _source(url: str) -> str:
    found: str = segno.make(url, error="m", micro=False).svg_data_uri(border=2, dark="#000", light="#fff")
    return found
