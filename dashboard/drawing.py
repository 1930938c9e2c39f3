"""From what the board was told to what is on the screen: pure, part by part."""

import polars as pl
from dash.development.base_component import Component

from dashboard import about, plain
from dashboard.board_state import BoardState
from dashboard.components import (
    Drawn,
    curve,
    cuts,
    deal,
    headline,
    heat,
    listing,
    ticker,
    tiles,
    unassigned,
    units,
)
from dashboard.components.paging import ROWS, offset_of, paging
from dashboard.components.panel import head, not_allowed, nothing
from dashboard.limits import notes, refused
from dashboard.locales import t
from dashboard.telling import end_of, sentence_of
from dashboard.tiling import tiles_of
from dashboard.verdicts import judged
from dashboard.view_state import ViewState
from dashboard.words import UNASSIGNED, called, labelled, metric_name, over_assigned
from ingest.settings import company
from warehouse.curve import months_of
from warehouse.metrics import METRICS


def draw_tiles(board: BoardState, state: ViewState) -> Drawn:
    """The sentence, and the numbers on top."""
    drawn = tiles.draw(tiles_of(board, state) if board.is_allowed else (), state)
    if not board.is_allowed:
        return drawn | {"headline--text": plain.says(t("board.not_allowed", state.lang))}
    return drawn if state.deal else drawn | headline.draw(sentence_of(board, state), board.head.get("pace"))


def draw_cuts(board: BoardState, state: ViewState) -> Drawn:
    """The metric by route and by segment, and the line of what came in last."""
    how, latest = about.of_metric(state.metric, board, state, "cuts.how"), board.parts.get("latest")
    said = ticker.line(latest, board.today, state.lang, state) if latest else None
    return cuts.draw(board, how, state) | {"ticker--line": plain.says(said)}


def draw_pictures(board: BoardState, state: ViewState) -> Drawn:
    """The pictures below the tiles, what only they know of the sentence, and all of it where it is about a deal."""
    drawn: Drawn = {"board--main": {"className": f"page level-{'deal' if state.deal else 'unit'}"}}
    if not board.is_allowed:
        return drawn | _locked(board, state)
    rows = _rows(board, state)
    columns = _columns(board, state)
    cells = board.frame("cells")
    pace = board.head.get("pace")
    drawn["headline--end"] = plain.says(headline.marked(end_of(board, state, rows, columns), headline.marking(pace)))
    if state.deal:
        said = sentence_of(board, state)
        is_of_deal = len(board.frame("deal"))
        drawn |= {"headline--text": plain.says(headline.marked(said))} if is_of_deal else headline.draw(said, pace)
    below = "units" if board.by == "unit" else "reps"
    how = about.of_metric(state.metric, board, state, "board.how_units")
    below_it = "" if board.rep else over_assigned(board.head, state.lang)
    note = " · ".join(filter(None, (below_it, notes("units", board, state))))
    instead = _instead("units", "cuts.not_by_hint", board, state)
    drawn |= units.draw(rows, t(f"board.{below}", state.lang), note, how, state, instead)
    how = about.of_metric(state.metric, board, state, "board.how_heat")
    instead = _instead("cells", "board.not_so_product", board, state)
    note = notes("heat", board, state)
    drawn |= heat.draw(cells, rows, columns, t(f"board.heat_{below}", state.lang), how, state, instead, note)
    how = about.of_metric(state.metric, board, state, "board.how_curve")
    instead = _instead("curve", "board.not_so_day", board, state)
    of = METRICS[state.metric].of or state.metric
    kind = board.period.kind
    by_day = t(f"board.curve_{kind}" if board.period.is_planned else f"cuts.curve_{kind}", state.lang)
    title = f"{metric_name(of, state.lang)} · {by_day}"
    drawn |= curve.draw(board.frame("curve"), board.today, board.head.get("landing"), title, how, state, instead)
    return drawn | deal.draw(board.frame("deal") if state.deal else None, company().zone, state)


def _instead(part: str, hint: str, board: BoardState, state: ViewState) -> Component | None:
    """What stands where a metric has no such picture; None where it has."""
    fault = board.unanswerable.get(part)
    if fault is None:
        return None
    if fault.by in _FILTERS:
        hint = "cuts.not_by_hint"
    return nothing(refused(state.metric, fault, state.lang), t(hint, state.lang))


_FILTERS = frozenset({"route", "segment", "customer", "rep"})
"""What a page may be narrowed to and can be freed of again."""


def _locked(board: BoardState, state: ViewState) -> Drawn:
    lang = state.lang
    lock = not_allowed(lang)
    drawn: Drawn = {"headline--end": plain.says("")}
    titles = {"units": "board.units", "heat": "board.heat_units", "curve": "board.curve_month"}
    drawn |= {f"{part}--head": plain.says(head(t(title, lang), state)) for part, title in titles.items()}
    for part in ("units", "curve"):
        drawn[f"{part}--body"] = {"className": f"{part}-body shows-empty"}
        drawn[f"{part}--empty"] = plain.says(lock)
    return drawn | {"heat--body": plain.says(lock)}


def _rows(board: BoardState, state: ViewState) -> pl.DataFrame:
    """The rows of the page with `label`, verdict, `kind` and `href`: units lead to themselves, reps to their deals."""
    frame = board.frame("units")
    if frame.is_empty():
        return frame
    own = board.path[-1].id if board.path else None
    named = labelled(_worth_a_row(frame, own), state.lang, own=own)
    if state.versus == "baseline":
        baseline = board.frame("baseline")
        empty = pl.DataFrame(schema={"id": pl.String, "baseline": pl.Float64})
        named = named.join(baseline if len(baseline) else empty, on="id", how="left")
    return with_links(judged(named, board.frame("cells"), len(months_of(board.period)), state), board.by, own, state)


def _worth_a_row(frame: pl.DataFrame, own: str | None) -> pl.DataFrame:
    """Without what hangs on nobody, or on the node itself, and is nothing."""
    hangs = pl.col("id").is_in([UNASSIGNED, "", own or ""])
    return frame.filter(~hangs | (pl.col("actual").fill_null(0) != 0) | pl.col("target").is_not_null())


def with_links(frame: pl.DataFrame, kind: str, own: str | None, state: ViewState) -> pl.DataFrame:
    """`frame` with `kind` ("unit", "rep" or "none" where there is nothing to go to) and the `href` of each row; of what
    is in no unit it leads to the ids that it stands under."""
    kinds = ["none" if id in (UNASSIGNED, own, "") else kind for id in frame["id"]]
    hrefs = [
        unassigned.href(state)
        if (id, kind) == (UNASSIGNED, "unit")
        else (state.drill(**{kind: id}) if one != "none" else state).to_query()
        for id, one in zip(frame["id"], kinds, strict=True)
    ]
    return frame.with_columns(pl.Series("kind", kinds, dtype=pl.String), pl.Series("href", hrefs, dtype=pl.String))


def _columns(board: BoardState, state: ViewState) -> pl.DataFrame:
    frame = board.frame("products")
    if frame.is_empty():
        return frame
    own = board.columns_of if len(frame) > 1 else None
    return labelled(_worth_a_row(frame, own), state.lang, own=own)


def draw_list(board: BoardState, state: ViewState) -> Drawn:
    """The people, customers, deals or orders at the bottom."""
    if not board.is_allowed:
        locked = {"className": "list-body shows-empty"}
        people = plain.says(head(t("board.people", state.lang), state))
        return {"list--head": people, "list--body": locked, "list--empty": plain.says(not_allowed(state.lang))}
    lang, frame = state.lang, board.frame("list")
    which = listing.listing_of(state.but(rep=board.rep))
    if which == "people":
        at = offset_of(state.page, len(frame))
        shown = frame.slice(at, ROWS)
        if len(shown):
            shown = with_links(labelled(shown, lang), "rep", None, state)
        note = paging(at, ROWS, len(frame), state) if len(frame) > ROWS else None
        how = about.of_metric(state.metric, board, state, "board.how_people")
        here, instead = state.but(rep=board.rep), _instead("list", "cuts.not_by_hint", board, state)
        return listing.draw(shown, how, here, title=t("board.people", lang), note=note, instead=instead)
    instead = _instead("list", "cuts.not_by_hint", board, state)
    if which == "customers":
        if len(frame):
            labels = [called(id, name, None, lang) for id, name in frame.select("id", "name").iter_rows()]
            hrefs = [state.but(customer=id, listing=None).to_query() for id in frame["id"]]
            frame = frame.with_columns(
                pl.Series("label", labels, dtype=pl.String), pl.Series("href", hrefs, dtype=pl.String)
            )
        note = _paged(frame, state)
        how = about.of_metric(state.metric, board, state, "cuts.how_customers")
        here = state.but(rep=board.rep)
        return listing.draw(frame, how, here, title=t("cuts.customers", lang), note=note, instead=instead)
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
    here = state.but(rep=board.rep)
    title = t(f"board.deals_{which}", lang)
    return listing.draw(frame, how, here, title=title, note=_paged(frame, state), instead=instead)


def _paged(frame: pl.DataFrame, state: ViewState) -> Component | None:
    """The way through the pages of a list whose rows say how many there are in all."""
    total = frame["total"][0] if len(frame) else 0
    return paging(offset_of(state.page, total), ROWS, total, state) if total > ROWS else None
