"""What each figure says when asked "what is this?": definition, scope, time, and how to read it."""

from dashboard.board_state import BoardState
from dashboard.components.panel import About
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import called, clock, cut_name, metric_name, period_name
from ingest.settings import company


def scope_name(board: BoardState, state: ViewState) -> str:
    """ "HQ ▸ East ▸ Hangzhou × VMS"."""
    steps = [called(node.id, node.name, node.name_en, state.lang) for node in board.path] or [
        t("board.top", state.lang)
    ]
    if board.rep:
        steps.append(called(board.rep, *board.rep_name, state.lang))
    product = [called(node.id, node.name, node.name_en, state.lang) for node in board.product_path[-1:]]
    beside = [name for _, name in beside_names(board, state)]
    return " × ".join([" ▸ ".join(steps), *product, *beside])


def beside_names(board: BoardState, state: ViewState) -> list[tuple[str, str]]:
    """The filters beside the product as (field of the state, name): customer, segment and route."""
    found: list[tuple[str, str]] = []
    if state.customer:
        name = board.customer_name[state.lang == "en"] or state.customer
        found.append(("customer", called(name, name, None, state.lang)))
    cuts = [(cut, getattr(state, cut)) for cut in ("segment", "route")]
    return found + [(cut, cut_name(cut, id, state.lang)) for cut, id in cuts if id]


def moment_name(state: ViewState) -> str:
    """ "11月12日 18:00": the moment looked back to; "" on a page of now."""
    return clock(state.moment.at, company().zone, state.lang) if state.moment else ""


def definition(metric: str, state: ViewState) -> str:
    """The metric's definition in the viewer's language."""
    return t(f"metrics.{metric}", state.lang)


def of_metric(
    metric: str, board: BoardState, state: ViewState, how: str | None = None, when: str | None = None
) -> About:
    """The answers for a figure that shows `metric`; `how` is the key that says how to read it, `when` what the figure
    is of where that is not the page's period."""
    lang = state.lang
    rows = [
        (metric_name(metric, lang), definition(metric, state)),
        (t("board.scope", lang), scope_name(board, state)),
        (t("board.time", lang), when or period_name(board.period, lang)),
    ]
    if not board.period.is_planned:
        rows.append((t("board.target", lang), t("cuts.range_target", lang)))
    if state.versus == "baseline":
        rows.append((t("cuts.baseline", lang), t("cuts.how_baseline", lang)))
    if state.as_of:
        rows.append((t("board.as_of", lang), f"{moment_name(state)} · {t(f'cuts.known_{state.known}', lang)}"))
    else:
        rows.append((t("asked.known_at", lang), "{known}"))
    rows.append((t("asked.query", lang), f"/asked/{metric}{state.to_query()}"))  # both are for `assets/about.js`
    return [(t("board.how", lang), t(how, lang)), *rows] if how else rows
