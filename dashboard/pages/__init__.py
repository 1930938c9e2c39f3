"""The pages: each a module of this folder with a `PAGE`; a new file is a new page, in the rail too."""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType

from dash.development.base_component import Component
from fastapi import APIRouter

from dashboard.board_state import BoardState
from dashboard.components.keys import Keys
from dashboard.look import Lane
from dashboard.table import Table
from dashboard.view_state import ViewState


@dataclass(frozen=True)
class Page:
    """`path` in the URL, `icon` and `label` (a key of the locales) in the rail, `place` its order there.

    `lanes` are its live parts, the most urgent first; every page that `is_framed` has header, rail and findings around
    it. `shows` becomes the class of the frame's body: "board" has everything, "findings" only the panel, wide.
    `tables` are what can be taken along besides the grids and plain tables that are drawn, from all lanes' parts.
    `router` has what the page's own script asks for, `keys` what its keys do beside those of every page.
    """

    path: str
    icon: str
    label: str
    place: int
    layout: Callable[[ViewState], Sequence[Component]]
    shows: str = "board"
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    is_framed: bool = True
    tables: Callable[[BoardState, ViewState], Sequence[Table]] | None = None
    router: APIRouter | None = None
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """What is asked for and pushed like a page, and is part of other pages: a module's `PIECE`."""

    path: str
    lanes: Mapping[str, Lane]


@cache
def _modules() -> list[ModuleType]:
    return [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]


@cache
def found() -> dict[str, Page]:
    """Every page by its path, in the order of the rail. Importing a page registers its callbacks."""
    pages: list[Page] = sorted(
        (module.PAGE for module in _modules() if hasattr(module, "PAGE")), key=lambda page: page.place
    )
    return {page.path: page for page in pages}


@cache
def pieces() -> dict[str, Piece]:
    """Every piece by the first part of its paths."""
    found_ones: list[Piece] = [module.PIECE for module in _modules() if hasattr(module, "PIECE")]
    return {piece.path: piece for piece in found_ones}


def piece_of(path: str) -> Piece | None:
    """The piece of a path ("/tile/kpi" → "/tile"); None where it is a page's."""
    return pieces().get("/" + path.split("/")[1])


def page_of(path: str) -> Page:
    """The page of a path, or of its first part ("/wall/company" → "/wall"); an unknown one is the board."""
    known = found()
    return known.get(path) or known.get("/" + path.split("/")[1]) or known["/"]
