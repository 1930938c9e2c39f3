"""The URL is the state."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dashboard.view_state import ViewState
from ingest.calendar import Period
from warehouse.metrics import METRICS

ids = st.none() | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
periods = st.builds(
    lambda day, kind: Period.containing(day, kind).key,
    st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    st.sampled_from(("month", "quarter", "year")),
)
states = st.builds(
    ViewState,
    metric=st.sampled_from(sorted(METRICS)),
    period=st.none() | periods,
    unit=ids,
    rep=ids,
    product=ids,
    customer=ids,
    deal=ids,
    versus=st.sampled_from(("target", "last_year")),
    units=st.sampled_from(("treemap", "bars", "table")),
    listing=st.sampled_from((None, "people", "open", "won", "lost", "orders")),
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
    state = ViewState.from_query("?metric=bokings&period=2026-13&unit=hz&lang=fr&perod=2026")
    assert (state.metric, state.period, state.unit, state.lang) == ("bookings", None, "hz", "zh")
    assert sorted(state.rejected) == ["lang=fr", "metric=bokings", "period=2026-13", "perod=2026"]


def test_a_name_said_twice_counts_once_and_is_said() -> None:
    state = ViewState.from_query("?unit=hz&unit=nb")
    assert state.unit == "hz"
    assert state.rejected == ("unit=nb",)


def test_going_down_lets_go_of_what_was_below() -> None:
    deal = ViewState(unit="hz", rep="p1", deal="d1", product="vms", lang="en")
    assert deal.drill(unit="nb") == ViewState(unit="nb", product="vms", lang="en")
    assert deal.drill(rep="p2") == ViewState(unit="hz", rep="p2", product="vms", lang="en")
    assert deal.drill(product="ipc") == deal.but(product="ipc")


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
