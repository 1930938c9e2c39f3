"""The URL is the state."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.view_state import ViewState
from ingest.calendar import Period
from ingest.fields import Route
from warehouse.metrics import METRICS

ids = st.none() | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
days = st.dates(date(2001, 1, 1), date(2099, 12, 31))
periods = (
    st.sampled_from(("today", "week", "quarter", "year"))
    | st.builds(
        lambda day, kind: Period.containing(day, kind).key,
        days,
        st.sampled_from(("day", "week", "month", "quarter", "year")),
    )
    | st.builds(lambda day, length: Period.spanning(day, day + timedelta(days=length)).key, days, st.integers(0, 1_000))
)
moments = st.none() | st.builds(lambda day, at: f"{day}T{at:%H:%M}", days, st.times())
states = st.builds(
    ViewState,
    metric=st.sampled_from(sorted(METRICS)),
    period=st.none() | periods,
    unit=ids,
    rep=ids,
    product=ids,
    customer=ids,
    segment=ids,
    route=st.sampled_from([None, *Route]),
    as_of=moments,
    known=st.sampled_from(("now", "then")),
    deal=ids,
    versus=st.sampled_from(("target", "baseline", "last_period", "last_year")),
    units=st.sampled_from(("treemap", "bars", "table")),
    listing=st.sampled_from((None, "people", "customers", "open", "won", "lost", "orders")),
    lang=st.sampled_from(("zh", "en")),
    theme=st.sampled_from(("light", "dark")),
)


@given(states)
def test_a_state_comes_back_from_its_own_query(state: ViewState) -> None:
    assert ViewState.from_query(state.to_query()) == state


@given(st.text())
def test_no_query_however_wrong_breaks_the_board(search: str) -> None:
    state = ViewState.from_query("?" + search)
    assert ViewState.from_query(state.to_query()) == state.but()


def test_the_plain_address_is_the_whole_company_this_month() -> None:
    assert ViewState.from_query("") == ViewState() == ViewState.from_query(None)
    assert ViewState().to_query() == "?"


def test_what_cannot_be_read_falls_back_and_is_said() -> None:
    state = ViewState.from_query("?metric=bokings&period=2026-13&unit=hz&lang=fr&perod=2026&route=sea")
    assert (state.metric, state.period, state.unit, state.lang) == ("bookings", None, "hz", "zh")
    assert sorted(state.rejected) == ["lang=fr", "metric=bokings", "period=2026-13", "perod=2026", "route=sea"]


@pytest.mark.parametrize(
    "wrong",
    [
        "period=2026-11-31",
        "period=2026-W54",
        "period=2026-11-20..2026-11-03",
        "period=2020-01-01..2026-01-01",
        "period=2026-11-03..",
        "as_of=yesterday",
        "as_of=2026-11-12T18:00%2B08:00",
        "as_of=0001-01-01T00:00",
        "known=never",
    ],
)
def test_no_time_that_is_none_is_guessed_at(wrong: str) -> None:
    state = ViewState.from_query(f"?{wrong}&lang=en")
    assert state.but() == ViewState(lang="en")
    assert state.rejected == (wrong.replace("%2B", "+"),)


def test_a_range_that_is_a_month_is_that_month_so_that_its_target_counts() -> None:
    assert ViewState.from_query("?period=2026-11-01..2026-11-30").period == "2026-11"
    assert ViewState.from_query("?period=2026-11-23..2026-11-29").period == "2026-W48"


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (None, "2026-11-01", "2026-11-30"),
        ("today", "2026-11-12", "2026-11-12"),
        ("week", "2026-11-09", "2026-11-15"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-12-31"),
        ("2026-11-03..2026-11-20", "2026-11-03", "2026-11-20"),
    ],
)
def test_a_period_that_moves_is_that_of_the_day(period: str | None, first: str, last: str) -> None:
    shown = ViewState(period=period).period_on(date(2026, 11, 12))
    assert (str(shown.start), str(shown.end)) == (first, last)


def test_the_moment_looked_back_to_is_said_in_the_companys_zone() -> None:
    moment = ViewState.from_query("?as_of=2026-11-12T18:00&known=then").moment
    assert moment is not None
    assert (moment.at, moment.known) == (datetime(2026, 11, 12, 10, tzinfo=UTC), "then")
    assert ViewState().moment is None


def test_a_name_said_twice_counts_once_and_is_said() -> None:
    state = ViewState.from_query("?unit=hz&unit=nb")
    assert state.unit == "hz"
    assert state.rejected == ("unit=nb",)


def test_going_down_lets_go_of_what_was_below() -> None:
    deal = ViewState(unit="hz", rep="p1", deal="d1", product="vms", lang="en")
    assert deal.drill(unit="nb") == ViewState(unit="nb", product="vms", lang="en")
    assert deal.drill(rep="p2") == ViewState(unit="hz", rep="p2", product="vms", lang="en")
    assert deal.drill(product="ipc") == deal.but(product="ipc")


def test_going_anywhere_keeps_every_filter_beside_the_way() -> None:
    state = ViewState(
        unit="hz", rep="p1", customer="c1", segment="bank", route="online", product="vms", as_of="2026-11-12"
    )
    for moved in (state.drill(unit="nb"), state.drill(rep="p2"), state.drill(deal="d1"), state.drill(product="ipc")):
        assert (moved.customer, moved.segment, moved.route, moved.as_of) == ("c1", "bank", "online", "2026-11-12T00:00")


def test_going_up_is_one_step_at_a_time() -> None:
    state = ViewState(unit="hz", rep="p1", deal="d1", product="vms")
    path = ("hq", "east", "hz")
    steps = []
    while state != ViewState():
        state = state.up(path)
        steps.append((state.unit, state.rep, state.deal, state.product))
    assert steps == [
        ("hz", "p1", None, "vms"),
        ("hz", None, None, "vms"),
        ("east", None, None, "vms"),
        (None, None, None, "vms"),
        (None, None, None, None),
    ]


def test_a_state_can_be_a_key() -> None:
    assert len({ViewState(unit="hz"), ViewState.from_query("?unit=hz"), ViewState()}) == 2


def test_every_field_of_the_address_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "address.md").read_text("utf-8")
    missing = [name for name in ViewState.model_fields if name != "rejected" and f"`{name.rstrip('_')}`" not in guide]
    assert not missing
