"""Between which instants a movement is looked at: what the URL says, else from the period's start until now."""

from datetime import date, datetime, timedelta

from dashboard.view_state import ViewState
from ingest.calendar import business_day
from ingest.period import Period
from ingest.settings import company
from warehouse.movement import Cut
from warehouse.queries.movement import Between

_DAY = timedelta(days=1)


def months_of(period: Period) -> Period:
    """The whole months a period touches: deals are due in months, and every figure of the page in the same ones."""
    first, last = Period.containing(period.start, "month"), Period.containing(period.end, "month")
    if (first.start, last.end) == (period.start, period.end):
        return period
    return first if first == last else Period(first.start, last.end, f"{first.start}..{last.end}", "range")


def between(state: ViewState, period: Period, today: date) -> Between:
    """The two instants and the horizon. A period still to come is looked at from this month's start until now."""
    begins = period.start if period.start <= today else Period.containing(today, "month").start
    ends = min(today, period.end) if period.start <= today else today
    return Between(
        first=_cut(state.from_, begins - _DAY, days_before=1),
        last=_cut(state.to, ends),
        due=months_of(period) if state.horizon == "period" else None,
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
