"""From what the board was told to what is on the screen: pure, part by part."""

import polars as pl
from dash.development.base_component import Component

from dashboard import about, plain
from dashboard.board_state import BoardState
from dashboard.components import (
    Drawn,
    curve,
    deal,
    headline,
    heat,
    listing,
    tiles,
    units,
)
from dashboard.components.panel import nothing
from dashboard.locales import t
from dashboard.telling import sentence_of
from dashboard.tiling import tiles_of
from dashboard.verdicts import judged
from dashboard.view_state import ViewState
from dashboard.words import UNASSIGNED, called, labelled, metric_name
from ingest.settings import company
from warehouse.curve import months_of

_WORTH_SAYING = 0.005
"""Shares smaller than this are not worth a word."""


def draw_tiles(board: BoardState, state: ViewState) -> Drawn:
    """The numbers on top."""
    return tiles.draw(tiles_of(board, state) if board.is_allowed else (), state)


def draw_pictures(board: BoardState, state: ViewState) -> Drawn:
    """Everything below the tiles."""
    drawn: Drawn = {"board--main": {"className": f"page level-{'deal' if state.deal else 'unit'}"}}
    if not board.is_allowed:
        return drawn | _locked(board, state)
    rows = _rows(board, state)
    columns = _columns(board, state)
    cells = board.frame("cells")
    drawn |= headline.draw(sentence_of(board, state, rows, columns), board.head.get("pace"))
    below = "units" if board.by == "unit" else "reps"
    how = about.of_metric(state.metric, board, state, "board.how_units")
    drawn |= units.draw(rows, t(f"board.{below}", state.lang), _over_assigned(board, state), how, state)
    how = about.of_metric(state.metric, board, state, "board.how_heat")
    instead = _instead("cells", "board.not_so_product", board, state)
    drawn |= heat.draw(cells, rows, columns, t(f"board.heat_{below}", state.lang), how, state, instead)
    how = about.of_metric(state.metric, board, state, "board.how_curve")
    instead = _instead("curve", "board.not_so_day", board, state)
    title = f"{metric_name(state.metric, state.lang)} · {t(f'board.curve_{board.period.kind}', state.lang)}"
    drawn |= curve.draw(board.frame("curve"), board.today, board.head.get("landing"), title, how, state, instead)
    drawn |= _list(board, state)
    return drawn | _deal(board, state)


def _instead(part: str, hint: str, board: BoardState, state: ViewState) -> Component | None:
    """What stands where a metric has no such picture; None where it has."""
    if part not in board.unanswerable:
        return None
    name = metric_name(state.metric, state.lang)
    return nothing(t("board.not_so", state.lang, metric=name), t(hint, state.lang))


def _locked(board: BoardState, state: ViewState) -> Drawn:
    lang = state.lang
    hint = t("board.not_allowed_hint", lang, person=board.viewer.person_id or "–")
    lock = nothing(t("board.not_allowed", lang), hint, "🔒")
    drawn: Drawn = {"headline--text": {"children": t("board.not_allowed", lang)}}
    for part in ("units", "curve", "list"):
        drawn[f"{part}--body"] = {"className": f"{part}-body shows-empty"}
        drawn[f"{part}--empty"] = {"children": lock}
    return drawn | {"heat--body": {plain.HTML: plain.markup(lock)}}


def _over_assigned(board: BoardState, state: ViewState) -> str:
    """How much more the children shall reach than the node itself: a policy (加码), not an error."""
    head = board.head
    if board.rep or not head or not head["target"] or not head["children_target"]:
        return ""
    factor = float(head["children_target"] / head["target"])
    return t("board.over_assigned", state.lang, factor=f"{factor:.2f}") if abs(factor - 1) >= _WORTH_SAYING else ""


def _rows(board: BoardState, state: ViewState) -> pl.DataFrame:
    """The rows of the page with `label`, verdict, `kind` and `href`: units lead to themselves, reps to their deals."""
    frame = board.frame("units")
    if frame.is_empty():
        return frame
    own = board.path[-1].id if board.path else None
    named = labelled(_worth_a_row(frame, own), state.lang, own=own)
    return with_links(judged(named, board.frame("cells"), len(months_of(board.period)), state), board.by, own, state)


def _worth_a_row(frame: pl.DataFrame, own: str | None) -> pl.DataFrame:
    """Without what hangs on nobody, or on the node itself, and is nothing."""
    hangs = pl.col("id").is_in([UNASSIGNED, "", own or ""])
    return frame.filter(~hangs | (pl.col("actual").fill_null(0) != 0) | pl.col("target").is_not_null())


def with_links(frame: pl.DataFrame, kind: str, own: str | None, state: ViewState) -> pl.DataFrame:
    """`frame` with `kind` ("unit", "rep" or "none" where there is nothing to go to) and the `href` of each row."""
    kinds = ["none" if id in (UNASSIGNED, own, "") else kind for id in frame["id"]]
    hrefs = [
        (state.drill(**{kind: id}) if one != "none" else state).to_query()
        for id, one in zip(frame["id"], kinds, strict=True)
    ]
    return frame.with_columns(pl.Series("kind", kinds, dtype=pl.String), pl.Series("href", hrefs, dtype=pl.String))


def _columns(board: BoardState, state: ViewState) -> pl.DataFrame:
    frame = board.frame("products")
    if frame.is_empty():
        return frame
    own = board.product_path[-1].id if board.product_path else None
    return labelled(
        _worth_a_row(frame, own if len(frame) > 1 else None), state.lang, own=own if len(frame) > 1 else None
    )


def _list(board: BoardState, state: ViewState) -> Drawn:
    lang, frame = state.lang, board.frame("list")
    which = listing.listing_of(state.but(rep=board.rep))
    if which == "people":
        shown = frame.head(200)
        if len(shown):
            shown = with_links(labelled(shown, lang), "rep", None, state)
        note = t("board.first_of", lang, shown=len(shown), all=len(frame)) if len(frame) > len(shown) else ""
        how = about.of_metric(state.metric, board, state, "board.how_people")
        return listing.draw(shown, how, state.but(rep=board.rep), title=t("board.people", lang), note=note)
    if len(frame):
        labels = [
            name or id or called("", None, None, lang)
            for name, id in frame.select("customer_name", "customer_id").iter_rows()
        ]
        frame = frame.with_columns(
            pl.Series("label", labels, dtype=pl.String),
            pl.Series("href", [state.drill(deal=id).to_query() for id in frame["id"]], dtype=pl.String),
        )
    how = [(t("board.how", lang), t("board.how_deals", lang)), (t("board.scope", lang), about.scope_name(board, state))]
    return listing.draw(frame, how, state.but(rep=board.rep), title=t(f"board.deals_{which}", lang))


def _deal(board: BoardState, state: ViewState) -> Drawn:
    if not state.deal:
        return {"deal--head": {"children": None}, "deal--body": {"children": None}}
    how = [(t("board.how", state.lang), t("board.how_deal", state.lang))]
    return deal.draw(board.frame("deal"), company().zone, how, state)
