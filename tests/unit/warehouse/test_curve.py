"""The shape of a month, against months counted by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.calendar import Period, WorkingCalendar
from warehouse.curve import STEPS, TRUST, Curve, days_of, expected_share, learned, same_working_day

CALENDAR = WorkingCalendar("CN")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOVEMBER = Period.parse("2026-11")  # 21 working days from Monday the 2nd
OCTOBER = Period.parse("2025-10")  # 18 working days


def month(last_day_amount: float) -> dict[date, float]:
    """1 on every working day of October 2025, and more on the last."""
    amounts = {day: 1.0 for day in days_of(OCTOBER) if CALENDAR.weight(day)}
    amounts[date(2025, 10, 31)] += last_day_amount
    return amounts


def test_without_history_the_calendar_alone_is_expected() -> None:
    assert learned({}, [OCTOBER], CALENDAR) == Curve()
    evening = datetime(2026, 11, 16, 18, tzinfo=SHANGHAI)
    assert expected_share(Curve(), CALENDAR, NOVEMBER, evening, SHANGHAI) == pytest.approx(11 / 21)


def test_a_rush_at_the_end_of_the_month_is_learned() -> None:
    curve = learned(month(last_day_amount=18), [OCTOBER], CALENDAR)  # half of the month on its last day
    assert curve.months == 1
    half = curve.shares[STEPS // 2]
    assert half == pytest.approx(9 / 36)
    trust = 1 / (1 + TRUST)
    assert curve.at(0.5) == pytest.approx(trust * 9 / 36 + (1 - trust) * 0.5)
    assert (curve.at(0), curve.at(1), curve.at(2)) == (0, 1, 1)


def test_a_month_with_hardly_any_day_teaches_nothing() -> None:
    few = {date(2025, 10, 9): 100.0, date(2025, 10, 10): 5.0}
    assert learned(few, [OCTOBER], CALENDAR) == Curve()
    loss = {day: -1.0 for day in days_of(OCTOBER)}
    assert learned(loss, [OCTOBER], CALENDAR) == Curve()


def test_what_comes_on_a_day_off_counts_with_the_working_day_before() -> None:
    amounts = month(0)
    amounts[date(2025, 10, 12)] = 18.0  # a Sunday after three working days
    curve = learned(amounts, [OCTOBER], CALENDAR)
    assert curve.shares[-1] == pytest.approx(1)
    assert Curve(curve.shares, 10**9).at(3 / 18) == pytest.approx(21 / 36, abs=0.15)


def test_a_return_never_lowers_what_is_expected() -> None:
    amounts = month(0)
    amounts[date(2025, 10, 20)] = -5.0
    shares = learned(amounts, [OCTOBER], CALENDAR).shares
    assert list(shares) == sorted(shares)


def test_a_quarter_is_its_months_by_their_working_days() -> None:
    quarter = Period.parse("2026-Q4")
    days = [CALENDAR.working_days(p.start, p.end) for p in map(Period.parse, ("2026-10", "2026-11", "2026-12"))]
    evening = datetime(2026, 11, 16, 18, tzinfo=SHANGHAI)
    expected = (days[0] + 11) / sum(days)
    assert expected_share(Curve(), CALENDAR, quarter, evening, SHANGHAI) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("day", "other"),
    [
        (date(2026, 11, 1), date(2025, 11, 2)),  # a Sunday before any working day: the weekend of then
        (date(2026, 11, 2), date(2025, 11, 3)),
        (date(2026, 11, 6), date(2025, 11, 7)),
        (date(2026, 11, 7), date(2025, 11, 9)),  # a Saturday after five: the weekend after five
        (date(2026, 11, 30), date(2025, 11, 30)),
    ],
)
def test_a_day_compares_with_the_same_working_day_a_year_before(day: date, other: date) -> None:
    assert same_working_day(CALENDAR, NOVEMBER, Period.parse("2025-11"), day) == other
