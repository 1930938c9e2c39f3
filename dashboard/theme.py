"""How it looks, in one file: colours of state, the diverging scale of pace, light and dark, and the charts' template.

Colours are Okabe and Ito's, told apart by the colour-blind; state is always said by a symbol too.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal

import plotly.graph_objects as go

Theme = Literal["light", "dark"]
State = Literal["behind", "band", "ahead", "none", "treated"]

FONT = '"Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif'
RADIUS, GRID = 8, 8

SYMBOLS: Mapping[State, str] = {"behind": "▼", "band": "●", "ahead": "▲", "none": "◌", "treated": "◆"}

TOKENS: Mapping[Theme, Mapping[str, str]] = {
    "light": {
        "page": "#f4f5f7", "surface": "#ffffff", "raised": "#ffffff", "hover": "#f0f2f5", "line": "#e3e6ea",
        "ink": "#14181d", "ink-2": "#525c68", "ink-3": "#636d78",
        "behind": "#d55e00", "behind-ink": "#b34a00", "ahead": "#009e73", "ahead-ink": "#00775a",
        "neutral": "#ecebe8", "neutral-ink": "#646c76", "treated": "#56b4e9", "treated-ink": "#1f6fa5",
        "accent": "#0072b2",
        "accent-soft": "#e6f1f8",
        "shadow": "0 1px 2px rgb(16 24 32 / .06), 0 1px 8px rgb(16 24 32 / .04)",
    },
    "dark": {
        "page": "#0e1115", "surface": "#161a20", "raised": "#1d222a", "hover": "#1f252d", "line": "#2a313a",
        "ink": "#e9edf2", "ink-2": "#a8b2bd", "ink-3": "#8b96a2",
        "behind": "#e06c16", "behind-ink": "#f58a3c", "ahead": "#0aa87c", "ahead-ink": "#34c79c",
        "neutral": "#383d44", "neutral-ink": "#99a3ae", "treated": "#56b4e9", "treated-ink": "#56b4e9",
        "accent": "#3f9fd8",
        "accent-soft": "#14293a",
        "shadow": "0 1px 2px rgb(0 0 0 / .4)",
    },
}  # fmt: skip

PACE_LOW, PACE_HIGH = 0.7, 1.3
BAND = (0.95, 1.05)
"""Between these a pace is within its band, until a calibrated interval of the node's own says better."""


def state_of(pace: float | None) -> State:
    """Which state a pace (1.00 is on pace) is in, as it is read: 0.9496 is shown as 0.95. None is "none"."""
    if pace is None:
        return "none"
    pace = round(pace, 2)
    return "behind" if pace < BAND[0] else "ahead" if pace > BAND[1] else "band"


def symbol(pace: float | None) -> str:
    """The state of a pace as one character."""
    return SYMBOLS[state_of(pace)]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def pace_colour(pace: float | None, theme: Theme) -> str:
    """The diverging scale: vermillion at 0.7 and below, neutral at 1, bluish green at 1.3 and above; "#rrggbb"."""
    tokens = TOKENS[theme]
    if pace is None:
        return tokens["surface"]
    clipped = min(max(pace, PACE_LOW), PACE_HIGH)
    end = tokens["behind"] if clipped < 1 else tokens["ahead"]
    way = abs(clipped - 1) / (PACE_HIGH - 1 if clipped > 1 else 1 - PACE_LOW)
    mixed = (round(a + (b - a) * way) for a, b in zip(_channels(tokens["neutral"]), _channels(end), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on `colour` (WCAG relative luminance)."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"  # where both read equally well


def css() -> str:
    """The tokens as CSS custom properties `--ob-…`, dark ones where `data-theme` says so."""
    rules = []
    for theme, tokens in TOKENS.items():
        where = ":root" if theme == "light" else "[data-theme=dark]"
        rules.append(where + "{" + "".join(f"--ob-{name}:{value};" for name, value in tokens.items()) + "}")
    return "".join(rules) + f":root{{--ob-font:{FONT};--ob-radius:{RADIUS}px;}}"


@cache
def template(theme: Theme) -> go.layout.Template:
    """The charts' template: ink goes to data."""
    tokens = TOKENS[theme]
    axis = {
        "gridcolor": tokens["line"], "zeroline": False, "linecolor": tokens["line"], "showline": False, "ticks": "",
        "tickfont": {"color": tokens["ink-3"], "size": 12}, "automargin": True, "fixedrange": True,
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 12, "color": tokens["ink-2"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "showlegend": False,
            "hoverlabel": {
                "bgcolor": tokens["raised"], "bordercolor": tokens["line"], "align": "left",
                "font": {"family": FONT, "size": 13, "color": tokens["ink"]},
            },
            "separators": ".,",
        }
    )  # fmt: skip
