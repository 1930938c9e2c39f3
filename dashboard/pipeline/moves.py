"""What moved: the sentence, the waterfall, the deals behind a bar, what slipped, and one deal."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from dash import html

from dashboard import about, amounts, plain
from dashboard.board_state import BoardState
from dashboard.components import Drawn, behind, deal, funnel, headline, waterfall
from dashboard.components.links import link
from dashboard.components.panel import About, head, nothing
from dashboard.interval import first_day, is_backwards
from dashboard.locales import t
from dashboard.pipeline.boxes import box, locked, lost, row_of, scope
from dashboard.pipeline.questions import PAGE_ROWS, Moved
from dashboard.view_state import ViewState
from dashboard.words import day_name, period_name
from ingest.settings import company
from warehouse.queries.movement import Between, Movement

_PUSHES = (1, 2, 3)


def draw_moves(board: BoardState, state: ViewState) -> Drawn:
    """The sentence, the movement, the deals behind a bar, and one deal."""
    drawn: Drawn = {"board--main": {"className": f"page pipeline level-{'deal' if state.deal else 'unit'}"}}
    if not board.is_allowed:
        return drawn | locked(board, state, "fall", "behind", "slips")
    moved: Moved | None = board.parts.get("moved")
    if moved is None:
        return drawn | lost(board, "moved", state, "fall", "behind", "slips")
    drawn["headline--text"] = plain.says(html.Span(headline.marked(_sentence(board, moved, state))))
    return (
        drawn
        | _fall(board, moved, state)
        | _behind(board, moved, state)
        | _slips(board, moved, state)
        | deal.draw(board.frame("deal") if state.deal else None, company().zone, state)
    )


def _here(board: BoardState, state: ViewState) -> str:
    return about.scope_name(board, state).split(" ▸ ")[-1]


def _days(asked: Between, state: ViewState) -> tuple[str, str]:
    return _said(first_day(asked), asked.first.at, state), _said(asked.last.day, asked.last.at, state)


def _said(day: date, at: Any, state: ViewState) -> str:
    clock = f" {at.astimezone(company().zone):%H:%M}" if at else ""
    return day_name(day, state.lang) + clock


def _sentence(board: BoardState, moved: Moved, state: ViewState) -> str:
    lang, found = state.lang, moved.movement
    due = moved.between.due
    names = {
        "unit": _here(board, state),
        "due": t("pipeline.due_in", lang, period=period_name(due, lang)) if due else t("pipeline.due_any", lang),
        "since": _days(moved.between, state)[0],
    }
    if not found.bars.keys() - {"slipped"}:
        said = t("pipeline.sentence_none", lang, **names)
    else:
        said = t(
            "pipeline.sentence", lang, **names,
            opening=amounts.short(found.amount("opening"), lang), closing=amounts.short(found.amount("closing"), lang),
            came=amounts.short(waterfall.came(found), lang), went=amounts.short(waterfall.went(found), lang),
        )  # fmt: skip
    return said + _covers(row_of(board.frame("cover")), state)


def _covers(row: dict[str, Any], state: ViewState) -> str:
    lang = state.lang
    if not row:
        return ""
    if row["coverage"] is None:
        return t(f"pipeline.covers_{row['reason']}", lang)
    missing = amounts.short(row["target"] - row["booked"], lang)
    if row["needed"] is None:
        return t("pipeline.covers_few", lang, missing=missing, factor=f"{row['coverage']:.1f}")
    return t("pipeline.covers", lang, missing=missing, factor=f"{row['coverage']:.1f}", needed=f"{row['needed']:.1f}")


def _fall(board: BoardState, moved: Moved, state: ViewState) -> Drawn:
    lang, found, asked = state.lang, moved.movement, moved.between
    since, until = _days(asked, state)
    tools = waterfall.toolbar(first_day(asked).isoformat(), asked.last.day.isoformat(), state)
    came, went = (amounts.short(value, lang) for value in (waterfall.came(found), waterfall.went(found)))
    title = t("pipeline.fall", lang, since=since, until=until, came=came, went=went)
    if is_backwards(asked):
        body: Any = nothing(t("pipeline.backwards", lang), t("pipeline.backwards_hint", lang))
        note = ""
    elif not found.bars.keys() - {"slipped"}:
        body, note = nothing(t("pipeline.nothing", lang), t("pipeline.nothing_hint", lang)), ""
    else:
        rest = waterfall.rest(found)
        note = t("pipeline.adds_not", lang, rest=amounts.exact(rest)) if rest else t("pipeline.adds_up", lang)
        body = waterfall.table(found, state) if state.shape == "table" else waterfall.bars(found, state)
    drawn = box("fall", head(title, state, about=_about_fall(board, asked, state), note=note), body)
    drawn["fall--body"][plain.HTML] = tools + drawn["fall--body"][plain.HTML]
    return drawn


def _about_fall(board: BoardState, asked: Between, state: ViewState) -> About:
    lang = state.lang
    since, until = _days(asked, state)
    what = (
        t("pipeline.definition_due", lang, period=period_name(asked.due, lang))
        if asked.due
        else t("pipeline.definition_all", lang)
    )
    return [
        (t("board.how", lang), t("pipeline.how_fall", lang)),
        (t("board.definition", lang), what),
        *scope(board, state),
        (t("board.time", lang), t("pipeline.between", lang, since=since, until=until)),
        (t("pipeline.source", lang), t("pipeline.source_deals", lang)),
    ]


def _behind(board: BoardState, moved: Moved, state: ViewState) -> Drawn:
    lang, found = state.lang, moved.movement
    page = behind.Page(moved.offset, PAGE_ROWS, moved.count, found.amount(state.bar))
    title = t(
        "pipeline.list",
        lang,
        bar=waterfall.words(state.bar, lang),
        count=amounts.count(page.count),
        amount=amounts.short(page.amount, lang),
    )
    how = [
        (waterfall.words(state.bar, lang), t(f"pipeline.say_{state.bar}", lang)),
        (t("board.how", lang), t("pipeline.how_list", lang)),
        *scope(board, state),
    ]
    return box("behind", head(title, state, about=how), behind.table(moved.rows, page, state))


def slipped_share(found: Movement) -> float | None:
    """Of what was due in the period at the beginning, the share that was moved out of it and not back."""
    opening = found.behind("opening").rename({"amount": "opening"})
    moved = found.deals.filter(pl.col("bar").is_in(["pushed_out", "pulled_in"]))
    out = moved.group_by("opportunity_id").agg(-pl.col("amount").sum().alias("out")).filter(pl.col("out") > 0)
    total = opening["opening"].sum() if len(opening) else 0
    if not total or total < 0:
        return None
    both = opening.join(out, on="opportunity_id").select(pl.min_horizontal("opening", "out").sum())
    return float(both.item() or 0) / float(total)


def _slips(board: BoardState, moved: Moved, state: ViewState) -> Drawn:
    lang, found = state.lang, moved.movement
    how = [(t("board.how", lang), t("pipeline.how_slips", lang)), *scope(board, state)]
    count = found.count("slipped")
    if not count:
        body = nothing(t("pipeline.slips_none", lang), t("pipeline.slips_none_hint", lang))
        return box("slips", head(t("pipeline.slips_none", lang), state, about=how), body)
    share = slipped_share(found) if moved.between.due else None
    title = t("pipeline.slips_plain", lang, count=amounts.count(count))
    if share is not None:
        title = t("pipeline.slips", lang, count=amounts.count(count), share=amounts.share(share, lang))
    body = funnel.pushes([_pushed(found.slips, times) for times in _PUSHES], state)
    more = link(
        t("pipeline.all_slipped", lang, count=amounts.count(count)), state.but(bar="slipped", page=1), className="more"
    )
    return box("slips", head(title, state, about=how), [body, more])


def _pushed(slips: pl.DataFrame, times: int) -> tuple[int, bool, int, Decimal]:
    """(how often, or more, deals, amount)."""
    is_last = times == _PUSHES[-1]
    found = slips.filter(pl.col("pushes") >= times if is_last else pl.col("pushes") == times)
    return times, is_last, len(found), Decimal(found["amount"].sum())
