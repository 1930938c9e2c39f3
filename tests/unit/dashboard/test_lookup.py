"""Find anything: by name, sound, initials and id, within one's scope only."""

from datetime import date

import polars as pl
import pytest

from dashboard.lookup.index import Index, index_of
from dashboard.lookup.sounds import sounds
from warehouse.queries.directory import Directory
from warehouse.viewer import Viewer

ALL = Viewer("ceo", everything=True)


@pytest.fixture(scope="module")
def index() -> Index:
    units = pl.DataFrame(
        {
            "id": ["hq", "hz", "bj"],
            "name": ["总部", "杭州", "北京"],
            "name_en": ["HQ", "Hangzhou", "Beijing"],
            "manager_id": ["ceo", "p1", ""],
            "closed": [0, 0, 0],
            "path": [["hq"], ["hq", "hz"], ["hq", "bj"]],
        }
    )
    people = pl.DataFrame(
        {
            "id": ["ceo", "p1", "p2", "p3"],
            "name": ["周红", "张伟", "单雄信", "张薇"],
            "name_en": ["Zhou Hong", "Zhang Wei", "Shan Xiongxin", "Zhang Wei"],
            "unit_id": ["hq", "hz", "hz", "bj"],
        }
    )
    products = pl.DataFrame({"id": ["vms"], "name": ["视频平台"], "name_en": ["VMS"], "path": [["vms"]]})
    customers = pl.DataFrame(
        {"id": ["c1", "c2"], "name": ["杭州地铁", "北京银行"], "name_en": ["Metro", "Bank"], "owner_id": ["p2", "p3"]}
    )
    return index_of(Directory(date(2026, 11, 26), units, products, people, customers))


def found(index: Index, typed: str, viewer: Viewer = ALL) -> list[str]:
    return [entry.id for entry in index.find(viewer, typed)]


@pytest.mark.parametrize("typed", ["杭州", "hangzhou", "HZ", "hang zhou", "Ｈｚ"])
def test_a_unit_is_found_however_it_is_called_and_comes_first(index: Index, typed: str) -> None:
    assert found(index, typed)[0] == "hz"


def test_what_begins_so_comes_before_what_merely_holds_it(index: Index) -> None:
    assert found(index, "zw") == ["p1", "p3"]
    assert found(index, "zhang") == ["p1", "p3"]
    assert found(index, "ditie") == ["c1"]


def test_a_surname_sounds_as_surnames_do(index: Index) -> None:
    assert sounds("单雄信", is_person=True) == ("shan xiong xin", "sxx")
    assert found(index, "shanxiong") == ["p2"]


def test_a_scope_holds_its_units_its_people_and_their_customers(index: Index) -> None:
    manager = Viewer("p1", unit_ids=frozenset({"hz"}))
    assert found(index, "zhang", manager) == ["p1"]
    assert found(index, "北京", manager) == []
    assert found(index, "地铁", manager) == ["c1"]
    assert found(index, "vms", manager) == ["vms"]
    rep = Viewer("p2", own_rows=True)
    assert found(index, "zhang", rep) == []
    assert found(index, "地铁", rep) == ["c1"]
    assert found(index, "杭州", rep) == ["c1"]
    assert found(index, "a", Viewer.nobody("x")) == []


def test_nothing_typed_finds_nothing(index: Index) -> None:
    assert found(index, "  ") == []
