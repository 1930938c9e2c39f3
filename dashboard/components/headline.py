"""One sentence, made of metrics, that says what is going on."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn, skeletons
from dashboard.locales import t
from dashboard.theme import state_of, symbol
from dashboard.view_state import ViewState

_WORTH_SAYING = 0.005
"""A hole smaller than this share of the target is not worth a word."""
_WORTH_A_WORD = 0.015
"""How far off the pace something may be within the band and still be called on pace: as it is read, 0.01."""


def marked(text: str, state_class: str = "number") -> list[Any]:
    """Text between ** is what counts."""
    return [html.B(part, className=state_class) if n % 2 else part for n, part in enumerate(text.split("**")) if part]


def words(
    row: dict[str, Any],
    unit: str,
    period: str,
    metric: str,
    measured_in: str,
    state: ViewState,
    *,
    is_over: bool = False,
    is_stock: bool = False,
) -> str:
    """The sentence with ** around what counts. `row` is the headline's row. Where it `goes_on` it has no end yet."""
    lang = state.lang
    names = {"unit": unit, "period": period, "metric": metric}
    actual = amounts.of(row["actual"], measured_in, lang)
    if measured_in == "ratio":
        few = t("board.too_few", lang) if row["actual"] is None else actual
        return t("board.sentence_ratio", lang, **names, actual=few)
    if is_stock:
        return t("board.sentence_stock", lang, unit=unit, metric=metric, actual=actual)
    if row["target"] is None or row["attainment"] is None:
        key = t("board.sentence_no_target", lang, **names, actual=actual)
        return key if row["actual"] else t("board.sentence_nothing", lang, **names)
    attainment = amounts.share(row["attainment"], lang)
    if is_over or row["expected"] is None:
        missing = float(row["actual"]) - float(row["target"])
        outcome = t("board.short_of_target" if missing < 0 else "board.over_target", lang)
        gap = amounts.short(abs(missing), lang)
        return t("board.sentence_over", lang, **names, attainment=attainment, outcome=outcome, gap=gap)
    expected = amounts.share(row["expected_share"], lang)
    parts = [t("board.sentence", lang, **names, attainment=attainment, expected=expected)]
    if row["landing"] is not None:
        parts.append(
            t("board.sentence_landing", lang, landing=amounts.share(row["landing"] / float(row["target"]), lang))
        )
    where = state_of(row["pace"])
    if where == "band":
        parts.append(t(f"board.sentence_{_within(row['pace'])}", lang))
    else:
        key = "board.sentence_behind" if where == "behind" else "board.sentence_ahead"
        parts.append(t(key, lang, gap=amounts.short(abs(row["gap"]), lang)))
    return "".join(parts)


def goes_on(row: dict[str, Any], measured_in: str, *, is_over: bool = False, is_stock: bool = False) -> bool:
    """Whether the sentence is about a pace, and says where most of the gap is."""
    is_whole = measured_in == "ratio" or is_stock or is_over
    return not is_whole and None not in (row["target"], row["attainment"], row["expected"])


def end(row: dict[str, Any], worst: tuple[str, float] | None, state: ViewState) -> str:
    """The end of a sentence that `goes_on`; `worst` is the cell with most of the gap."""
    lang = state.lang
    if state_of(row["pace"]) == "behind" and worst and row["gap"] <= worst[1] < 0:
        return t("board.sentence_most", lang, gap=amounts.short(abs(worst[1]), lang), cell=worst[0])
    if worst and worst[1] < -_WORTH_SAYING * float(row["target"]):
        return t("board.sentence_hole", lang, gap=amounts.short(worst[1], lang), cell=worst[0])
    return t("board.sentence_end", lang)


def _within(pace: float) -> str:
    """Which word stands for a pace within the band."""
    off = round(pace, 2) - 1
    return "on_pace" if abs(off) < _WORTH_A_WORD else "bit_behind" if off < 0 else "bit_ahead"


def layout() -> Component:
    """The sentence, and its end, which is known later."""
    begun = plain.place("headline--text", skeletons.line(), html.Span)
    return html.H1([begun, plain.place("headline--end", None, html.Span)], className="headline is-parted")


def marking(pace: float | None) -> str:
    """The class of what counts at a pace."""
    return f"number state-{state_of(pace)}"


def draw(sentence: str, pace: float | None) -> Drawn:
    """The sentence on the screen, its symbol before it."""
    mark = html.Span(symbol(pace), className=f"headline-symbol state-{state_of(pace)}")
    return {"headline--text": plain.says([mark, html.Span(marked(sentence, marking(pace)))])}
