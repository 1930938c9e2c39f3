"""Where every node of a version stands by what came until now: due, landing, intervals. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from warehouse.baseline import month
from warehouse.baseline.adding_up import Floats
from warehouse.baseline.month import Landing
from warehouse.baseline.parts import Hierarchy, Name, Version
from warehouse.curve import STEPS, Curve
from warehouse.key import Key


@dataclass(frozen=True)
class Node:
    """What is expected of a node, in the reporting currency: by now, of the rest of the month, and within what.

    `low` and `high`: by how much the end may differ from `actual + rest`, 80 times of 100; `few`: its pace is chance.
    """

    due: float
    rest: float
    low: float
    high: float
    few: bool


@dataclass(frozen=True)
class Standing:
    """One hierarchy: its keys, what came of each by now, and what that means."""

    hierarchy: Hierarchy
    actual: Floats
    means: Landing


def standings(version: Version, sold: pl.DataFrame, credited: pl.DataFrame, elapsed: float) -> dict[Name, Standing]:
    """By hierarchy; `sold`: office, leaf_product, bookings and `credited`: rep, bookings of the month so far.

    What a version does not know yet, a new office say, stands nowhere.
    """
    line = _lines(version)
    latest = {one: version.latest.get(one, one) for one in sold["leaf_product"].to_list()}
    people = version.of["people"].keys if "people" in version.of else ()
    person = {key.person_id: key for key in people if key.person_id}
    came: dict[Name, dict[Key, float]] = {"cells": {}, "products": {}, "people": {}}
    for office, product, amount in sold.select("office", "leaf_product", "bookings").iter_rows():
        _add(came["cells"], Key(office, line.get(latest[product], latest[product])), amount)
        _add(came["products"], Key("", latest[product]), amount)
    for rep, amount in credited.select("rep", "bookings").iter_rows():
        _add(came["people"], person.get(rep, Key("", "", rep)), amount)
    found = {name: _standing(one, came[name], elapsed) for name, one in version.of.items()}
    if "products" in found and "cells" in found:
        found["products"] = agreeing(found["products"], found["cells"])
    return found


def _add(sums: dict[Key, float], key: Key, amount: object) -> None:
    sums[key] = sums.get(key, 0.0) + float(str(amount))


def _lines(version: Version) -> dict[str, str]:
    """By product, the line under which the crosses of units count it."""
    lines = {key.product_id for key in version.of["cells"].keys if key.product_id and not key.unit_id}
    products = version.of.get("products")
    if products is None:
        return {}
    summing, found = products.baseline.summing, dict[str, str]()
    for row in (row for row, key in enumerate(products.keys) if key.product_id in lines):
        for leaf in summing[[row]].indices.tolist():
            found[products.keys[products.leaves[leaf]].product_id] = products.keys[row].product_id
    return found


def _standing(one: Hierarchy, came: Mapping[Key, float], elapsed: float) -> Standing:
    by_leaf = np.array([came.get(one.keys[row], 0.0) for row in one.leaves])
    actual = one.baseline.summing @ by_leaf
    return Standing(one, actual, one.baseline.landing(actual, elapsed))


def agreeing(one: Standing, other: Standing) -> Standing:
    """`one` with the landings of `other` where both have a node; what lies below moves in proportion.

    So lines land alike whether they are asked of units or of products.
    """
    summing, means = one.hierarchy.baseline.summing, one.means
    row_of = {key: row for row, key in enumerate(other.hierarchy.keys)}
    rest, wanted = means.landing - one.actual, other.means.landing - other.actual
    factor = np.ones(summing.shape[1])
    for row in np.argsort(-summing.sum(axis=1), kind="stable"):  # the finest that both have decides
        there = row_of.get(one.hierarchy.keys[row])
        if there is not None and rest[row]:
            factor[summing[[row]].indices] = wanted[there] / rest[row]
    landing = one.actual + summing @ (rest[one.hierarchy.leaves] * factor)
    moved = landing - means.landing
    lower, upper = ({level: bound + moved for level, bound in side.items()} for side in (means.lower, means.upper))
    return replace(one, means=Landing(means.due, landing, lower, upper))


@dataclass(frozen=True)
class Landings:
    """What a version says as of a minute, by key: units, lines, crosses, products, people."""

    version: Version
    standings: Mapping[Name, Standing]

    @cached_property
    def _places(self) -> dict[Key, tuple[Standing, int]]:
        places: dict[Key, tuple[Standing, int]] = {}
        for one in self.standings.values():
            for row, key in enumerate(one.hierarchy.keys):
                places.setdefault(key, (one, row))
        return places

    def of(self, key: Key) -> Node | None:
        """The node of a key; that of a person whatever unit is said. None for what no version knows."""
        found = self._places.get(key) or self._people.get(key.person_id)
        if found is None:
            return None
        one, row = found
        means, landing = one.means, float(one.means.landing[row])
        return Node(
            float(means.due[row]), landing - float(one.actual[row]), float(means.lower[0.8][row]) - landing,
            float(means.upper[0.8][row]) - landing, bool(one.hierarchy.baseline.by_landing[row]),
        )  # fmt: skip

    @cached_property
    def _people(self) -> dict[str, tuple[Standing, int]]:
        return {key.person_id: place for key, place in self._places.items() if key.person_id}


def curve_of(version: Version) -> Curve:
    """The company's own shape of the month, as the version has it."""
    cells = version.of["cells"]
    whole = cells.baseline.expectation.curve[:, list(cells.keys).index(Key())]
    wanted, known = (np.linspace(0.0, 1.0, steps + 1) for steps in (STEPS, month.STEPS))
    return Curve(tuple(np.interp(wanted, known, np.maximum.accumulate(whole)).tolist()), version.months)
