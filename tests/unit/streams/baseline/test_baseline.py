"""The baseline: what is due by now, where months land, and that it adds up and holds as often as it says."""

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from ingest.calendar import Period, WorkingCalendar
from streams.baseline.months import Ledger, paths_of
from streams.baseline.nodes import Nodes, cells
from streams.baseline.sales import version_of
from streams.baseline.version import built
from streams.forecast.smoothing import Floats
from streams.organisation import Node, Org
from warehouse.baseline import parts
from warehouse.baseline.month import STEPS
from warehouse.baseline.parts import Version
from warehouse.baseline.standing import Landings, standings
from warehouse.key import Key

EVEN = np.linspace(0.0, 1.0, STEPS + 1)
WHOLE_AND_TWO = csr_array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])


def steady(months: int, worth: tuple[float, ...], curve: Floats = EVEN, days: float = 20.0) -> Ledger:
    """Months alike, each leaf with its worth, in by the curve, as a hundred orders."""
    paths = np.repeat((curve[:, None] * np.array(worth))[None], months, axis=0)
    alike = np.arange(months) % 3 == 2
    return Ledger(paths, np.full((months, len(worth)), 100.0), np.full(months, days), alike)


def chance(months: int, leaves: int, orders: float, seed: int) -> Ledger:
    """Each month a chance number of orders, evenly over the month, of chance worth around 10."""
    random = np.random.default_rng(seed)
    counts = random.poisson(orders / STEPS, (months, STEPS, leaves))
    amounts = np.where(counts > 0, random.gamma(np.maximum(counts, 1), 10.0), 0.0)
    paths = np.concatenate((np.zeros((months, 1, leaves)), amounts.cumsum(axis=1)), axis=1)
    return Ledger(paths, counts.sum(axis=1).astype(float), np.full(months, 20.0), np.zeros(months, dtype=bool))


def test_a_month_like_all_others_lands_where_they_did() -> None:
    told = built(steady(14, (600.0, 400.0)), WHOLE_AND_TWO, 20.0, quarter_end=False)
    means = told.landing(np.array([500.0, 300.0, 200.0]), 0.5)
    np.testing.assert_allclose(means.due, [500, 300, 200], rtol=1e-3)
    np.testing.assert_allclose(means.landing, [1000, 600, 400], rtol=1e-3)


def test_who_is_behind_lands_behind_and_landings_add_up() -> None:
    told = built(chance(24, 2, 60.0, 5), WHOLE_AND_TWO, 20.0, quarter_end=False)
    usual = told.landing(told.expectation.volume / 2, 0.5).landing
    behind = np.array([0.5, 0.25, 0.75]) * told.expectation.volume / 2
    behind[0] = behind[1] + behind[2]
    means = told.landing(behind, 0.5)
    assert means.landing[1] < usual[1]
    assert means.landing[0] == pytest.approx(means.landing[1] + means.landing[2])


def test_a_month_of_few_working_days_expects_less_and_nobody_is_late() -> None:
    told = built(steady(14, (600.0, 400.0)), WHOLE_AND_TWO, 15.0, quarter_end=False)
    assert told.expectation.volume[0] == pytest.approx(750, rel=1e-3)


def test_a_rush_at_the_end_is_due_at_the_end() -> None:
    told = built(steady(14, (600.0, 400.0), EVEN**2), WHOLE_AND_TWO, 20.0, quarter_end=False)
    assert told.expectation.share(0.5) == pytest.approx([0.25] * 3, abs=0.01)
    assert told.expectation.share(0.525) == pytest.approx([(0.25 + 0.55**2) / 2] * 3, abs=0.01)


def test_a_quarters_last_month_has_a_curve_of_its_own() -> None:
    ledger = steady(15, (600.0, 400.0))
    late = EVEN**3
    ledger.paths[ledger.quarter_end] = late[:, None] * np.array([600.0, 400.0])
    usual, last = (built(ledger, WHOLE_AND_TWO, 20.0, quarter_end=kind).expectation for kind in (False, True))
    assert last.share(0.5)[0] < usual.share(0.5)[0] - 0.2


def test_a_node_of_few_orders_is_judged_by_its_landing() -> None:
    ledger = steady(14, (600.0, 40.0))
    few = Ledger(ledger.paths, ledger.orders * np.array([1.0, 0.05]), ledger.working_days, ledger.quarter_end)
    assert built(few, WHOLE_AND_TWO, 20.0, quarter_end=False).by_landing.tolist() == [False, False, True]


def test_of_the_intervals_of_a_month_to_come_as_many_hold_as_they_say() -> None:
    ledger, leaves = chance(25, 400, 30.0, 11), 400
    summing = csr_array(np.vstack([np.ones(leaves), np.kron(np.eye(20), np.ones(20)), np.eye(leaves)]))
    told = built(ledger.before(24), summing, 20.0, quarter_end=False)
    came = summing @ ledger.paths[24].T
    for elapsed in (0.25, 0.5, 0.75):
        means = told.landing(came[:, round(elapsed * STEPS)], elapsed)
        for level in (0.8, 0.95):
            held = (means.lower[level] <= came[:, -1]) & (came[:, -1] <= means.upper[level])
            assert held.mean() == pytest.approx(level, abs=0.05)


def test_too_few_months_teach_no_interval() -> None:
    with pytest.raises(ValueError, match="give 10 months"):
        built(steady(9, (600.0, 400.0)), WHOLE_AND_TWO, 20.0, quarter_end=False)


def test_what_comes_on_a_day_off_counts_with_the_working_day_before_it() -> None:
    """June 2026: 21 working days; Friday the 5th is the fifth, the weekend after it is off."""
    amounts = {date(2026, 6, 5): np.array([10.0]), date(2026, 6, 6): np.array([5.0]), date(2026, 6, 8): np.array([1.0])}
    path = paths_of(amounts, [Period.parse("2026-06")], WorkingCalendar("CN"))[0, :, 0]
    assert path[-1] == 16
    assert path[round(STEPS * 5 / 21)] == pytest.approx(15 + (0.25 * 21 - 5) * 1)
    assert np.all(np.diff(path) >= 0)


def test_hierarchies_that_share_nodes_have_each_once() -> None:
    org = Org(
        date(2026, 6, 1),
        {one: Node(one, path) for one, path in (("o1", ("c", "r", "o1")), ("o2", ("c", "r", "o2")))},
    )
    nodes = cells([Key("o1", "l"), Key("o2", "l"), Key("new", "l")], org)
    assert len(set(nodes.keys)) == len(nodes.keys)
    row = dict(zip(nodes.keys, nodes.summing.toarray().tolist(), strict=True))
    assert row[Key()] == row[Key("", "l")] == [1, 1, 1]
    assert row[Key("r")] == row[Key("r", "l")] == [1, 1, 0]
    assert row[Key("new", "l")] == [0, 0, 1]


def test_levels_that_few_months_teach_too_little_learn_their_intervals_together() -> None:
    leaves = [Key(f"o{n}") for n in range(20)]
    nodes = Nodes.over(leaves, lambda leaf: [Key(), Key(f"r{int(leaf.unit_id[1:]) % 12}"), leaf])
    assert np.bincount(nodes.together(18)).tolist() == [1, 12, 20]
    assert np.bincount(nodes.together(5)).tolist() == [13, 20]


NOW = datetime(2026, 1, 14, 10, tzinfo=UTC)
OF = Org(date(2026, 1, 14), products={"p": Node("p", ("l", "p")), "q": Node("q", ("l", "q"), successor_id="p")})


def a_version() -> Version:
    """Of a year in which two offices sell 100 and 50 of a line every working day, one of them of what went before."""
    months = [Period.parse(f"2025-{n:02}") for n in range(1, 13)]
    calendar = WorkingCalendar("CN")
    every = [date.fromordinal(n) for n in range(months[0].start.toordinal(), months[-1].end.toordinal() + 1)]
    days = [day for day in every if calendar.weight(day) > 0]
    count = len(days)
    sold = pl.DataFrame(
        {"day": days * 2, "office": ["o1"] * count + ["o2"] * count, "leaf_product": ["p"] * count + ["q"] * count,
         "bookings": [100] * count + [50] * count, "order_lines": 3}
    )  # fmt: skip
    credited = sold.rename({"office": "rep"}).drop("leaf_product")
    return version_of(sold, credited, OF, months, calendar, NOW)


def test_a_version_says_what_is_due_and_where_everybody_lands() -> None:
    calendar = WorkingCalendar("CN")
    worked, whole = (calendar.working_days(date(2026, 1, 1), date(2026, 1, day)) for day in (14, 31))
    sold = pl.DataFrame({"office": ["o1", "o2", "new"], "leaf_product": ["p", "q", "p"],
                         "bookings": [100 * worked, 50 * worked, 7]})  # fmt: skip
    credited = pl.DataFrame({"rep": ["o1", "o2"], "bookings": [100 * worked, 50 * worked]})
    version = a_version()
    told = Landings(version, standings(version, sold, credited, worked / whole))
    whole_keys = (Key(), Key("", "l"), Key("", "p"))
    own_keys = {Key("o1"): 100, Key("o2", "l"): 50, Key("", "", "o1"): 100}
    for key, daily in {**dict.fromkeys(whole_keys, 150), **own_keys}.items():
        node = told.of(key)
        assert node is not None
        assert node.due == pytest.approx(daily * worked, rel=0.02)
        assert daily * worked + node.rest == pytest.approx(daily * whole, rel=0.02)
        assert node.low <= 0 <= node.high
    assert told.of(Key("new")) is None


def test_a_version_is_the_same_when_it_is_read_back_from_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "NODES_A_PART", 2)
    version = a_version()
    said = version.parts(NOW)
    assert len(said) > len(version.of)
    assert [part.part for part in said] == list(range(said[0].of))
    back = Version.read(type(part).model_validate_json(part.model_dump_json()) for part in said)
    assert (back.id, back.period, back.months, back.latest) == (version.id, "2026-01", 12, {"q": "p"})
    for name, one in version.of.items():
        other = back.of[name]
        assert (list(other.keys), list(other.level), other.leaves) == (list(one.keys), list(one.level), one.leaves)
        actual = one.baseline.summing @ np.full(one.baseline.summing.shape[1], 500.0)
        means, again = one.baseline.landing(actual, 0.4), other.baseline.landing(actual, 0.4)
        np.testing.assert_allclose(again.landing, means.landing, rtol=1e-3)
        np.testing.assert_allclose(again.upper[0.95], means.upper[0.95], rtol=1e-3)
