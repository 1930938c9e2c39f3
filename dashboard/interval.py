"""Between which instants a movement is looked at: what the URL says, else from the period's start until now."""

from datetime import date, datetime, timedelta

from dashboard.view_state import ViewState
from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.movement import Cut
from warehouse.queries.movement import Between

_DAY = timedelta(days=1)


def between(state: ViewState, period: Period, today: date) -> Between:
    """The two instants and the horizon. A period still to come is looked at from this month's start until now."""
    begins = period.start if period.start <= today else Period.containing(today, "month").start
    ends = min(today, period.end) if period.start <= today else today
    return Between(
        first=_cut(state.from_, begins - _DAY, days_before=1),
        last=_cut(state.to, ends),
        due=period if state.horizon == "period" else None,
    )


def first_day(asked: Between) -> date:
    """The first day that counts as movement."""
    return asked.first.day if asked.first.at else asked.first.day + _DAY


def is_backwards(asked: Between) -> bool:
    """Whether it would end before it begins."""
    first, last = asked.first, asked.last
    if first.day != last.day:
        return first.day > last.day
    return last.at is not None and (first.at is None or first.at > last.at)


def _cut(said: str | None, default: date, *, days_before: int = 0) -> Cut:
    """A day alone is its end; for a beginning it is the end of the day before, so that the day itself counts."""
    if said is None:
        return Cut(default)
    if "T" not in said:
        return Cut(date.fromisoformat(said) - days_before * _DAY)
    at = datetime.fromisoformat(said)
    at = at if at.tzinfo else at.replace(tzinfo=company().zone)
    return Cut(business_day(at, company().zone), at)
