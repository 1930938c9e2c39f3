"""From what the page of targets was told to what is on its screen."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard import about, amounts, plain
from dashboard.board_state import BoardState
from dashboard.components import Drawn, headline, target_words, targets, tasks
from dashboard.components.panel import not_allowed
from dashboard.components.tasks import brief
from dashboard.drawing import with_links
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import labelled, metric_name, period_name
from ingest.settings import company
from warehouse.task_life import Counts, TaskCard, counted
from warehouse.tiers import kinds_of
from warehouse.tree import Company


def draw_periods(board: BoardState, state: ViewState) -> Drawn:
    """The sentence, and the place in month, quarter and year."""
    if not board.is_allowed:
        lock = not_allowed(state.lang)
        empty = {"className": "list-body shows-empty"}
        return {
            "headline--text": plain.says(t("board.not_allowed", state.lang)),
            "targets--empty": plain.says(lock),
            "targets--body": empty,
        }
    day = board.period.nearest(board.today)
    rows = [
        (period, board.frame(period.kind).row(0, named=True))
        for period in kinds_of(day, board.period)
        if len(board.frame(period.kind))
    ]
    how = about.of_metric(state.metric, board, state, "targets.how_periods")
    here = dict(rows).get(board.period)
    said = headline.draw(_sentence(board, here, state), here["pace"]) if here else {}
    return said | targets.draw_periods(rows, board.period, how, state)


def _sentence(board: BoardState, row: dict[str, Any], state: ViewState) -> str:
    lang = state.lang
    names = {
        "unit": about.scope_name(board, state).split(" ▸ ")[-1],
        "period": period_name(board.period, lang),
        "metric": metric_name(state.metric, lang),
    }
    if row["attainment"] is None:
        return t("targets.sentence_none", lang, **names)
    parts = [t("targets.sentence", lang, **names, attainment=amounts.share(row["attainment"], lang))]
    if row["expected"] is not None and board.today <= board.period.end:
        parts.append(t("targets.sentence_expected", lang, expected=amounts.share(row["expected_share"], lang)))
    if row["floor"] is not None:
        missing = row["floor"] - row["actual"]
        said = amounts.short(missing, lang)
        parts.append(
            t("targets.sentence_floor", lang, missing=said) if missing > 0 else t("targets.sentence_floor_met", lang)
        )
    if row["needed_per_day"]:
        days = f"{row['remaining_days']:.1f}".removesuffix(".0")
        needed = amounts.short(row["needed_per_day"], lang)
        parts.append(t("targets.sentence_needed", lang, needed=needed, days=days))
    if row["factor"] is not None:
        parts.append(t("targets.sentence_factor", lang, factor=targets.factor(row["factor"])))
    return "".join([*parts, t("targets.sentence_end", lang)])


def draw_rows(board: BoardState, state: ViewState) -> Drawn:
    """The grid of what stands below, and what was said of its targets."""
    if not board.is_allowed or "rows" not in board.parts or "org" not in board.parts:
        return {}
    org: Company = board.parts["org"]
    shown = shown_of(board, state)
    kind = {"units": "unit", "people": "rep", "products": "product"}[shown]
    here = board.path[-1].id if board.path else None
    rows, own = _known(board.frame("rows"), here), board.frame("own")
    cards: Sequence[TaskCard] = board.parts.get("tasks", ())
    rows = _finished(
        with_links(labelled(rows, state.lang, own=here), kind, here, state.but(row=None)),
        shown,
        cards,
        org,
        board,
        state,
    )
    own = _own(own, cards, board, state)
    without = rows["target"].null_count()
    note = t("targets.without", state.lang, count=without) if without else ""
    drawn = targets.draw(rows, own, shown, about.of_metric(state.metric, board, state, "targets.how_grid"), note, state)
    names = dict(rows.select("id", "label").iter_rows()) | {id: own["label"][0] for id in ("", here or "") if len(own)}
    how = about.of_metric(state.metric, board, state, "targets.how_words")
    words = board.parts.get("words", ())
    return drawn | target_words.draw(words, names, shown, company().zone, how, state)


def shown_of(board: BoardState, state: ViewState) -> str:
    """The split that is on, as the URL calls it."""
    if state.split in ("people", "products"):
        return state.split
    return "people" if board.by == "rep" else "units"


def _known(rows: pl.DataFrame, here: str | None) -> pl.DataFrame:
    """Without what hangs on nobody, or on the place itself: no target is set there."""
    return rows.filter(~pl.col("id").is_in(["unassigned", "", here or ""]))


def _finished(
    rows: pl.DataFrame, shown: str, cards: Sequence[TaskCard], org: Company, board: BoardState, state: ViewState
) -> pl.DataFrame:
    """With tasks, the name of each cell and the link to its history."""
    ids = rows["id"].to_list()
    groups: dict[str, list[TaskCard]] = {id: [] for id in ids}
    for card in cards if shown != "products" else ():
        person = card.task.person_id or ""
        unit = org.people.get(person, {}).get("unit_id", "")
        belongs = [person] if shown == "people" else {*card.path, *org.units.get(unit, {}).get("path", ())}
        for id in belongs:
            if id in groups:
                groups[id].append(card)
    return _with_cells(rows, [_counts(groups[id], board) for id in ids], board, state, is_own=False)


def _own(own: pl.DataFrame, cards: Sequence[TaskCard], board: BoardState, state: ViewState) -> pl.DataFrame:
    if own.is_empty():
        return own
    place = about.scope_name(board, state).split(" ▸ ")[-1]
    unit = board.path[-1].id if board.path else None
    mine = [card for card in cards if (card.task.person_id == board.rep if board.rep else unit in (None, *card.path))]
    named = own.with_columns(label=pl.lit(t("targets.own", state.lang, name=place)), href=pl.lit(None, pl.String))
    return _with_cells(named, [_counts(mine, board)], board, state, is_own=True)


def _counts(cards: Sequence[TaskCard], board: BoardState) -> Counts:
    return counted(cards, board.period.start, board.period.end, board.today)


def _with_cells(
    rows: pl.DataFrame, counts: Sequence[Counts], board: BoardState, state: ViewState, *, is_own: bool
) -> pl.DataFrame:
    ids = rows["id"].to_list()
    scope = "|".join(map(str, (state.metric, board.period.key, state.product, board.path[-1].id if board.path else "")))
    own = "own" if is_own else "below"
    return rows.with_columns(
        pl.Series("cell", [f"{scope}|{own}|{id}" for id in ids], dtype=pl.String),
        pl.Series("tasks", [brief(one) for one in counts], dtype=pl.String),
        pl.Series("history", [state.but(row=id or None).to_query() for id in ids], dtype=pl.String),
        pl.lit(t("targets.history_title", state.lang)).alias("history_title"),
        pl.lit(is_own).alias("is_own"),
    ).drop("spark", "manager_id")


def draw_tasks(board: BoardState, state: ViewState) -> Drawn:
    """The key tasks of the place."""
    if not board.is_allowed or "tasks" not in board.parts:
        return {}
    cards: Sequence[TaskCard] = board.parts["tasks"]
    how = [(t("board.how", state.lang), t("targets.how_tasks", state.lang)),
           (t("board.scope", state.lang), about.scope_name(board, state))]  # fmt: skip
    return tasks.draw(cards, _counts(cards, board), board.period, board.today, how, state)
