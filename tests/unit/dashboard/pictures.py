"""A small company's board, stated by hand: frames as the warehouse gives them."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.plain import HTML
from dashboard.server import layout_of
from ingest.calendar import Period
from warehouse.queries.org import Node
from warehouse.standing import SCHEMA
from warehouse.viewer import Viewer

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
NOVEMBER = Period.parse("2026-11")
HQ = Node("hq", "总部", "Head office", "company", "", "m1", ("hq",))
EAST = Node("east", "华东大区", "East", "region", "hq", "m2", ("hq", "east"))


def standing(id: str, actual: str | None, target: str | None, share: float = 0.7, **more: Any) -> dict[str, Any]:
    """A row of standings, worked out from its actual and target."""
    row: dict[str, Any] = dict.fromkeys(SCHEMA)
    row |= {
        "id": id,
        "name": f"{id}名",
        "name_en": id.title(),
        "tier": "",
        "manager_id": "",
        "manager_name": "张伟",
        "manager_name_en": "Zhang Wei",
    }
    row |= {"remaining_days": 6.0, "last_year": Decimal(0), "previous": Decimal(0), "spark": [1.0, 2.0]}
    row["actual"] = None if actual is None else Decimal(actual)
    if actual is not None and target is not None:
        is_, should = float(actual), float(target)
        row |= {"target": Decimal(target), "attainment": is_ / should, "expected_share": share}
        row |= {"expected": should * share, "pace": is_ / (should * share), "gap": is_ - should * share}
        row |= {"landing": is_ + should * (1 - share), "needed_per_day": max(0.0, should - is_) / 6}
    return row | more


def standings(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def cell(unit: str, product: str, actual: str, expected: float, is_few: bool = False) -> dict[str, Any]:
    is_ = float(actual)
    pace = is_ / expected if expected else None
    amount = Decimal(actual)
    row = {"unit_id": unit, "product_id": product, "actual": amount, "expected": expected, "pace": pace}
    return row | {"gap": is_ - expected, "orders": 12.0 if is_few else 960.0, "is_few": is_few}


def days(target: str = "3000000") -> pl.DataFrame:
    """November: 50,000 a working day so far against a target met in equal steps."""
    rows, actual, expected = [], Decimal(0), 0.0
    for n in range(30):
        day = NOVEMBER.start + timedelta(days=n)
        weight = float(day.isoweekday() <= 5)
        amount = Decimal(50_000) * int(weight) if day <= TODAY else None
        actual, expected = actual + (amount or 0), expected + float(target) * weight / 21
        so_far = actual if amount is not None else None
        rows.append((day, weight, amount, so_far, expected, Decimal(target), Decimal(0)))
    names = ("day", "weight", "amount", "actual", "expected", "target", "last_year")
    return pl.DataFrame(rows, schema=list(names), orient="row")


def board(**more: Any) -> BoardState:
    """HQ in November: East ahead, North behind and most of it in VMS, South without a target."""
    head = standings(standing("hq", "1870000", "3000000"))
    parts = {
        "head": head.with_columns(pl.lit(Decimal("3150000")).cast(pl.Decimal(38, 4)).alias("children_target")),
        "tiles": pl.concat(
            [
                standings(standing("hq", "1870000", "3000000")).with_columns(metric=pl.lit("bookings")),
                standings(standing("hq", "900000", None)).with_columns(metric=pl.lit("revenue")),
                standings(standing("hq", None, None)).with_columns(metric=pl.lit("win_rate")),
            ]
        ),
        "units": standings(
            standing("north", "500000", "1200000"),
            standing("east", "1300000", "1600000"),
            standing("south", "70000", None),
            standing("unassigned", "0", None),
        ),
        "products": standings(standing("vms", "800000", None), standing("ipc", "1070000", None)),
        "cells": pl.DataFrame(
            [
                cell("north", "vms", "100000", 500_000.0),
                cell("north", "ipc", "400000", 340_000.0),
                cell("east", "vms", "700000", 600_000.0),
                cell("east", "ipc", "9000", 20_000.0, is_few=True),
            ]
        ),
        "curve": days(),
        "list": standings(standing("p1", "40000", "90000", name="李娜", name_en="Li Na")),
        "findings": None,
    }
    fields: dict[str, Any] = {"now": NOW, "today": TODAY, "period": NOVEMBER, "path": (HQ,), "parts": parts}
    viewer = Viewer("m1", "head", everything=True)
    return BoardState(**{"viewer": viewer, **fields, **more})


def misplaced(drawn: Drawn, address: Address) -> set[tuple[str, str]]:
    """What is drawn (component id, prop) and has no place on a page; plain HTML goes where nothing of Dash's stands."""
    page = layout_of(address)
    parts = {one.id: one for one in (page, *page._traverse()) if hasattr(one, "id")}
    plain = "".join(getattr(one, HTML, "") for one in page._traverse())
    places = {id for id, one in parts.items() if hasattr(one, HTML)} | set(re.findall(' id="(.*?)"', plain))
    return {
        (id, prop) for id, props in drawn.items() for prop in props if id not in (places if prop == HTML else parts)
    }
