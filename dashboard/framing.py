"""What stands around every page: breadcrumb, filters, period, who looks, when it was verified, and what is off."""

from collections.abc import Awaitable
from typing import Any

from dash.development.base_component import Component

from dashboard import health, plain
from dashboard.about import beside_names
from dashboard.board_state import BoardState
from dashboard.components import Drawn, calls, findings, first, header, notice, unknown, verified
from dashboard.components.header import Step
from dashboard.components.past import banner
from dashboard.locales import t
from dashboard.look import Lane, Look
from dashboard.session import chooser
from dashboard.view_state import ViewState
from dashboard.words import called
from warehouse.queries.freshness import is_new
from warehouse.queries.verification import last_verification


def questions(look: Look) -> dict[str, Awaitable[Any]]:
    """What is off, when every sum was last recomputed, and whether there is anything at all."""
    asked: dict[str, Awaitable[Any]] = {
        "findings": findings.load(look.viewer, look.state),
        "verification": last_verification(look.asked),
        "calls": calls.load(look),
    }
    return asked if look.place.path else asked | {"is_new": is_new(look.asked)}


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Where one is, how old the data are, what is off. Unreachable: the notice alone."""
    if board.is_unreachable:
        return notice.draw([t("board.unreachable", state.lang)], past=banner(state), is_unreachable=True)
    lang = state.lang
    top = board.viewer.home_unit or (board.path[0].id if board.path else None)
    steps = [
        Step(called(node.id, node.name, node.name_en, lang), state.drill(unit=None if node.id == top else node.id))
        for node in board.path
    ]
    if not steps:
        steps = [Step(t("board.top", lang), state.drill(unit=None)), *([Step(state.unit, state)] if state.unit else [])]
    if board.rep:
        steps.append(Step(called(board.rep, *board.rep_name, lang), state.drill(rep=board.rep)))
    if state.deal:
        steps.append(Step(state.deal, state))
    filters = [
        Step(called(node.id, node.name, node.name_en, lang), state.but(product=node.parent_id or None))
        for node in board.product_path
        if state.product
    ]
    if state.product and not board.product_path:
        filters = [Step(state.product, state.but(product=None))]
    for field, name in beside_names(board, state):
        filters.append(Step(f"{t(f'board.{field}' if field == 'customer' else f'cuts.{field}', lang)}: {name}",
                            state.but(**{field: None})))  # fmt: skip
    warnings: list[Any] = [t("board.partial", lang, what=what) for what in board.failures.values()]
    warnings += unknown.rejected(state, board.period)
    if state.finding and findings.lacks(board.parts.get("findings"), state.finding):
        warnings.append(unknown.no_finding(state))
    seen = health.record().last
    if seen is not None and seen.workers is not None and not seen.workers:
        warnings.append(t("board.no_worker", lang))
    return {
        **header.draw(steps, filters, board.today, board.period, state),
        **notice.draw(warnings, past=banner(state), calls=calls.lines(board.parts.get("calls"), board.viewer, state)),
        **first.draw(_instead(board, state), is_unknown=bool(board.unknown)),
        **(verified.draw(board.parts["verification"], board.today, state) if "verification" in board.parts else {}),
        "viewer--slot": plain.says(chooser(board.viewer, state)),
        **findings.draw(board.parts.get("findings", ()), state),
    }


def _instead(board: BoardState, state: ViewState) -> list[Component] | None:
    """What stands in the place of the page: what to do where nothing ever came, or what there is not."""
    if board.unknown:
        return unknown.lines(board.unknown, board.period.nearest(board.today), state)
    return first.steps(state) if board.parts.get("is_new") is True else None


FRAME = Lane(questions, draw, frozenset({*findings.READS, "verifications"}), is_of_viewer=True)
