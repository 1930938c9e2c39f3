"""Scope: nothing unless it is held, and the same key exactly for the same sight."""

from warehouse.viewer import ScopeColumns, Viewer, scope_of

ORDERS = ScopeColumns("office_id", "rep_id", "product_id")
EAST = Viewer("ann", unit_ids=frozenset({"east"}))


def test_without_a_scope_nothing_is_seen() -> None:
    assert scope_of(Viewer.nobody("ann"), ORDERS, "day") == ("0", {})
    assert scope_of(Viewer("ann", product_ids=frozenset({"vms"})), ScopeColumns("office_id"), "day") == ("0", {})
    assert scope_of(Viewer.system(), ORDERS, "day") == ("1", {})


def test_values_are_bound_and_never_spliced() -> None:
    wicked = Viewer("' OR 1", unit_ids=frozenset({"'; DROP"}), own_rows=True)
    text, values = scope_of(wicked, ORDERS, "day")
    assert "DROP" not in text
    assert "OR 1" not in text
    assert values == {"scope_units": ["'; DROP"], "scope_person": "' OR 1"}


def test_equal_sight_has_an_equal_key() -> None:
    assert EAST.cache_key == Viewer("bob", unit_ids=frozenset({"east"})).cache_key
    assert EAST.cache_key != Viewer("ann", unit_ids=frozenset({"east"}), own_rows=True).cache_key
    assert Viewer("a", own_rows=True).cache_key != Viewer("b", own_rows=True).cache_key
    assert Viewer.nobody("a").cache_key == Viewer.nobody("b").cache_key != Viewer.system().cache_key


def test_a_board_opens_at_the_unit_somebody_leads() -> None:
    assert EAST.home_unit == "east"
    assert Viewer.system().home_unit is None
    assert Viewer("a", own_rows=True).home_unit is None
