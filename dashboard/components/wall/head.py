"""The headline of a wall: where the period stands, where it lands, how much is missing and in whose hands that is."""

from collections.abc import Mapping, Sequence
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
ON_PACE = Decimal("0.002")
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
    """How much is missing or ahead, and what that is the sum of, term by term as it is read."""
    if missing is None or not row["target"]:
        return box([], "head-part head-money")
    gap, terms = missing.gap, _terms(missing)
    total, parts = amounts.adding_up(abs(gap), [amount for _, amount in terms] or [abs(gap)], lang)
    key, ink = ("wall.short" if gap < 0 else "wall.ahead"), state_of(row["pace"])
    said = [(total, f"head-second num state-{ink}"), (t(key, lang), "head-label")]
    said = said if lang == "en" else said[::-1]
    if abs(gap) < ON_PACE * Decimal(str(row["target"])):
        of_all = [(text, "head-label num") for text, _ in said] if terms and gap else []
        said = [(t("wall.on_pace", lang), "head-second"), *of_all]
    return box([box([span(*one) for one in said], "head-line"), *_sum(terms, parts, lang)], "head-part head-money")


def _terms(missing: Shortfall) -> list[tuple[str, Decimal]]:
    """What the gap, as far as it is 0 or more in either direction, is the sum of: by whose hands it is in, what is in
    no finding, and what others make up for; what is added comes first."""
    if not missing.found and missing.gap >= 0:
        return []
    way = 1 if missing.gap < 0 else -1
    rest = "rest" if missing.rest > 0 else "made_up"
    every = [*((one, missing.parts[one]) for one in HANDS), (rest, missing.rest)]
    return sorted(((name, way * amount) for name, amount in every if amount), key=lambda term: term[1] < 0)


def _sum(terms: Sequence[tuple[str, Decimal]], parts: Sequence[str], lang: Lang) -> list[Component]:
    """The bar of the terms, and these in words: "= 130 M taken + 50 M nobody's − 40 M everything else"."""
    if not terms:
        return [span(t("wall.nothing_red", lang), "head-small")]
    held = [(name, abs(float(amount))) for name, amount in terms]
    whole = sum(amount for _, amount in held)
    pieces = [
        html.I(className=f"hands hands-{name}", style={"width": percent(amount / whole)}) for name, amount in held
    ]
    words: list[Component] = []
    for (name, amount), part in zip(terms, parts, strict=True):
        sign = amounts.MINUS if amount < 0 else "+" if words else "="
        words += [span(sign, "hands-sign"), _word(name, part, lang)]
    return [box(pieces, "hands-bar"), box(words, "hands-words")]


def _word(name: str, amount: str, lang: Lang) -> Component:
    return box(
        [html.I(className=f"hands hands-{name}"), span(amount, "num"), span(t(f"wall.{name}", lang), "hands-label")],
        "hands-word",
    )
