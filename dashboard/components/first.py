"""The first hour: where nothing has come yet, what to do next stands in the place of blank charts."""

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


def draw(is_new: bool, state: ViewState) -> Drawn:
    """What to do where nothing ever came; else nothing."""
    return {_BODY: plain.says(_steps(state) if is_new else None)}


def _steps(state: ViewState) -> list[Component]:
    lang = state.lang
    steps = [
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
        html.Ol(steps, className="first-steps"),
        html.P(t("first.then", lang), className="faint"),
    ]
