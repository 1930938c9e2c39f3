"""From what the board was told to what is on the screen: pure, part by part."""

from typing import Any

import polars as pl

from dashboard import about
from dashboard.board_state import BoardState
from dashboard.components import Drawn, curve, deal, findings, header, headline, heat, listing, notice, tiles, units
from dashboard.components.header import Step
from dashboard.components.panel import nothing
from dashboard.components.tiles import Tile
from dashboard.locales import t
from dashboard.session import chooser
from dashboard.view_state import ViewState
from dashboard.words import UNASSIGNED, called, labelled, metric_name, period_name
from ingest.settings import company
from warehouse.metrics import METRICS


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Every prop of the page. Unreachable: only the notice, so that the last picture stays."""
    if board.is_unreachable:
        return notice.draw([t("board.unreachable", state.lang)], is_unreachable=True)
    drawn = _frame(board, state)
    if not board.is_allowed:
        return drawn | _locked(board, state)
    title = metric_name(state.metric, state.lang)
    rows = _rows(board, state)
    columns = _columns(board, state)
    cells = board.frame("cells")
    drawn |= headline.draw(_sentence(board, state, cells, rows, columns), _head(board).get("pace"))
    drawn |= tiles.draw(tuple(_tiles(board, state)), state)
    key = "board.units" if board.by == "unit" else "board.units_reps"
    drawn |= units.draw(rows, t(key, state.lang), about.of_metric(state.metric, board, state, "board.how_units"), state)
    key = "board.heat" if board.by == "unit" else "board.heat_reps"
    how = about.of_metric(state.metric, board, state, "board.how_heat")
    drawn |= heat.draw(cells, rows, columns, t(key, state.lang), how, state)
    how = about.of_metric(state.metric, board, state, "board.how_curve")
    key = f"board.curve_{board.period.kind}"
    drawn |= curve.draw(
        board.frame("curve"), board.today, _head(board).get("landing"), f"{title} · {t(key, state.lang)}", how, state
    )
    drawn |= _list(board, state)
    drawn |= _deal(board, state)
    return drawn | findings.draw(board.parts.get("findings", ()), state)


def _frame(board: BoardState, state: ViewState) -> Drawn:
    lang = state.lang
    steps = [
        Step(called(node.id, node.name, node.name_en, lang), state.drill(unit=node.id if n else None))
        for n, node in enumerate(board.path)
    ]
    steps = steps or [Step(t("board.top", lang), state.drill(unit=None))]
    if board.rep:
        steps.append(Step(called(board.rep, *board.rep_name, lang), state.drill(rep=board.rep)))
    if state.deal:
        steps.append(Step(state.deal, state))
    filters = [
        Step(called(node.id, node.name, node.name_en, lang), state.but(product=node.parent_id or None))
        for node in board.product_path
    ]
    if state.product and not board.product_path:
        filters = [Step(state.product, state.but(product=None))]
    warnings = [t("board.partial", lang, what=what) for what in board.failures.values()]
    if state.rejected:
        warnings.append(t("board.rejected", lang, what=", ".join(state.rejected)))
    newest = board.newest_at.isoformat() if board.newest_at else None
    return {
        **header.draw(steps, filters, board.today, board.period, state),
        **notice.draw(warnings),
        "viewer--slot": {"children": chooser(board.viewer, state)},
        "age--checked": {"data": {"checked_at": board.now.isoformat(), "newest_at": newest}},
        "board--main": {"className": f"page level-{'deal' if state.deal else 'unit'}"},
    }


def _locked(board: BoardState, state: ViewState) -> Drawn:
    lang = state.lang
    hint = t("board.not_allowed_hint", lang, person=board.viewer.person_id or "–")
    lock = nothing(t("board.not_allowed", lang), hint, "🔒")
    drawn: Drawn = {"headline--text": {"children": t("board.not_allowed", lang)}, "tiles--row": {"children": []}}
    for part in ("units", "curve", "list"):
        drawn[f"{part}--body"] = {"className": f"{part}-body shows-empty"}
        drawn[f"{part}--empty"] = {"children": lock}
    return drawn | {"heat--body": {"children": lock}}


def _head(board: BoardState) -> dict[str, Any]:
    head = board.frame("head")
    return head.row(0, named=True) if len(head) else {}


def _rows(board: BoardState, state: ViewState) -> pl.DataFrame:
    """The rows of the page with `label`, `kind` and `href`: units lead to themselves, reps to their deals."""
    frame = board.frame("units")
    if frame.is_empty():
        return frame
    own = board.path[-1].id if board.path else None
    frame = labelled(frame.filter((pl.col("id") != (own or "")) | (pl.col("actual") != 0)), state.lang, own=own)
    return with_links(frame, board.by, own, state)


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
    return labelled(frame, state.lang, own=own if len(frame) > 1 else None)


def _sentence(
    board: BoardState, state: ViewState, cells: pl.DataFrame, rows: pl.DataFrame, columns: pl.DataFrame
) -> str:
    head = _head(board)
    if not head:
        return ""
    names = [*board.path[-1:]]
    unit = called(names[0].id, names[0].name, names[0].name_en, state.lang) if names else t("board.top", state.lang)
    if board.rep:
        unit = called(board.rep, *board.rep_name, state.lang)
    if board.product_path:
        last = board.product_path[-1]
        unit = f"{unit} × {called(last.id, last.name, last.name_en, state.lang)}"
    metric = METRICS[state.metric]
    return headline.words(
        head,
        unit,
        period_name(board.period, state.lang),
        metric_name(state.metric, state.lang),
        metric.unit,
        _worst(cells, rows, columns),
        state,
        is_over=board.today > board.period.end,
        is_stock=metric.kind in ("stock", "weighted"),
    )


def _worst(cells: pl.DataFrame, rows: pl.DataFrame, columns: pl.DataFrame) -> tuple[str, float] | None:
    """The cell with most of the gap, named."""
    if cells.is_empty() or rows.is_empty() or columns.is_empty():
        return None
    labels = dict(zip(rows["id"], rows["label"], strict=True)), dict(zip(columns["id"], columns["label"], strict=True))
    known = cells.filter(pl.col("unit_id").is_in(list(labels[0])) & pl.col("product_id").is_in(list(labels[1])))
    worst = known.filter(pl.col("gap").is_not_null()).sort("gap").head(1)
    if worst.is_empty():
        return None
    row = worst.row(0, named=True)
    return f"{labels[0][row['unit_id']]} × {labels[1][row['product_id']]}", float(row["gap"])


def _tiles(board: BoardState, state: ViewState) -> list[Tile]:
    found = []
    for row in board.frame("tiles").iter_rows(named=True):
        metric = METRICS[row["metric"]]
        actual = None if row["actual"] is None else float(row["actual"])
        found.append(
            Tile(
                metric=metric.id,
                name=metric_name(metric.id, state.lang),
                unit=metric.unit,
                actual=actual,
                target=None if row["target"] is None else float(row["target"]),
                expected=row["expected"],
                pace=row["pace"],
                yoy=row["yoy"],
                spark=tuple(value for value in row["spark"] or () if value is not None),
                runs=metric.kind == "flow",
                note=t("board.too_few", state.lang) if actual is None else "",
                detail="" if metric.kind == "flow" else about.definition(metric.id, state),
                about=about.of_metric(metric.id, board, state),
            )
        )
    return found


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
