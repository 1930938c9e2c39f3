"""The component libraries a page needs: the others' scripts, megabytes to read and run, are left out of it."""

import re
from collections.abc import Iterable, Mapping

from dash.development.base_component import Component

LEFT_OUT = ("dash_ag_grid", "dash_table")
"""Libraries that a page goes without where no part of its layout is of them; the other ones every page has."""

_SCRIPT = re.compile(r'<script src="[^"]*/_dash-component-suites/([\w/]+?)/[^/"]+"></script>\s*')


def used(layout: Component) -> frozenset[str]:
    """The libraries of all components of a layout."""
    parts: Iterable[object] = [layout, *layout._traverse()]  # type: ignore[no-untyped-call]
    return frozenset(part._namespace for part in parts if isinstance(part, Component))


def without(scripts: str, libraries: frozenset[str]) -> str:
    """The script tags of a page without those of libraries it does not use."""
    unused = [name for name in LEFT_OUT if name not in libraries]
    return _SCRIPT.sub(lambda tag: "" if any(name in tag[1].split("/") for name in unused) else tag[0], scripts)


def of_pages(layouts: Mapping[str, Component]) -> dict[str, frozenset[str]]:
    """The libraries of each page, by its path."""
    return {path: used(layout) for path, layout in layouts.items()}
