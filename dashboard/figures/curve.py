"""The period by day: what came, what was expected by then, last year, the target and today."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.figures.frame import figure
from dashboard.locales import Lang, t
from dashboard.theme import TOKENS, Theme
from dashboard.words import day_of_year

_DAY = timedelta(days=1)
_MARKED_DAYS = (1, 5, 10, 15, 20, 25, 30)
_MOST_DAYS_ONE_BY_ONE = 31


def curve(days: pl.DataFrame, today: date, landing: float | None, theme: Theme, lang: Lang) -> dict[str, Any]:
    """`days`: day, weight, amount, actual, expected, target, last_year (running sums), in the board's currency."""
    x: list[date] = days["day"].to_list()
    actual = [float(value) for value in days["actual"] if value is not None]
    expected: list[float | None] = days["expected"].to_list()
    last_year: list[float] = days["last_year"].cast(pl.Float64).fill_null(0.0).to_list()
    target = next((float(value) for value in days["target"] if value is not None), None)
    ahead = landing if landing is not None and actual and today < x[-1] else None
    top = max(value for value in (*actual, *last_year, *expected, target, ahead, 1.0) if value is not None) * 1.1
    bottom = min(value for value in (*actual, *last_year, 0.0)) * 1.1
    is_under_way = x[0] <= today <= x[-1]
    return figure(
        _traces(x, actual, expected, last_year, ahead, theme, lang),
        theme,
        shapes=[
            *_idle(days, theme),
            *_target_line(target, theme),
            *(_today_line(today, theme) if is_under_way else []),
        ],
        annotations=[*_target_word(target, theme, lang), *(_today_word(today, theme, lang) if is_under_way else [])],
        hovermode="x unified",
        margin={"l": 8, "r": 12, "t": 20, "b": 4},
        xaxis={
            **_day_ticks(x, lang),
            "range": [str(x[0] - _DAY), str(x[-1] + _DAY)],
            "showgrid": False,
            "fixedrange": True,
            "hoverformat": "%m-%d",
        },
        yaxis={**_money_ticks(top, lang), "range": [bottom, top], "fixedrange": True},
    )


def _traces(
    x: list[date],
    actual: list[float],
    expected: list[float | None],
    last_year: list[float],
    ahead: float | None,
    theme: Theme,
    lang: Lang,
) -> list[dict[str, Any]]:
    """From the back to the front: the area, last year, expected, landing, actual, and a dot at its end."""
    tokens = TOKENS[theme]
    lines: dict[str, tuple[list[Any], dict[str, Any]]] = {}
    if any(last_year):
        lines["last_year"] = last_year, {"width": 1.25, "color": tokens["ink-3"]}
    if any(value is not None for value in expected):
        lines["expected"] = expected, {"width": 1.75, "dash": "5px,4px", "color": tokens["ink-2"]}
    if ahead is not None:
        between = [None] * (len(x) - len(actual) - 1)
        lead = [None] * (len(actual) - 1)
        dotted = {"width": 1.75, "dash": "2px,4px", "color": tokens["accent"]}
        lines["landing"] = [*lead, actual[-1], *between, ahead], dotted
    lines["actual"] = actual, {"width": 2.75, "color": tokens["accent"]}
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": t(f"board.{name}", lang),
            "x": [str(day) for day in x[: len(values)]],
            "y": values,
            "line": line,
            "connectgaps": name == "landing",
            "text": [amounts.exact(value) for value in values],
            "hovertemplate": f"{t(f'board.{name}', lang)}  %{{text}}<extra></extra>",
        }
        for name, (values, line) in lines.items()
    ]
    if not actual:
        return traces
    front = traces[-1]
    area = {**front, "line": {"width": 0}, "fill": "tozeroy", "fillcolor": tokens["accent-soft"], "hoverinfo": "skip"}
    area.pop("hovertemplate")
    ends = [(str(x[len(actual) - 1]), actual[-1]), *([(str(x[-1]), ahead)] if ahead is not None else [])]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [day for day, _ in ends],
        "y": [value for _, value in ends],
        "marker": {"size": 8, "color": tokens["accent"], "line": {"width": 2, "color": tokens["surface"]}},
        "hoverinfo": "skip",
    }
    return [area, *traces, dots]


def _idle(days: pl.DataFrame, theme: Theme) -> list[dict[str, Any]]:
    """A shade behind each run of days that are not worked, half a day to both sides; none where days are too many."""
    if len(days) > _MOST_DAYS_ONE_BY_ONE:
        return []
    spans: list[list[date]] = []
    for day in days.filter(pl.col("weight") == 0)["day"]:
        if spans and day - spans[-1][1] == _DAY:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    shade = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0}}
    return [
        {**shade, "x0": f"{first - _DAY} 12:00", "x1": f"{last} 12:00", "fillcolor": TOKENS[theme]["hover"]}
        for first, last in spans
    ]


def _target_line(target: float | None, theme: Theme) -> list[dict[str, Any]]:
    line = {"width": 1.25, "color": TOKENS[theme]["ink-2"]}
    return (
        [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target, "line": line}]
        if target
        else []
    )


def _target_word(target: float | None, theme: Theme, lang: Lang) -> list[dict[str, Any]]:
    if not target:
        return []
    text = f"{t('board.target', lang)} {amounts.short(target, lang)}"
    place = {"xref": "paper", "x": 0, "xanchor": "left", "y": target, "yanchor": "bottom", "showarrow": False}
    tokens = TOKENS[theme]
    return [{**place, "text": text, "font": {"color": tokens["ink-2"]}, "bgcolor": tokens["surface"], "borderpad": 1}]


def _today_line(today: date, theme: Theme) -> list[dict[str, Any]]:
    line = {"width": 1, "color": TOKENS[theme]["ink-3"], "dash": "dot"}
    return [{"type": "line", "yref": "paper", "x0": str(today), "x1": str(today), "y0": 0, "y1": 1, "line": line}]


def _today_word(today: date, theme: Theme, lang: Lang) -> list[dict[str, Any]]:
    place = {"x": str(today), "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
    return [{**place, "text": t("board.today", lang), "font": {"color": TOKENS[theme]["ink-3"], "size": 11}}]


def _day_ticks(days: list[date], lang: Lang) -> dict[str, Any]:
    """A few days of a month, or the first of each month."""
    is_month = len(days) <= _MOST_DAYS_ONE_BY_ONE
    shown = [day for day in days if (day.day in _MARKED_DAYS if is_month else day.day == 1)]
    texts = [day_of_year(day, lang) if day.day == 1 else str(day.day) for day in shown]
    return {"tickmode": "array", "tickvals": [str(day) for day in shown], "ticktext": texts}


def _money_ticks(top: float, lang: Lang) -> dict[str, Any]:
    """Three to five round steps, worded like every other amount."""
    rough = top / 4
    magnitude = 10 ** (len(str(int(rough))) - 1)
    step = next(magnitude * n for n in (1, 2, 2.5, 5, 10) if magnitude * n >= rough)
    values = [step * n for n in range(int(top / step) + 1)]
    return {
        "tickmode": "array",
        "tickvals": values,
        "ticktext": [amounts.round_amount(value, lang) for value in values],
    }
