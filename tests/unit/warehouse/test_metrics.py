"""The registry of metrics, and that a wrong definition is refused while it is read."""

from dataclasses import replace

import pytest

from warehouse.dimensions import DIMENSIONS, honoured
from warehouse.measures import TABLES, DefinitionError, Measure, QuestionError, measure, names_in
from warehouse.metrics import METRICS, measures_of, metric

BOOKINGS = METRICS["bookings"]


def test_the_measures_of_a_table_are_read_from_its_migration() -> None:
    assert set(TABLES) == {"order_changes", "opportunity_changes", "activity_changes", "collection_changes"}
    assert TABLES["collection_changes"].measures == {"received_amount", "unallocated_amount"}
    assert "offset" not in TABLES["order_changes"].measures
    assert TABLES["order_changes"].columns["office_id"] == "LowCardinality(String)"


def test_bookings_are_what_is_booked_less_what_came_back() -> None:
    assert measures_of(BOOKINGS, METRICS) == {
        Measure("order_changes", "booked_amount"),
        Measure("order_changes", "returned_amount"),
    }


def test_a_ratio_needs_the_measures_of_its_metrics() -> None:
    columns = {found.column for found in measures_of(METRICS["win_rate_amount"], METRICS)}
    assert columns == {"won_amount", "lost_amount", "won_deals", "lost_deals"}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("order_changes.boked_amount", "Did you mean 'booked_amount'"),
        ("order_change.booked_amount", "Did you mean 'order_changes'"),
        ("order_changes.office_id", "no measure 'office_id'"),
        ("won_deals", "adds measures, not 'won_deals'"),
        ("order_changes.lines +", "is no expression"),
        ("f(order_changes.lines)", "only names"),
    ],
)
def test_a_wrong_definition_says_what_was_meant(expression: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        measures_of(replace(BOOKINGS, expression=expression), METRICS)


def test_a_ratio_of_unknown_metrics_is_refused() -> None:
    wrong = replace(METRICS["win_rate"], expression="won_deal / lost_deals")
    with pytest.raises(DefinitionError, match="Did you mean 'won_deals'"):
        measures_of(wrong, METRICS)


def test_an_unknown_metric_is_answered_with_the_closest() -> None:
    with pytest.raises(QuestionError, match="Did you mean 'revenue'"):
        metric("revnue")


@pytest.mark.parametrize("row", METRICS.values(), ids=METRICS.keys())
def test_every_metric_is_named_in_both_languages_and_described(row: object) -> None:
    assert isinstance(row, type(BOOKINGS))
    assert row.name_zh
    assert row.name_en
    assert row.description.endswith(".")
    assert row.kind == "standing" or (row.basis and row.date)
    assert row.unit != "money" or row.tax or row.kind == "standing"


def test_names_of_an_expression_come_in_order() -> None:
    assert names_in("a / (b.c + a)") == ["a", "b.c", "a"]
    with pytest.raises(DefinitionError):
        measure("order_changes")


def test_every_dimension_exists_in_some_table_and_tells_where_not() -> None:
    for name in DIMENSIONS:
        assert any(set(DIMENSIONS[name].columns) <= table.columns.keys() for table in TABLES.values())
    with pytest.raises(QuestionError, match=r"visits cannot be asked by stage: activity_changes has no stage\. It can"):
        honoured(TABLES["activity_changes"], "stage", "visits")
