"""The pages: each a module of this folder with a `PAGE`; a new file is a new page, in the rail too."""

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from dash.development.base_component import Component

from dashboard.view_state import ViewState


@dataclass(frozen=True)
class Page:
    """`path` in the URL, `icon` and `label` (a key of the locales) in the rail, `place` its order there.

    `shows` becomes the class of the frame's body: "board" has everything, "findings" only the panel, wide.
    """

    path: str
    icon: str
    label: str
    place: int
    layout: Callable[[ViewState], Sequence[Component]]
    shows: str = "board"


def found() -> dict[str, Page]:
    """Every page by its path, in the order of the rail. Importing a page registers its callbacks."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    pages: list[Page] = sorted(
        (module.PAGE for module in modules if hasattr(module, "PAGE")), key=lambda page: page.place
    )
    return {page.path: page for page in pages}
