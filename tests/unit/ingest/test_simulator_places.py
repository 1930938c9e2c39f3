"""Where the simulated company sells, and how fast its events are built without being wrong."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ingest.events import Order
from ingest.fields import OrderStatus
from ingest.simulator.build import built
from ingest.simulator.places import REGIONS, offices


def test_every_city_has_a_name_and_an_id_of_its_own() -> None:
    cities = [city for provinces in REGIONS.values() for cities in provinces.values() for city in cities]
    assert len(cities) == len({city.slug for city in cities}) == len({city.name for city in cities}) == 217
    assert all(city.slug.isascii() and " " not in city.slug and "'" not in city.slug for city in cities)


@pytest.mark.parametrize(("regions", "count"), [(2, 6), (8, 40), (31, 208)])
def test_offices_spread_evenly_over_regions(regions: int, count: int) -> None:
    placed = offices(regions, count)
    sizes = [len(cities) for _, cities in placed]
    assert (len(placed), sum(sizes)) == (regions, count)
    assert max(sizes) - min(sizes) <= 1
    assert len({city.slug for _, cities in placed for city in cities}) == count


def test_large_cities_come_first() -> None:
    names = [city.name_en for city in offices(2, 6)[0][1]]
    assert names == ["Shanghai", "Hangzhou", "Nanjing"]


@pytest.mark.parametrize(("regions", "count"), [(32, 208), (31, 218), (8, 4)])
def test_more_offices_than_cities_are_refused(regions: int, count: int) -> None:
    with pytest.raises(ValueError, match="cannot be placed"):
        offices(regions, count)


def test_an_event_built_without_validation_is_the_validated_one() -> None:
    fields = {
        "occurred_at": datetime(2026, 11, 23, tzinfo=UTC),
        "order_id": "o1",
        "status": OrderStatus.CLOSED,
        "amount": Decimal("10.00"),
    }
    fast, sure = built(Order, fields), Order.model_validate(fields)
    assert fast == sure
    assert fast.model_fields_set == sure.model_fields_set
    assert fast.model_dump(mode="json", exclude_unset=True) == sure.model_dump(mode="json", exclude_unset=True)
    assert fast.model_copy(update={"line_id": "2"}).entity_id == "o1:2"
    assert fast.entity_id == "o1:1"
