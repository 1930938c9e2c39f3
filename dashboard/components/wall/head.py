"""The headline of a wall: where the period stands, where it lands, how much is missing and in whose hands that is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.wall import box, mark, percent, span
from dashboard.locales import Lang, t
from dashboard.shortfall import HANDS, Shortfall
from dashboard.theme import state_of

Row = Mapping[str, Any]
ON_PACE = 0.002
"""A gap smaller than this share of the target is none."""


def draw(
    row: Row, around: tuple[float, float] | None, missing: Shortfall | None, period: str, about: str, lang: Lang
) -> list[Component]:
    """`row` is the headline's; `around` the interval of its landing; `about` names what it is about."""
    return [
        box([span(period, "head-period"), span(about, "head-about")], "head-what"),
        _attained(row, lang),
        *_landing(row, around, lang),
        _money(row, missing, lang),
    ]


def _attained(row: Row, lang: Lang) -> Component:
    if row["attainment"] is None:
        figure = span(amounts.short(row["actual"], lang), "head-figure num")
        return box([figure, span(t("wall.no_target", lang), "head-small")], "head-part")
    state = state_of(row["pace"])
    figure = box(
        [mark(row["pace"]), span(amounts.share(row["attainment"], lang), f"head-figure num state-{state}")],
        "head-line",
    )
    small = span(t("wall.expected", lang, share=amounts.share(row["expected_share"], lang)), "head-small num")
    return box([figure, small], "head-part")


def _landing(row: Row, around: tuple[float, float] | None, lang: Lang) -> list[Component]:
    if row["landing"] is None or not row["target"]:
        return []
    target = float(row["target"])
    figure = span(amounts.share(row["landing"] / target, lang), "head-second num")
    small = []
    if around is not None:
        low, high = (f"{value / target * 100:.0f}" for value in around)
        small.append(span(t("wall.interval", lang, low=low, high=high), "head-small num"))
    return [box([box([span(t("wall.landing", lang), "head-label"), figure], "head-line"), *small], "head-part")]


def _money(row: Row, missing: Shortfall | None, lang: Lang) -> Component:
    if missing is None or not row["target"]:
        return box([], "head-part head-money")
    gap = float(missing.gap)
    if abs(gap) < ON_PACE * float(row["target"]):
        said = [span(t("wall.on_pace", lang), "head-second")]
    else:
        key, ink = ("wall.short", "behind") if gap < 0 else ("wall.ahead", "ahead")
        amount = amounts.short(abs(missing.gap), lang)
        said = [span(amount, f"head-second num state-{ink}"), span(t(key, lang), "head-label")]
        said = said if lang == "en" else said[::-1]
    return box([box(said, "head-line"), *_bar(missing, lang)], "head-part head-money")


def _bar(missing: Shortfall, lang: Lang) -> list[Component]:
    """The one bar: what the findings speak of by whose hands it is in, and what they do not speak of."""
    rest = max(Decimal(0), missing.rest) if missing.gap < 0 else Decimal(0)
    whole = float(missing.found + rest)
    if not whole:
        return [span(t("wall.nothing_red", lang), "head-small")]
    parts = [
        (name, amount) for name, amount in [*((one, missing.parts[one]) for one in HANDS), ("rest", rest)] if amount
    ]
    pieces = [
        html.I(className=f"hands hands-{name}", style={"width": percent(float(amount) / whole)})
        for name, amount in parts
    ]
    words = [_word(name, amount, lang) for name, amount in parts]
    if missing.gap < 0 and missing.rest < 0:
        words.append(_word("made_up", missing.rest, lang))
    return [box(pieces, "hands-bar"), box(words, "hands-words")]


def _word(name: str, amount: Decimal, lang: Lang) -> Component:
    money = span(amounts.short(amount, lang), "num")
    return box(
        [html.I(className=f"hands hands-{name}"), money, span(t(f"wall.{name}", lang), "hands-label")], "hands-word"
    )
