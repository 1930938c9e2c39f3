"""Plain HTML for what needs no component: Dash keeps an account of every component and goes through it at every push.

A place made by `place` shows what its prop `data-html` says; `assets/plain.js` changes there what differs, so that a
link under the pointer stays the same link. However many places a picture has, they reach the page as one prop of one
component, the carrier: every prop that Dash is given is held against every component of the page. Much of it is sent
packed: Dash escapes every bracket, slash and Chinese character of a text, for each screen anew (25 KB in 1.8 ms).
"""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from html import escape
from operator import itemgetter
from typing import Any

from dash import html
from dash.development.base_component import Component

HTML = "data-html"
CARRIER, PLACES = "plain--carrier", "data-places"
_PART = ""
"""The id beside those of places that says that more will come."""
PACKED_FROM = 2_000
"""Characters from which places are packed: zlib, as base64. Else they are JSON, which begins with a brace."""
_CARRIED = frozenset({HTML, "className"})
_OWN = ("_", "available_")
"""How what a component knows of its kind is called."""
_VOID = frozenset({"img", "br", "input", "hr"})
_NAMES = {
    "className": "class",
    "htmlFor": "for",
    "data-popover": "popover",  # what Dash's components have no name for
    "data-popovertarget": "popovertarget",
    "data-rel": "rel",
}


def place(id: str, first: Any = None, tag: type[Component] = html.Div, **props: Any) -> Component:
    """The place of plain HTML, with what it shows at `first`."""
    return tag(id=id, **props | {HTML: markup(first)})


def says(value: Any) -> dict[str, Any]:
    """The props of a place that shows `value`."""
    return {HTML: markup(value)}


def words(drawn: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What of it is plain HTML."""
    return {id: {HTML: props[HTML]} for id, props in drawn.items() if HTML in props}


def carrier() -> Component:
    """What every page has once: it takes what the places show to them."""
    return html.Div(id=CARRIER, hidden=True)


def carried(drawn: Mapping[str, Mapping[str, Any]], *, is_part: bool = False) -> dict[str, dict[str, Any]]:
    """What is drawn (component id → prop → value) as it is sent: HTML and classes of all components by the carrier.

    `is_part`: the page's other places, which show something else, are told to wait.
    """
    places: dict[str, dict[str, Any]] = {_PART: {}} if is_part else {}
    sent: dict[str, dict[str, Any]] = {}
    for id, props in drawn.items():
        for name, value in props.items():
            (places if name in _CARRIED else sent).setdefault(id, {})[name] = value
    return ({CARRIER: {PLACES: _packed(json.dumps(places, ensure_ascii=False))}} if places else {}) | sent


def _packed(text: str) -> str:
    return text if len(text) < PACKED_FROM else base64.b64encode(zlib.compress(text.encode(), 1)).decode()


def shown(value: Any, tag: type[Component] = html.Div, **props: Any) -> Component:
    """Plain HTML within a component: one component, however much it holds."""
    return tag(**props | {HTML: markup(value)})


def markup(value: Any) -> str:
    """Components of `dash.html`, lists and texts as HTML, every text escaped; TypeError for any other component."""
    if value is None:
        return ""
    if isinstance(value, Component):
        return _element(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "".join(map(markup, value))
    return escape(str(value), quote=False)


def _element(component: Component) -> str:
    kind: Any = component
    if kind._namespace != "dash_html_components":
        raise TypeError(f"{kind._type} of {kind._namespace} is no plain HTML")
    # What was given and no more: `to_plotly_json` looks for all that could have been. Sorted, since Dash keeps it
    # in the order of a set, which is another in each process.
    tag, props = kind._type.lower(), vars(component)
    attributes = "".join(
        _attribute(_NAMES.get(name, name), value)
        for name, value in sorted(props.items(), key=itemgetter(0))
        if name != "children" and not name.startswith(_OWN)
    )
    inside = "" if tag in _VOID else f"{markup(props.get('children'))}</{tag}>"
    return f"<{tag}{attributes}>{inside}"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if isinstance(value, Mapping):
        value = ";".join(f"{re.sub('[A-Z]', _dashed, key)}:{one}" for key, one in value.items())
    return f' {name}="{escape(str(value))}"'


def _dashed(capital: re.Match[str]) -> str:
    return f"-{capital[0].lower()}"
