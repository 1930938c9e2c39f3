"""The working-day calendar against days counted by hand."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import CompanySettings

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_an_evening_in_utc_is_the_next_business_day_in_shanghai() -> None:
    assert business_day(datetime(2026, 10, 31, 15, 59, tzinfo=UTC), SHANGHAI) == date(2026, 10, 31)
    assert business_day(datetime(2026, 10, 31, 16, 0, tzinfo=UTC), SHANGHAI) == date(2026, 11, 1)


def test_an_instant_without_zone_has_no_business_day() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        business_day(datetime(2026, 10, 31), SHANGHAI)  # noqa: DTZ001


def check_period(key: str, start: date, end: date, previous: str, following: str, year_before: str) -> None:
    """Its days and its neighbours are these."""
    period = Period.parse(key)
    assert (period.key, period.start, period.end) == (key, start, end)
    assert period.previous() == Period.parse(previous)
    assert period.next() == Period.parse(following)
    assert period.year_before() == Period.parse(year_before)
    assert Period.containing(start, period.kind) == Period.containing(end, period.kind) == period


@pytest.mark.parametrize(
    ("key", "start", "end", "previous", "following", "year_before"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31), "2026-02", "2026-04", "2025-03"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01", "2024-03", "2023-02"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026-11", "2027-01", "2025-12"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4", "2026-Q2", "2025-Q1"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025", "2027", "2025"),
    ],
)
def test_a_period_knows_its_days_and_its_neighbours(
    key: str, start: date, end: date, previous: str, following: str, year_before: str
) -> None:
    check_period(key, start, end, previous, following, year_before)


@pytest.mark.parametrize(
    ("key", "start", "end", "previous", "following", "year_before"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31), "2026-02", "2026-04", "2025-03"),
        ("2026-Q1", date(2026, 4, 1), date(2026, 6, 30), "2025-Q4", "2026-Q2", "2025-Q1"),
        ("2026-Q4", date(2027, 1, 1), date(2027, 3, 31), "2026-Q3", "2027-Q1", "2025-Q4"),
        ("2026", date(2026, 4, 1), date(2027, 3, 31), "2025", "2027", "2025"),
    ],
)
def test_a_fiscal_year_begins_where_the_company_says(
    monkeypatch: pytest.MonkeyPatch, key: str, start: date, end: date, previous: str, following: str, year_before: str
) -> None:
    monkeypatch.setattr("ingest.period.company", lambda: CompanySettings(fiscal_year_starts=4))
    check_period(key, start, end, previous, following, year_before)
    assert Period.spanning(start, end).key == key


@pytest.mark.parametrize(
    "key", ["2026-13", "2026-00", "2026-Q5", "2026-1", "26", "2026-", "", "0000", "2026-Q", "2026-11-01"]
)
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        Period.parse(key)


def test_october_2025_has_eight_days_off_from_the_first_and_a_make_up_saturday_on_the_eleventh() -> None:
    # National Day and Mid-Autumn: 1-8 October off; Saturday 11 October (and Sunday 28 September) worked.
    calendar = WorkingCalendar("CN")
    assert [calendar.weight(date(2025, 10, day)) for day in range(1, 14)] == [0] * 8 + [1, 1, 1, 0, 1]
    assert calendar.weight(date(2025, 9, 28)) == 1
    # 9-11, 13-17, 20-24, 27-31
    assert calendar.working_days(date(2025, 10, 1), date(2025, 10, 31)) == 3 + 5 + 5 + 5
    # 22 weekdays of September and Sunday the 28th
    assert calendar.working_days(date(2025, 9, 1), date(2025, 9, 30)) == 23
    assert calendar.working_days(date(2025, 9, 1), date(2025, 10, 31)) == 41
    assert calendar.working_day_index(date(2025, 10, 5)) == 0
    assert calendar.working_day_index(date(2025, 10, 11)) == 3
    assert calendar.working_day_index(date(2025, 10, 12)) == 3
    assert calendar.working_day_index(date(2025, 10, 13)) == 4


def test_spring_festival_2025_spans_two_months() -> None:
    # 28 January to 4 February off; Sunday 26 January and Saturday 8 February worked.
    calendar = WorkingCalendar("CN")
    assert calendar.working_days(date(2025, 1, 26), date(2025, 2, 8)) == 2 + 4  # 26, 27 January; 5, 6, 7, 8 February
    assert (
        calendar.working_days(date(2025, 1, 1), date(2025, 1, 31)) == 2 + 5 + 5 + 5 + 2
    )  # 2-3, 6-10, 13-17, 20-24, 26-27
    assert calendar.add_working_days(date(2025, 1, 27), 1) == date(2025, 2, 5)
    assert calendar.add_working_days(date(2025, 2, 5), -2) == date(2025, 1, 26)
    assert calendar.add_working_days(date(2025, 2, 1), 0) == date(2025, 2, 1)


def test_working_days_add_up_across_years() -> None:
    calendar = WorkingCalendar("CN")
    whole = calendar.working_days(date(2023, 11, 7), date(2026, 3, 3))
    cut = date(2025, 2, 2)
    assert whole == calendar.working_days(date(2023, 11, 7), cut) + calendar.working_days(
        date(2025, 2, 3), date(2026, 3, 3)
    )
    assert calendar.working_days(cut, date(2025, 2, 1)) == 0


def test_a_year_not_published_yet_is_provisional_and_knows_the_holidays_but_no_make_up_days() -> None:
    calendar = WorkingCalendar("CN")
    assert not calendar.is_provisional(2025)
    assert calendar.is_provisional(2060)
    assert calendar.weight(date(2060, 10, 1)) == 0  # National Day, a Friday
    assert calendar.weight(date(2060, 10, 11)) == 1  # a Monday
    assert calendar.weight(date(2060, 10, 9)) == 0  # a Saturday


def test_another_country_has_its_own_holidays_and_is_never_provisional() -> None:
    calendar = WorkingCalendar("US")
    assert calendar.weight(date(2026, 11, 26)) == 0  # Thanksgiving
    assert calendar.weight(date(2026, 10, 1)) == 1
    assert not calendar.is_provisional(2060)
    with pytest.raises(ValueError, match="ISO 3166"):
        WorkingCalendar("Atlantis")


def test_the_nearest_unit_with_a_day_of_its_own_decides() -> None:
    monday = date(2026, 11, 16)
    calendar = WorkingCalendar("CN", {("company", monday): 0.5, ("south", monday): 0.0, ("hz", monday): 2.0})
    assert calendar.weight(monday) == 0.5
    assert calendar.weight(monday, ("hq", "north", "bj")) == 0.5
    assert calendar.weight(monday, ("hq", "south", "gz")) == 0.0
    assert calendar.weight(monday, ("hq", "south", "hz")) == 2.0
    assert calendar.weight(date(2026, 11, 17), ("hq", "south", "hz")) == 1.0
    week = date(2026, 11, 16), date(2026, 11, 22)
    assert [calendar.working_days(*week, path) for path in ((), ("hq", "south"), ("hq", "south", "hz"))] == [
        4.5,
        4.0,
        6.0,
    ]
    assert calendar.working_day_index(monday, ("hq", "south")) == 10
    assert calendar.working_day_index(monday) == 11


def test_within_a_working_day_the_share_grows_from_nine_to_eighteen() -> None:
    calendar = WorkingCalendar("CN")
    week = date(2026, 11, 16), date(2026, 11, 22)  # Monday to Sunday, five working days
    shares = {
        "2026-11-15 23:00": 0.0,
        "2026-11-16 08:59": 0.0,
        "2026-11-16 13:30": 0.1,
        "2026-11-16 18:00": 0.2,
        "2026-11-16 23:59": 0.2,
        "2026-11-18 12:00": 0.4 + 0.2 / 3,
        "2026-11-21 12:00": 1.0,
        "2026-11-23 12:00": 1.0,
    }
    for when, share in shares.items():
        assert calendar.elapsed_share(*week, at(when), SHANGHAI) == pytest.approx(share)
        assert calendar.remaining_weight(*week, at(when), SHANGHAI) == pytest.approx(5 * (1 - share))


def test_a_period_without_working_days_has_elapsed_only_when_it_is_over() -> None:
    calendar = WorkingCalendar("CN")
    weekend = date(2026, 11, 21), date(2026, 11, 22)
    assert calendar.elapsed_share(*weekend, at("2026-11-22 20:00"), SHANGHAI) == 0.0
    assert calendar.elapsed_share(*weekend, at("2026-11-23 00:00"), SHANGHAI) == 1.0


def test_days_off_of_a_unit_end_its_month_early() -> None:
    # Ten of twenty-one November days are off from the 17th on: by the evening of the 16th all of its month is gone.
    off = {("hz", date(2026, 11, day)): 0.0 for day in range(17, 31)}
    calendar = WorkingCalendar("CN", off)
    month = Period.parse("2026-11")
    evening = at("2026-11-16 18:00")
    assert calendar.working_days(month.start, month.end) == 21
    assert calendar.elapsed_share(month.start, month.end, evening, SHANGHAI, ("hq", "hz")) == 1.0
    assert calendar.elapsed_share(month.start, month.end, evening, SHANGHAI, ("hq",)) == pytest.approx(11 / 21)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2026-11-26T10:00", "2026-11-26T10:30", 30),  # within a Thursday
        ("2026-11-26T07:00", "2026-11-26T09:10", 10),  # before it opens
        ("2026-11-26T17:50", "2026-11-27T09:20", 30),  # over a night
        ("2026-11-27T17:00", "2026-11-30T10:00", 120),  # over a weekend
        ("2026-11-28T09:00", "2026-11-29T18:00", 0),  # a weekend alone
        ("2026-11-26T10:30", "2026-11-26T10:00", 0),  # the wrong way round
    ],
)
def test_working_minutes_are_those_of_office_hours_on_working_days(since: str, until: str, minutes: float) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (since, until))
    assert WorkingCalendar("CN").working_minutes(begin, end, SHANGHAI) == minutes
    assert WorkingCalendar("CN").working_minutes(begin.astimezone(UTC), end, SHANGHAI) == minutes
