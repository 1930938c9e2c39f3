"""What a part of the page cannot honour, and what it shows though the page is narrowed to less: always said."""

from decimal import Decimal

import polars as pl

from dashboard import amounts
from dashboard.board_state import BoardState
from dashboard.locales import Lang, t, t_or
from dashboard.view_state import ViewState
from dashboard.words import called, metric_name
from warehouse.measures import QuestionError
from warehouse.metrics import METRICS


def dimension_name(by: str, lang: Lang) -> str:
    """What something is counted by, in words."""
    return t_or(f"cuts.by_{by}", lang, by)


def refused(metric: str, fault: QuestionError, lang: Lang) -> str:
    """Why a metric has no figure here: what it is not counted by."""
    name = metric_name(METRICS[metric].of or metric, lang)
    if not fault.by:
        return t("board.not_so", lang, metric=name)
    return t("cuts.not_by", lang, metric=name, by=dimension_name(fault.by, lang))


def stands_for(state: ViewState) -> str:
    """Of which metric the standing is that was chosen; "" where the metric itself is shown."""
    of = METRICS[state.metric].of
    return t("cuts.standing_of", state.lang, metric=metric_name(of, state.lang)) if of else ""


def notes(part: str, board: BoardState, state: ViewState) -> str:
    """What a part shows beyond the filters of the page, by its nature: "all reps, Li Na framed"."""
    lang, said = state.lang, [stands_for(state)]
    if part in ("units", "heat") and board.rep:
        said.append(t("cuts.all_reps", lang, rep=called(board.rep, *board.rep_name, lang)))
    if part == "heat" and state.product and board.product_path and board.columns_of != state.product:
        last = board.product_path[-1]
        said.append(t("cuts.all_products", lang, product=called(last.id, last.name, last.name_en, lang)))
    if part == "heat" and state.versus != "target":
        said.append(t("board.still_target", lang))
    if part == "units" and board.by == "rep":
        said.append(credited_twice(board.frame("units"), board, state))
    return " · ".join(filter(None, said))


def credited_twice(people: pl.DataFrame, board: BoardState, state: ViewState) -> str:
    """By how much the people of a place make up more than the place itself, which counts no overlay credit; "" where
    they do not, or where its metric is no sum."""
    metric = METRICS[METRICS[state.metric].of or state.metric]
    whole = board.head.get("actual")
    if board.rep or people.is_empty() or whole is None or metric.kind not in ("flow", "stock"):
        return ""
    more = Decimal(people["actual"].sum() or 0) - whole
    return t("cuts.credited_twice", state.lang, amount=amounts.of(more, metric.unit, state.lang)) if more > 0 else ""
