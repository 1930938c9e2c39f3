"""What the board's one sentence speaks of: the deal, else the place, the metric, and the cell with most of the gap."""

import json

import polars as pl

from dashboard import amounts
from dashboard.about import beside_names, scope_name
from dashboard.board_state import BoardState
from dashboard.components import headline
from dashboard.components.listing import known
from dashboard.limits import refused
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import called, metric_name, period_name
from warehouse.metrics import METRICS, Metric


def sentence_of(board: BoardState, state: ViewState) -> str:
    """The sentence, with ** around what counts; "" when nothing is known of the place."""
    if state.deal and len(history := board.frame("deal")):
        return _deal(history, board, state)
    head = board.head
    if fault := board.unanswerable.get("head"):
        return refused(state.metric, fault, state.lang)
    if not head:
        return ""
    unit = state.unit or t("board.top", state.lang)
    if board.path:
        here = board.path[-1]
        unit = called(here.id, here.name, here.name_en, state.lang)
    if board.rep:
        unit = called(board.rep, *board.rep_name, state.lang)
    if board.product_path:
        last = board.product_path[-1]
        unit = f"{unit} × {called(last.id, last.name, last.name_en, state.lang)}"
    for _, name in beside_names(board, state):
        unit = f"{unit} × {name}"
    metric = _metric(state)
    period, name = period_name(board.period, state.lang), metric_name(metric.id, state.lang)
    return headline.words(head, unit, period, name, metric.unit, state, **_kind(board, metric))


def end_of(board: BoardState, state: ViewState, rows: pl.DataFrame, columns: pl.DataFrame) -> str:
    """The end of the sentence: in which cell most of the gap is. "" where it has none."""
    head, metric = board.head, _metric(state)
    is_of_deal = state.deal and len(board.frame("deal"))
    if is_of_deal or not head or not headline.goes_on(head, metric.unit, **_kind(board, metric)):
        return ""
    return headline.end(head, None if board.rep else _worst(board.frame("cells"), rows, columns), state)


def _metric(state: ViewState) -> Metric:
    return METRICS[METRICS[state.metric].of or state.metric]


def _kind(board: BoardState, metric: Metric) -> dict[str, bool]:
    return {"is_over": board.today > board.period.end, "is_stock": metric.kind in ("stock", "weighted")}


def _deal(history: pl.DataFrame, board: BoardState, state: ViewState) -> str:
    """What the deal is now, and whose the figures around it are; of an order and of what was taken back only these."""
    lang, versions = state.lang, [json.loads(text) for text in history["state"]]
    said = ""
    if not any("order_id" in one or "retracts" in one for one in versions):
        now = versions[-1]
        parts = [known(name, now[name], lang) for name in ("stage", "outcome") if now.get(name)]
        said = " · ".join([f"**{amounts.short(float(now.get('amount') or 0), lang)}**", *parts])
    key = "board.sentence_deal" if said else "board.sentence_deal_versions"
    return t(key, lang, deal=state.deal, place=scope_name(board, state), said=said)


def _worst(cells: pl.DataFrame, rows: pl.DataFrame, columns: pl.DataFrame) -> tuple[str, float] | None:
    """The cell with most of the gap, named, of those of which enough orders are expected to tell."""
    if cells.is_empty() or rows.is_empty() or columns.is_empty():
        return None
    labels = dict(zip(rows["id"], rows["label"], strict=True)), dict(zip(columns["id"], columns["label"], strict=True))
    known = cells.filter(pl.col("unit_id").is_in(list(labels[0])) & pl.col("product_id").is_in(list(labels[1])))
    worst = known.filter(pl.col("gap").is_not_null() & ~pl.col("is_few")).sort("gap").head(1)
    if worst.is_empty():
        return None
    row = worst.row(0, named=True)
    return f"{labels[0][row['unit_id']]} × {labels[1][row['product_id']]}", float(row["gap"])
