"""Asking the warehouse for a lane of a page, all its questions at once; what fails leaves the rest standing."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.connection import answers, warehouse
from dashboard.look import Lane, Look
from dashboard.place import place_of
from dashboard.view_state import ViewState
from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.answers import one_picture
from warehouse.errors import Transient, WarehouseError
from warehouse.measures import QuestionError
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)


async def looking(viewer: Viewer, address: Address, now: datetime | None = None) -> Look:
    """The look that a page is asked by, as of `now` or of the moment the state looks back to."""
    state = address.state
    now, today, period = _when(state, now)
    place = await place_of(warehouse(), viewer, state, period.nearest(today))
    return Look(warehouse(), viewer, address.path, state, period, now, place)


def _when(state: ViewState, now: datetime | None) -> tuple[datetime, date, Period]:
    now = now or datetime.now(UTC)
    if state.moment:
        now = min(now, state.moment.at)
    today = business_day(now, company().zone)
    return now, today, state.period_on(today)


async def load(viewer: Viewer, address: Address, lane: Lane, now: datetime | None = None) -> BoardState:
    """What a lane of a page shows to `viewer`, as of `now` or of the moment the state looks back to.

    It is said where the warehouse cannot be asked.
    """
    now, today, period = _when(address.state, now)
    try:
        with one_picture(answers()):
            look = await looking(viewer, address, now)
            place = look.place
            found = await _answered(lane.ask(look) if place.is_allowed or lane.is_of_viewer else {})
    except Transient as error:
        log.warning("the board cannot be asked for: %s", error)
        return BoardState(viewer, now, today, period, is_unreachable=True)
    lost = {name: fault for name, fault in found.items() if isinstance(fault, BaseException)}
    for name, fault in lost.items():
        if not isinstance(fault, WarehouseError | QuestionError):
            raise fault
        log.log(_loudness(fault), "part %s of the board cannot be asked for: %s", name, fault)
    if any(isinstance(fault, Transient) for fault in lost.values()):
        return BoardState(viewer, now, today, period, is_unreachable=True)
    parts = {name: part for name, part in found.items() if name not in lost}
    return BoardState(
        viewer=viewer,
        now=now,
        today=today,
        period=period,
        path=place.path,
        product_path=place.product_path,
        rep=place.rep,
        rep_name=place.rep_name,
        by=place.by,
        parts=parts,
        failures={name: str(fault) for name, fault in lost.items() if not isinstance(fault, QuestionError)},
        unanswerable={name: fault for name, fault in lost.items() if isinstance(fault, QuestionError)},
        where=look.here,
        customer_name=place.customer_name,
        columns_of=place.columns_of,
        offices=place.offices,
        is_allowed=place.is_allowed,
        unknown=place.unknown,
    )


def _loudness(fault: BaseException) -> int:
    """A metric that cannot be split so is nobody's fault."""
    return logging.DEBUG if isinstance(fault, QuestionError) else logging.WARNING


async def _answered(questions: Mapping[str, Awaitable[Any]]) -> dict[str, Any]:
    """A frame a part, or the error it met."""
    return dict(zip(questions, await asyncio.gather(*questions.values(), return_exceptions=True), strict=True))
