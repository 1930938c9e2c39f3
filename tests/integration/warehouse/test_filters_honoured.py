"""No filter is ever dropped silently: each part of the board counts what it leaves, or says that it cannot."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import polars as pl
import pytest

from dashboard import asking, board, connection
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.view_state import ViewState
from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.measures import TABLES
from warehouse.metrics import METRICS
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)
DAY = "2026-11-10"
FILTERS = {"unit": "hz", "rep": "ann", "product": "vms", "customer": "c1", "segment": "bank", "route": "online"}
INSIDE = {"office_id": "hz", "rep_id": "ann", "product_id": "vms", "customer_id": "c1", "route": "online"}
OUTSIDE = {"unit": "office_id", "rep": "rep_id", "product": "product_id", "customer": "customer_id", "route": "route"}
OF_A_TABLE = ("bookings", "collections", "won_amount", "open_pipeline", "visits")
ADDED_UP = {"units": "actual", "products": "actual", "cells": "actual"}


def write(books: Books, number: int, size: int, **ids: str) -> None:
    """A row of every table under those ids, every measure `size`, twice for what is made of a difference."""
    for table, shape in TABLES.items():
        sums = {name: size * (1 if name.startswith("returned") else 2) for name in shape.measures}
        kept = {name: value for name, value in ids.items() if name in shape.columns}
        entity = {name: f"{name}-{number}" for name in ("order_id", "opportunity_id") if name in shape.columns}
        money = {n: Decimal(v) if shape.columns[n].startswith("Decimal") else v for n, v in sums.items()}
        books.change(table, DAY, **kept, **entity, **money)


@pytest.fixture
async def shown(books: Books, asked: AsyncWarehouse) -> AsyncIterator[None]:
    """The dashboard over the books."""
    books.units({"hq": "hq", "hz": "hq/hz", "nb": "hq/nb"})
    books.products({"all": "all", "vms": "all/vms", "ipc": "all/ipc"})
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "hz"})
    books.customers(c1={"segment": "bank"}, c2={"segment": "school"}, c3={"segment": "bank"})
    connection.connect()
    await connection.go_on_in(AsyncWarehouse(asked.settings))
    yield
    await connection.disconnect()


async def load(state: ViewState, lane: str) -> tuple[BoardState, dict[str, Any]]:
    address = Address("/", state)
    found = await asking.load(ALL, address, board.parts(address)[lane], NOW)
    return found, board.draw(found, address, lane)


def tile(drawn: dict[str, Any]) -> str:
    """The chosen tile's words."""
    (html,) = re.findall(r'class="tile tile-on".*?</a>', drawn["tiles--row"]["data-html"], re.DOTALL)
    value = re.findall(r'tile-value num"[^>]*>(.*?)<', html)[0]
    return unescape(value) + (" · " + re.sub("<[^>]+>", "", html.split("tile-foot")[-1]) if value == "–" else "")


def outside(books: Books, name: str) -> None:
    """What the filter of that name leaves out, and no other filter would."""
    column = OUTSIDE.get(name, "customer_id")
    others = {"office_id": "nb", "rep_id": "bob", "product_id": "ipc", "customer_id": "c3", "route": "direct"}
    write(books, 2, 50, **{**INSIDE, column: "c2" if name in ("segment", "customer") else others[column]})
    connection.answers().clear()


@pytest.fixture(scope="module")
def alone() -> dict[str, str]:
    """What the tile of each metric says of what lies inside every filter, where there is nothing else: asked once."""
    return {}


@pytest.mark.parametrize("name", FILTERS)
async def test_every_tile_counts_what_a_filter_leaves_or_says_that_it_cannot(
    books: Books, shown: None, name: str, alone: dict[str, str]
) -> None:
    write(books, 1, 1, **INSIDE)
    for metric in METRICS.keys() - alone.keys():
        alone[metric] = tile((await load(ViewState(metric=metric, lang="en"), "tiles"))[1])
    outside(books, name)
    for metric in METRICS:
        said = tile((await load(ViewState(metric=metric, lang="en", **{name: FILTERS[name]}), "tiles"))[1])
        assert said == alone[metric] or f"is not counted by {name}" in said, (metric, said, alone[metric])


@pytest.mark.parametrize("name", FILTERS)
async def test_every_picture_counts_what_a_filter_leaves_or_says_that_it_cannot(
    books: Books, shown: None, name: str
) -> None:
    write(books, 1, 1, **INSIDE)
    outside(books, name)
    for metric in OF_A_TABLE:
        state = ViewState(metric=metric, lang="en", listing="customers", **{name: FILTERS[name]})
        everything = ViewState(metric=metric, lang="en", listing="customers")
        _, drawn = await load(state, "pictures")
        for key, lane in {"units": "pictures", "products": "pictures", "cells": "pictures", "list": "list"}.items():
            (part, _), (whole, _) = await load(state, lane), await load(everything, lane)
            if key in part.unanswerable:
                assert part.unanswerable[key].by, (metric, key)
                continue
            has, of_all = sum_of(part.frame(key)), sum_of(whole.frame(key))
            shows_all = key in _noted(drawn, name)
            assert (has < of_all) != shows_all, (metric, key, has, of_all)
        cut, _ = await load(state, "cuts")
        for key in {"route", "segment"} - {name}:
            assert key in cut.unanswerable or float(cut.frame(key)[metric].sum()) < 100, (metric, key)


@pytest.mark.parametrize("name", ["unit", "rep", "product", "customer", "segment", "deal"])
async def test_what_there_is_not_is_named_and_no_zero_is_drawn_for_it(books: Books, shown: None, name: str) -> None:
    write(books, 1, 1, **INSIDE)
    found, drawn = await load(ViewState(**{name: "nonsense"}), "tiles")  # type: ignore[arg-type]
    assert found.unknown == (name,)
    assert drawn == {}


async def test_what_came_without_a_word_of_the_organisation_is_there_all_the_same(books: Books, shown: None) -> None:
    write(books, 1, 1, **{**INSIDE, "rep_id": "zoe", "customer_id": "c9"})
    known = ViewState(rep="zoe", customer="c9", product="vms", segment="school")
    assert (await load(known, "tiles"))[0].unknown == ()
    assert (await load(ViewState(unit="unassigned"), "tiles"))[0].unknown == ()


def sum_of(frame: pl.DataFrame) -> float:
    return float(frame["actual"].sum()) if len(frame) else 0.0


def _noted(drawn: dict[str, Any], name: str) -> set[str]:
    """The parts that say they show more than the filter leaves: the reps beside one, the products beside one."""
    text = {part: drawn[f"{part}--head"]["data-html"] for part in ("units", "heat")}
    noted = {"units"} if "all reps of the unit" in text["units"] else set()
    if "all reps of the unit" in text["heat"] or "all products beside it" in text["heat"]:
        noted |= {"cells"} | ({"products"} if name == "product" else set())
    return noted


@pytest.mark.usefixtures("shown")
async def test_a_rep_whom_no_unit_knows_stands_alone_and_one_of_a_unit_beside_its_others(books: Books) -> None:
    write(books, 1, 100, **{**INSIDE, "rep_id": "stranger"})
    for rep, beside in (("stranger", {"stranger"}), ("ann", {"ann", "bob", "stranger"})):
        found, _ = await load(ViewState(lang="en", rep=rep), "pictures")
        assert set(found.frame("units")["id"]) == beside
        assert "bob" not in set(found.frame("cells")["unit_id"])
