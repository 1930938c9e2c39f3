"""What stands in the place of a page that has nothing to show; in the first hour what to do next."""

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn
from dashboard.locales import t
from dashboard.view_state import ViewState

_BODY = "first--body"
_STEPS = {
    "simulate": "oneboard simulate --size medium --live",
    "import": "oneboard import mapping.toml folder/ --dry-run",
    "connect": "oneboard listen mapping.toml",
}


def layout() -> Component:
    """The empty place; while it is empty the page is seen."""
    return plain.place(_BODY, className="first")


def draw(instead: list[Component] | None, *, is_unknown: bool = False) -> Drawn:
    """`instead` of the page; None: the page itself. What there is not is said on pages of the system itself, too."""
    return {_BODY: {**plain.says(instead), "className": "first is-unknown" if is_unknown else "first"}}


def steps(state: ViewState) -> list[Component]:
    """What to do where nothing ever came."""
    lang = state.lang
    every = [
        html.Li(
            [
                html.Strong(t(f"first.{key}", lang)),
                html.P(t(f"first.{key}_what", lang)),
                html.Code(command),
                html.P(t(f"first.{key}_more", lang), className="small"),
            ],
            className="first-step",
        )
        for key, command in _STEPS.items()
    ]
    return [
        html.H2(t("first.title", lang)),
        html.P(t("first.what", lang)),
        html.Ol(every, className="first-steps"),
        html.P(t("first.then", lang), className="faint"),
    ]
