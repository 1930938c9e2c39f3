"""The period by day: what came, what was expected by then, last year, the target and today."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.figures.frame import figure
from dashboard.locales import Lang, t
from dashboard.theme import TOKENS, Theme
from dashboard.words import day_name

_HALF_DAY = timedelta(hours=12)


def _idle_spans(days: pl.DataFrame) -> list[tuple[date, date]]:
    """First and last days of the runs that are not worked."""
    spans: list[tuple[date, date]] = []
    for day in days.filter(pl.col("weight") == 0)["day"]:
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def curve(days: pl.DataFrame, today: date, landing: float | None, theme: Theme, lang: Lang) -> dict[str, Any]:
    """`days`: day, weight, amount, actual, expected, target, last_year (running sums); amounts in the board's currency."""
    tokens = TOKENS[theme]
    x = days["day"].to_list()
    so_far = days.filter(pl.col("actual").is_not_null())
    target = next((float(value) for value in days["target"] if value is not None), None)

    def line(name: str, values: list[Any], **how: Any) -> dict[str, Any]:
        return {
            "type": "scatter", "mode": "lines", "name": t(f"board.{name}", lang), "x": x[: len(values)], "y": values,
            "hovertemplate": f"{t(f'board.{name}', lang)}  %{{text}}<extra></extra>",
            "text": [amounts.exact(value) for value in values], **how,
        }  # fmt: skip

    traces = []
    last_year = days["last_year"].cast(pl.Float64).to_list()
    if any(value for value in last_year):
        traces.append(line("last_year", last_year, line={"width": 1.25, "color": tokens["ink-3"]}))
    if days["expected"].is_not_null().any():
        traces.append(
            line(
                "expected",
                days["expected"].to_list(),
                line={"width": 1.75, "dash": "5px,4px", "color": tokens["ink-2"]},
            )
        )
    actual = so_far["actual"].cast(pl.Float64).to_list()
    if landing is not None and actual and today < x[-1]:
        ahead = {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [so_far["day"][-1], x[-1]],
            "y": [actual[-1], landing],
        }
        traces.append(
            ahead
            | {
                "line": {"width": 1.5, "dash": "2px,4px", "color": tokens["accent"]}, "marker": {"size": [0, 7], "color": tokens["accent"]},
                "text": ["", amounts.exact(landing)], "hovertemplate": f"{t('board.landing', lang)}  %{{text}}<extra></extra>",
            }
        )  # fmt: skip
    fill = {"fill": "tozeroy", "fillcolor": tokens["accent-soft"]}
    traces.append(line("actual", actual, line={"width": 2.75, "color": tokens["accent"]}, **fill))
    if actual:
        dot = {"size": 8, "color": tokens["accent"], "line": {"width": 2, "color": tokens["surface"]}}
        end = {
            "type": "scatter",
            "mode": "markers",
            "x": [so_far["day"][-1]],
            "y": [actual[-1]],
            "marker": dot,
            "hoverinfo": "skip",
        }
        traces.append(end)
    shapes: list[dict[str, Any]] = [
        {"type": "rect", "xref": "x", "yref": "paper", "x0": f"{first} 00:00", "x1": f"{last} 23:59", "y0": 0, "y1": 1, "layer": "below",
         "fillcolor": tokens["hover"], "line": {"width": 0}}
        for first, last in (_idle_spans(days) if len(x) <= 31 else [])
    ]  # fmt: skip
    for shape in shapes:
        shape["x0"], shape["x1"] = _half_day_earlier(shape["x0"]), _half_day_earlier(shape["x1"])
    notes: list[dict[str, Any]] = []
    if target:
        shapes.append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target,
                       "line": {"width": 1.25, "color": tokens["ink-2"]}})  # fmt: skip
        notes.append({"xref": "paper", "x": 0, "xanchor": "left", "y": target, "yanchor": "bottom", "showarrow": False,
                      "text": f"{t('board.target', lang)} {amounts.short(target, lang)}", "font": {"color": tokens["ink-2"]}})  # fmt: skip
    if x and x[0] <= today <= x[-1]:
        shapes.append({"type": "line", "yref": "paper", "x0": str(today), "x1": str(today), "y0": 0, "y1": 1,
                       "line": {"width": 1, "color": tokens["ink-3"], "dash": "dot"}})  # fmt: skip
        notes.append({"x": str(today), "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False,
                      "text": t("board.today", lang), "font": {"color": tokens["ink-3"], "size": 11}})  # fmt: skip
    values = [v for v in (*actual, *last_year, target, landing, *days["expected"].to_list()) if v is not None]
    top = max([*values, 1.0]) * 1.08
    ticks = _ticks(x, lang)
    return figure(
        traces, theme, shapes=shapes, annotations=notes, hovermode="x unified", hoverdistance=40,
        margin={"l": 8, "r": 12, "t": 18, "b": 4},
        xaxis={**ticks, "range": [str(x[0] - timedelta(days=1)), str(x[-1] + timedelta(days=1))] if x else None, "showgrid": False,
               "fixedrange": True, "unifiedhovertitle": {"text": "%{x|%m-%d}"}},
        yaxis={**_money_ticks(top, lang), "range": [min([*values, 0.0]) * 1.08, top], "fixedrange": True},
    )  # fmt: skip


def _half_day_earlier(stamp: str) -> str:
    """A day's point stands at its midnight: its shade reaches half a day to both sides."""
    day, _, hour = stamp.partition(" ")
    start = date.fromisoformat(day)
    return f"{start - timedelta(days=1)} 12:00" if hour == "00:00" else f"{start} 12:00"


def _ticks(days: list[date], lang: Lang) -> dict[str, Any]:
    every = 1 if len(days) <= 31 else 0
    shown = [day for day in days if (day.day in (1, 5, 10, 15, 20, 25, 30) if every else day.day == 1)]
    texts = [(str(day.day) if day.day != 1 else day_name(day, lang)) if every else day_name(day, lang) for day in shown]
    return {"tickmode": "array", "tickvals": [str(day) for day in shown], "ticktext": texts}


def _money_ticks(top: float, lang: Lang) -> dict[str, Any]:
    """Three to five round steps, worded like every other amount."""
    rough = top / 4
    magnitude = 10 ** (len(str(int(rough))) - 1)
    step = next(magnitude * n for n in (1, 2, 2.5, 5, 10) if magnitude * n >= rough)
    values = [step * n for n in range(int(top / step) + 1)]
    return {"tickmode": "array", "tickvals": values, "ticktext": [_trimmed(value, lang) for value in values]}


def _trimmed(value: float, lang: Lang) -> str:
    text = amounts.short(value, lang)
    number, digits, unit = text.partition(".")
    if not digits:
        return text
    decimals = unit.rstrip("BMK亿万 ")
    return number + (("." + decimals.rstrip("0")) if decimals.rstrip("0") else "") + unit[len(decimals) :]
