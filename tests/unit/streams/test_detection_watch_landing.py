"""What the watch says of where a month ends: six offices in two regions, each with its target and its landing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl

from streams.detection.watch.facts import Facts
from streams.detection.watch.landing import MONTH_ENDS, month_ends
from tests.unit.streams.made_up import OFFICES, Sale, picture, swept
from tests.unit.streams.watched import facts, watched
from warehouse.key import Key

TARGET, APART = 10_000_000.0, 600_000.0
"""Of an office; `APART` is from its landing to the upper end of its band of 80 %."""
RULE = "landing-short"


def ends(landings: dict[str, float], apart: float = APART) -> Facts:
    """Every office ends the month at its target but those named, at that part of it; units above at the sum of theirs,
    their bands by the root of how many they are."""
    rows = {office: (TARGET, TARGET * landings.get(office, 1.0), apart) for office in OFFICES}
    for unit in (*sorted(set(OFFICES.values())), "hq"):
        own = [rows[office] for office, region in OFFICES.items() if unit in (region, "hq")]
        rows[unit] = (TARGET * len(own), sum(one[1] for one in own), apart * len(own) ** 0.5)
    frame = [(unit, target, landing, landing + high, True) for unit, (target, landing, high) in rows.items()]
    return facts(month_ends=pl.DataFrame(frame, schema=MONTH_ENDS, orient="row"))


def test_an_office_that_will_miss_its_target_is_told_with_its_manager_and_none_above_it() -> None:
    found = watched(ends({"a": 0.85}))
    assert list(found) == [(RULE, Key("a"))]
    finding = found[RULE, Key("a")]
    assert (finding.responsible_id, finding.gap, finding.kind) == ("m-a", -1_500_000, "volume")


def test_what_is_less_sure_or_smaller_is_not_told() -> None:
    assert watched(ends({"a": 0.93})) == {}  # under 95 % at about 66 %
    assert watched(ends({"a": 0.955}, apart=1_000.0)) == {}  # for sure above 95 %
    small = ends({"a": 0.9}, apart=1_000.0)
    tenth = small.month_ends.with_columns(pl.col("target", "landing", "high") / 100)
    assert watched(replace(small, month_ends=tenth)) == {}  # 10,000 is no finding


def test_a_region_that_misses_alike_is_one_finding_of_its_own_manager() -> None:
    of_east = [office for office, region in OFFICES.items() if region == "east"]
    found = watched(ends(dict.fromkeys(of_east, 0.91)))
    assert list(found) == [(RULE, Key("east"))]
    assert found[RULE, Key("east")].responsible_id == "m-east"


def test_a_unit_with_days_of_its_own_is_not_judged_and_what_all_miss_is_nobodys_who_misses_no_more() -> None:
    seen = ends({"a": 0.85})
    away = seen.month_ends.with_columns(is_judged=pl.col("unit_id") != "a")
    assert (RULE, Key("a")) not in watched(replace(seen, month_ends=away))
    alike = ends(dict.fromkeys(OFFICES, 0.93), apart=2_000_000.0)
    assert watched(alike) == {}  # that the company misses is not sure enough, and nobody misses more than it


def test_everybody_alike_is_the_heads() -> None:
    assert list(watched(ends(dict.fromkeys(OFFICES, 0.93)))) == [(RULE, Key("hq"))]


def test_what_is_told_of_the_pace_is_not_told_again_and_explains_those_above() -> None:
    gone = swept(lambda day, office, product, rep: 0.0 if office == "a" and day.month == 11 else 1.0)
    (finding,) = (one for one in gone.values() if one.slice.unit_id == "a" and not one.slice.product_id)
    seen = ends({"a": 0.2})
    assert list(watched(seen)) == [(RULE, Key("a"))]
    assert watched(replace(seen, told=[finding])) == {}


def test_what_is_told_of_a_product_explains_what_units_below_miss_by_it() -> None:
    fell: Sale = lambda day, office, product, rep: (  # noqa: E731
        0.3 if day.month == 11 and OFFICES[office] == "east" and product in ("p3", "p4") else 1.0
    )
    (finding,) = swept(fell).values()
    assert (finding.slice.unit_id, finding.slice.product_id) == ("east", "nvr")
    told = finding.model_copy(update={"gap": Decimal(-6_000_000)})
    of_east = {office: 0.8 if region == "east" else 1.0 for office, region in OFFICES.items()}
    assert watched(ends(of_east))
    assert watched(replace(ends(of_east), told=[told])) == {}


def test_it_stands_until_it_is_no_longer_likely() -> None:
    (first,) = watched(ends({"a": 0.9})).values()
    assert watched(ends({"a": 0.935})) == {}
    for landing, said in ((0.935, "open"), (0.97, "resolved")):
        (word,) = watched(replace(ends({"a": landing}), told=[first]), words=[first]).values()
        assert word.state == said  # it is told anew while it stands, for by a tenth less is missing


def test_without_a_baseline_nothing_is_known_of_landings() -> None:
    assert month_ends(picture(lambda day, office, product, rep: 1.0)).is_empty()


def test_a_landing_that_is_known_for_sure_needs_no_band() -> None:
    assert list(watched(ends({"a": 0.9}, apart=0.0))) == [(RULE, Key("a"))]
