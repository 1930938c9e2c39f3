"""A small company's month, planted and swept from end to end."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.bench.planted.company import SIZE
from tests.bench.planted.schedule import Month, kinds, month_of
from tests.bench.planted.sweeps import Watch

SMALL = replace(SIZE, offices=24, reps=120)
SEED = 1003


@cache
def month() -> Month:
    return month_of(SEED, SMALL)


def test_the_same_seed_is_the_same_month_and_finds_the_same() -> None:
    again = month_of(SEED, SMALL)
    assert again.facts.bookings.equals(month().facts.bookings)
    assert again.facts.visits.equals(month().facts.visits)
    assert [one.key for one in again.plants] == [one.key for one in month().plants]
    watches = Watch(month()), Watch(again)
    first, second = (list(watch.told()) for watch in watches)
    assert first == second
    assert watches[0].node_days == watches[1].node_days > 0


def test_plants_of_a_month_lie_in_regions_of_their_own() -> None:
    company = month().place.company
    region_of = {
        company.offices[one].id: region.id for region in company.regions for one in company.offices_in[region.index]
    }
    used = [region_of.get(one.key.unit_id, one.key.unit_id) for one in month().plants if one.key.unit_id]
    assert len(used) == len(set(used))


def test_a_month_in_ten_is_empty_and_sizes_and_kinds_all_come_up() -> None:
    assert kinds(10) == ()
    assert month_of(10, SMALL).plants == ()
    assert {kind for seed in range(200) for kind in kinds(seed)} >= {"person", "product", "everybody alike", "slip"}
