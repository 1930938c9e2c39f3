"""A sparkline as one small picture: no script, no layout jump, the colours of the theme."""

from collections.abc import Sequence
from itertools import accumulate
from urllib.parse import quote

from dashboard.theme import TOKENS, State, Theme

WIDTH, HEIGHT = 120, 28


def _points(values: Sequence[float], low: float, high: float) -> str:
    step = (WIDTH - 6) / max(len(values) - 1, 1)
    span = (high - low) or 1.0
    return " ".join(
        f"{2 + n * step:.1f},{HEIGHT - 3 - (v - low) / span * (HEIGHT - 6):.1f}" for n, v in enumerate(values)
    )


def sparkline(daily: Sequence[float], state: State, theme: Theme, *, running: bool = True) -> str:
    """A data URI of the daily amounts so far, summed up along the way unless `running` is False; "" for under two."""
    values = list(accumulate(daily)) if running else list(daily)
    if len(values) < 2:
        return ""
    tokens = TOKENS[theme]
    colour = tokens.get(state, tokens["ink-3"]) if state in ("behind", "ahead") else tokens["ink-3"]
    line = _points(values, min(*values, 0.0) if running else min(values), max(values))
    last_x, last_y = line.rsplit(" ", 1)[-1].split(",")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="2,{HEIGHT - 1} {line} {last_x},{HEIGHT - 1}" fill="{colour}" opacity=".10"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.75" stroke-linejoin="round" '
        f'vector-effect="non-scaling-stroke"/><circle cx="{last_x}" cy="{last_y}" r="2.2" fill="{colour}"/></svg>'
    )
    return "data:image/svg+xml," + quote(svg, safe="=:/ ,.'")
