"""How the pipeline stands: five numbers, its stages, who has enough, and how deals end."""

from typing import Any

import polars as pl

from dashboard import about, amounts, plain
from dashboard.board_state import BoardState
from dashboard.components import Drawn, funnel
from dashboard.components.funnel import Tile, factor
from dashboard.components.links import switch
from dashboard.components.panel import About, head
from dashboard.locales import t
from dashboard.pipeline.boxes import box, locked, lost, row_of
from dashboard.view_state import ViewState
from dashboard.words import period_name


def draw_standing(board: BoardState, state: ViewState) -> Drawn:
    """The numbers on top, the stages, who has enough, and how deals end."""
    if not board.is_allowed:
        return {"funnel--tiles": {plain.HTML: ""}, **locked(board, state, "stages", "below", "ends", is_first=False)}
    drawn: Drawn = {"funnel--tiles": plain.says(funnel.tiles(_tiles(board, state), state))}
    return drawn | _stages(board, state) | _below(board, state) | _ends(board, state)


def _tiles(board: BoardState, state: ViewState) -> list[Tile]:
    lang = state.lang
    total, everything, cover = (row_of(board.frame(part)) for part in ("total", "all_open", "cover"))
    wins, cycle = row_of(board.frame("wins_year")), row_of(board.frame("cycle_year"))

    def short(value: Any) -> str:
        return amounts.short(value, lang)

    year = t("pipeline.four_quarters", lang)

    def of(metric: str, when: str | None = None) -> About:
        return about.of_metric(metric, board, state, when=when)

    found: list[Tile] = []
    if total:
        foot = t("pipeline.open_foot", lang, count=amounts.count(total["open_deals"]),
                 all=short(everything.get("open_pipeline")))  # fmt: skip
        exact = amounts.exact(total["open_pipeline"])
        found.append(Tile("open", short(total["open_pipeline"]), foot, exact, of("open_pipeline")))
        weighted = total["weighted_pipeline"]
        foot = t("pipeline.weighted_foot", lang, probable=short(total["probable_pipeline"]))
        foot = t("pipeline.weighted_none", lang) if weighted is None else foot
        found.append(Tile("weighted", short(weighted), foot, amounts.exact(weighted), of("weighted_pipeline")))
    if cover:
        found.append(_cover_tile(cover, of("coverage"), state))
    if wins:
        rate = t("pipeline.too_few", lang) if wins["win_rate"] is None else amounts.share(wins["win_rate"], lang)
        foot = t("pipeline.win_rate_foot", lang, amount=amounts.share(wins["win_rate_amount"], lang),
                 gone=amounts.count(wins["abandoned_deals"]))  # fmt: skip
        found.append(Tile("win_rate", rate, foot, "", of("win_rate", year), year))
    if cycle and cycle["deals"]:
        foot = t("pipeline.cycle_foot", lang, p90=cycle["p90"], count=amounts.count(cycle["deals"]))
        value = t("pipeline.days", lang, count=cycle["median"])
        found.append(Tile("cycle", value, foot, "", [(t("board.how", lang), t("pipeline.how_wins", lang))], year))
    elif cycle:
        how = [(t("board.how", lang), t("pipeline.how_wins", lang))]
        found.append(Tile("cycle", amounts.NOTHING, t("pipeline.cycle_none", lang), "", how, year))
    return found


def _cover_tile(row: dict[str, Any], how: About, state: ViewState) -> Tile:
    lang = state.lang
    if row["coverage"] is None:
        return Tile("coverage", t(f"pipeline.{row['reason']}", lang), "", "", how)
    missing = amounts.short(row["target"] - row["booked"], lang)
    foot = t("pipeline.coverage_no_rate", lang, missing=missing)
    if row["needed"] is not None:
        foot = t("pipeline.coverage_foot", lang, needed=f"{row['needed']:.1f}", missing=missing)
    return Tile("coverage", factor(row["coverage"]), foot, "", how)


def _stages(board: BoardState, state: ViewState) -> Drawn:
    lang, frame = state.lang, board.frame("stages")
    if "stages" not in board.parts:
        return lost(board, "stages", state, "stages")
    frame = frame.filter((pl.col("open_pipeline") != 0) | (pl.col("open_deals") != 0))
    total = row_of(board.frame("total"))
    title = t("pipeline.stages_none", lang)
    if len(frame) and total and total["open_pipeline"] > 0:
        most = frame.sort("open_pipeline").row(-1, named=True)
        share = amounts.share(float(most["open_pipeline"]) / float(total["open_pipeline"]), lang, digits=0)
        title = t("pipeline.stages", lang, stage=funnel.stage_name(most["stage"], state), share=share)
    how = about.of_metric("open_pipeline", board, state, "pipeline.how_stages")
    return box("stages", head(title, state, about=how), funnel.stages(frame, board.frame("ageing"), total, state))


def _below(board: BoardState, state: ViewState) -> Drawn:
    lang, frame = state.lang, board.frame("below")
    if "below" not in board.parts:
        return lost(board, "below", state, "below")
    kind = "product" if state.cut == "product" else board.by
    short = sum(bool(funnel.is_thin(row)) for row in frame.iter_rows(named=True))
    title = t(f"pipeline.below_{kind}", lang, short=short, all=len(frame))
    tools = [
        (t(f"pipeline.by_{'product' if cut == 'product' else board.by}", lang), state.but(cut=cut), state.cut == cut)
        for cut in ("unit", "product")
    ]
    how = about.of_metric("coverage", board, state, "pipeline.how_below")
    own = board.path[-1].id if board.path else None
    top = head(title, state, about=how, tools=[switch(tools, t("pipeline.cut", lang))])
    return box("below", top, funnel.below(frame, own, state))


def _ends(board: BoardState, state: ViewState) -> Drawn:
    lang = state.lang
    now, year = row_of(board.frame("wins")), row_of(board.frame("wins_year"))
    if not now or not year:
        return lost(board, "wins", state, "ends")

    def rate(row: dict[str, Any]) -> str:
        return t("pipeline.too_few", lang) if row["win_rate"] is None else amounts.share(row["win_rate"], lang)

    title = t("pipeline.wins", lang, rate=rate(year), now=rate(now))
    if year["win_rate"] is None:
        title = t("pipeline.wins_few", lang)
    how = about.of_metric("win_rate", board, state, "pipeline.how_wins")
    columns = [
        (period_name(board.period, lang), now, row_of(board.frame("cycle"))),
        (t("pipeline.four_quarters", lang), year, row_of(board.frame("cycle_year"))),
    ]
    return box("ends", head(title, state, about=how), funnel.ends(columns, state))
