"""Charts of a wall: pictures (SVG as an image's source: no script, nothing to fetch) with HTML text over them."""

from collections.abc import Sequence
from urllib.parse import quote

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.wall import box, percent, span
from dashboard.locales import Lang, t
from dashboard.theme import TOKENS
from dashboard.words import day_of_year

WIDE, HIGH = 1600.0, 800.0
"""Of every picture, in its own unit; it is stretched to the box it stands in."""
_INK = TOKENS["dark"]
_MARKED_DAYS = 5


def picture(shapes: Sequence[str], alt: str, name: str = "wall-picture") -> Component:
    """SVG elements in `WIDE` × `HIGH`, stretched to the box around."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:g} {HIGH:g}" preserveAspectRatio="none">'
        + "".join(shapes) + "</svg>"
    )  # fmt: skip
    found: Component = html.Img(src="data:image/svg+xml," + quote(svg, safe=" =/:,.'()"), alt=alt, className=name)
    return found


def spark(values: Sequence[float], count: int, ink: str) -> Component:
    """The amounts of the days so far as columns, in room for `count` of them."""
    top = max((*values, 0.0)) or 1.0
    step = WIDE / max(count, len(values), 1)
    columns = [
        f'<rect x="{n * step + step * 0.15:.1f}" y="{HIGH * (1 - max(value, 0) / top):.1f}" width="{step * 0.7:.1f}"'
        f' height="{HIGH * max(value, 0) / top:.1f}" fill="{_INK[ink]}"/>'
        for n, value in enumerate(values)
    ]
    return picture(columns, "", "wall-spark")


def curve(days: pl.DataFrame, landing: float | None, around: tuple[float, float] | None, lang: Lang) -> Component:
    """The period by day: actual, expected by then, last year, the target and the landing; `days` as `day_curve`'s."""
    actual = [float(value) for value in days["actual"] if value is not None]
    expected = [value for value in days["expected"].to_list() if value is not None]
    last_year = [float(value) for value in days["last_year"] if value is not None]
    target = next((float(value) for value in days["target"] if value is not None), None)
    count = len(days)
    highest = [*actual, *expected, *last_year, *(one for one in (target, landing, *(around or ())) if one)]
    top: float = max((*highest, 1.0)) * 1.12

    def x(n: float) -> float:
        return n / max(count, 1) * WIDE

    def y(value: float) -> float:
        return HIGH - HIGH * value / top

    def line(values: Sequence[float], ink: str, width: int, dash: str = "") -> str:
        points = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in enumerate([0.0, *values]))
        how = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="{width}"{how}/>'

    shapes = []
    if target:
        shapes.append(
            f'<line x1="0" x2="{WIDE}" y1="{y(target):.1f}" y2="{y(target):.1f}"'
            f' stroke="{_INK["ink-2"]}" stroke-width="4"/>'
        )
    if last_year:
        shapes.append(line(last_year, _INK["ink-3"], 4, "4 12"))
    if expected:
        shapes.append(line(expected, _INK["ink-2"], 5, "20 12"))
    if actual:
        points = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in enumerate([0.0, *actual]))
        shapes.append(
            f'<polygon points="{points} {x(len(actual)):.1f},{HIGH} 0,{HIGH}"'
            f' fill="{_INK["accent"]}" fill-opacity="0.22"/>'
        )
        shapes.append(line(actual, _INK["accent"], 11))
    texts = (
        [
            span(
                t("wall.target", lang, amount=amounts.short(target, lang)),
                "curve-target",
                style={"top": percent(1 - target / top)},
            )
        ]
        if target
        else []
    )
    if landing is not None and actual and len(actual) < count:
        if around is not None:
            low, high = around
            corners = f"{x(len(actual)):.1f},{y(actual[-1]):.1f} {WIDE},{y(high):.1f} {WIDE},{y(low):.1f}"
            shapes.append(f'<polygon points="{corners}" fill="{_INK["treated"]}" fill-opacity="0.25"/>')
        shapes.append(
            f'<line x1="{x(len(actual)):.1f}" y1="{y(actual[-1]):.1f}" x2="{WIDE}" y2="{y(landing):.1f}"'
            f' stroke="{_INK["treated"]}" stroke-width="7" stroke-dasharray="10 10"/>'
        )
        texts.append(span(amounts.short(landing, lang), "curve-landing num", style={"top": percent(1 - landing / top)}))
    if actual:
        now = {"left": percent(len(actual) / count), "top": percent(1 - actual[-1] / top)}
        texts += [
            html.I(className="curve-dot", style=now),
            span(amounts.short(actual[-1], lang), "curve-now num", style=now),
        ]
    dates = [
        span(day_of_year(day, lang), "curve-day", style={"left": percent((n + 0.5) / count)})
        for n, day in enumerate(days["day"])
        if count <= 31 and day.day % _MARKED_DAYS == 0 and n < count - 1
    ]
    return box(
        [box([picture(shapes, t("wall.actual", lang)), *texts], "curve-plot"), box(dates, "curve-days")], "curve-box"
    )


def legend(lang: Lang, *names: str) -> Component:
    """What the lines are."""
    words = {"expected": "expected_line"}
    return span(
        [
            span([html.I(className=f"line line-{one}"), t(f"wall.{words.get(one, one)}", lang)], "line-word")
            for one in names
        ]
    )
