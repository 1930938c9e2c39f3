"""Rankings: units, people and products among peers of their size and kind; the list comes in blocks as it scrolls."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from dashboard import amounts, asking, plain, session
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components import Drawn, skeletons
from dashboard.components import rankings as drawn
from dashboard.components.headline import marked
from dashboard.components.keys import IN_A_GRID
from dashboard.locales import t
from dashboard.look import Lane, Look
from dashboard.pages import Page
from dashboard.ranked_rows import found, group_of, listed, sent
from dashboard.ranked_words import Names, value_of, worded
from dashboard.table import Table, of_grid
from dashboard.view_state import ViewState
from dashboard.words import called
from warehouse.measures import TABLES
from warehouse.queries.org import products_as_of, units_as_of
from warehouse.ranking import Ranking, ranking

MOST_ROWS = 500
router = APIRouter(include_in_schema=False)


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [plain.place("headline--text", skeletons.line(), html.H1, className="headline"), *drawn.layout(state)]


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """The ranking as the viewer may see it, and what units and products are called."""
    state, place = look.state, look.place
    unit = place.unit if state.ranked == "products" else state.unit
    where = replace(look.here, unit_id=unit, rep_id=None)
    asked = ranking(look.asked, look.viewer, of=state.ranked, by=state.ranked_by, where=where, **look.when)
    return {"ranking": asked, "names": _names(look)}


async def _names(look: Look) -> Names:
    frames = await asyncio.gather(units_as_of(look.asked, look.today), products_as_of(look.asked, look.today))
    return {key: (name, english) for frame in frames for key, name, english in _named(frame)}


def _named(frame: pl.DataFrame) -> Sequence[tuple[str, str, str]]:
    return frame.select("id", "name", "name_en").rows()


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Everything but the tools and the rows."""
    if "ranking" in board.unanswerable:
        return _said([]) | drawn.not_so(state) | drawn.peers(pl.DataFrame(), (), state)
    told = board.parts.get("ranking")
    if not isinstance(told, Ranking):
        return {}
    rows = worded(told.rows, board.parts.get("names", {}), state)
    shown = drawn.peers(told.cohorts, _notes(board, state), state)
    if rows.is_empty():
        hint = t("rankings.nothing_hint", state.lang)
        return shown | _said([]) | drawn.instead(t("rankings.nothing", state.lang), hint)
    version = str(rows.select("id", "rank", "rank_before", "actual", "target", "gap").hash_rows().sum())
    return shown | _said(_sentence(rows, told.cohorts, board, state)) | drawn.table(version, state)


def _said(sentence: Sequence[Any]) -> Drawn:
    return {"headline--text": plain.says(html.Span(list(sentence)))}


def _sentence(rows: pl.DataFrame, cohorts: pl.DataFrame, board: BoardState, state: ViewState) -> list[Any]:
    lang, by = state.lang, state.ranked_by
    measure = t(f"rankings.{by}", lang)
    own = rows.filter(pl.col("id") == board.viewer.person_id)
    if state.ranked == "reps" and len(own):
        row = own.row(0, named=True)
        if row["rank"] is None:
            return marked(t("rankings.sentence_own_not", lang, why=row["why"]))
        up = (row["rank_before"] or row["rank"]) - row["rank"]
        move = t("rankings.up" if up > 0 else "rankings.down", lang, count=abs(up)) if up else ""
        median = cohorts.filter(pl.col("cohort") == row["cohort"])["median"][0]
        value, middle = value_of(row[by], by, lang), value_of(median, by, lang)
        said = {"peers": f"{row['peers']:,}", "rank": row["rank"], "move": move, "value": value, "median": middle}
        return marked(t("rankings.sentence_own", lang, measure=measure, **said))
    shown = found(rows.filter(~pl.col("is_other")), state)
    if shown.is_empty():
        return []
    ranked, place = shown.filter(pl.col("rank").is_not_null()), board.path[-1] if board.path else None
    scope = called(place.id, place.name, place.name_en, lang) if place else t("board.top", lang)
    what = t("rankings.people_n" if state.ranked == "reps" else f"rankings.{state.ranked}", lang)
    counts = {"all": f"{len(shown):,}", "ranked": f"{len(ranked):,}", "what": what.lower()}
    median = value_of(ranked[by].median(), by, lang)  # type: ignore[arg-type]
    parts = [t("rankings.sentence", lang, scope=scope, measure=measure.lower(), median=median, **counts)]
    why = shown.filter(pl.col("why") != "")["why"].value_counts(sort=True)
    if len(why):
        each = [t("rankings.why", lang, what=what, count=f"{count:,}") for what, count in why.rows()]
        joined = t("rankings.and", lang).join(each)
        parts.append(t("rankings.sentence_marked", lang, marked=amounts.count(why["count"].sum()), why=joined))
    return marked("".join(parts))


def _notes(board: BoardState, state: ViewState) -> list[str]:
    """What the page leaves out, and what it cannot narrow by."""
    lang, viewer = state.lang, board.viewer
    said = []
    if state.ranked == "reps" and not viewer.everything:
        said.append(t("rankings.your_scope" if viewer.unit_ids else "rankings.only_yours", lang))
    if state.ranked == "reps" and group_of(state) in ("region", "office"):
        said.append(t("rankings.credited_twice", lang))
    asked = {name: getattr(state, name) for name in ("rep", "deal")}
    asked["versus"] = state.versus if state.versus != "target" else None
    left = [t(f"rankings.narrow_{name}", lang) for name, value in asked.items() if value]
    if left:
        said.append(t("rankings.not_narrowed", lang, what=t("rankings.and", lang).join(left)))
    return [*said, t("rankings.keys", lang)]


TOOLS = Lane(lambda look: {}, lambda board, state: drawn.tools(state), frozenset())
LANE = Lane(ask, draw, frozenset({*TABLES, "target_events"}))
LANES = {"tools": TOOLS, "ranking": LANE}


def tables(board: BoardState, state: ViewState) -> list[Table]:
    """The whole list as it stands, to be taken along: what the grid shows a part of."""
    told = board.parts.get("ranking")
    if not isinstance(told, Ranking) or told.rows.is_empty():
        return []
    rows = listed(worded(told.rows, board.parts.get("names", {}), state), state)
    columns = [one for one in drawn.columns(state) if one["field"] != "spark"]
    return [of_grid("rankings", t("rankings.title", state.lang), columns, sent(rows, 0, len(rows)))]


PAGE = Page(
    "/rankings",
    "↕",
    "rankings.title",
    4,
    layout,
    shows="rankings",
    lanes=LANES,
    tables=tables,
    router=router,
    keys=IN_A_GRID,
)


@router.get("/rankings/rows/{start}/{end}")
async def rows_of(request: Request, start: int, end: int) -> Response:
    """The rows `start` up to `end` of the list of a page's state (the query), as whoever looks may see it."""
    address = Address.of(PAGE.path, request.url.query)
    state, end = address.state, min(end, start + MOST_ROWS)
    board = await asking.load(await session.viewer(), address, LANE)
    told = board.parts.get("ranking")
    if board.is_unreachable or not isinstance(told, Ranking):
        return JSONResponse({"rows": [], "count": 0}, status_code=503 if board.is_unreachable else 200)
    rows = await asyncio.to_thread(lambda: listed(worded(told.rows, board.parts.get("names", {}), state), state))
    part = [row | _place(row, state) for row in sent(rows, start, end)]
    return JSONResponse({"rows": part, "count": len(rows)}, headers={"cache-control": "no-store"})


def _place(row: dict[str, Any], state: ViewState) -> dict[str, Any]:
    """Where a row leads: a group opens in its place, a row is the board of what it speaks of."""
    lang = state.lang
    if row.get("count") is not None:
        key = row["id"].removeprefix("group:")
        members = t("rankings.members", lang, count=f"{row['count']:,}", ranked=f"{row['ranked']:,}")
        is_open = key == state.opened
        to = state.but(opened=None if is_open else key or None)
        return {"level": "open" if is_open else "group", "members": members, "href": to.to_query()}
    if row["is_other"]:
        return {"level": "row"}
    return {"level": "row", "href": "/" + _board(row["id"], state).to_query()}


_FIELDS = {"units": "unit", "reps": "rep", "products": "product"}


def _board(id: str, state: ViewState) -> ViewState:
    own = ("ranked", "ranked_by", "cohort", "group", "opened", "sort", "find")
    plain = {name: type(state).model_fields[name].default for name in own}
    return state.but(**plain).drill(**{_FIELDS[state.ranked]: id})
