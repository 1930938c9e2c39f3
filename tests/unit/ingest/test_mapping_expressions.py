"""What expressions give: exact numbers, honest dates, faults only where a row really reaches them."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mappings.columns import Column, Faults, Form, Kind, Rows
from ingest.mappings.conversions import convert
from ingest.mappings.evaluate import evaluate, evaluate_as
from ingest.mappings.functions import FUNCTIONS
from ingest.mappings.grammar import parse

Texts = list[str | None]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def rows(zone: ZoneInfo = SHANGHAI, form: Form | None = None, **columns: object) -> Rows:
    frame = pl.DataFrame(columns)
    forms = dict.fromkeys(columns, form or Form())
    maps: dict[str, dict[str, object]] = {"outcomes": {"Won": "won", "Lost": "lost"}}
    return Rows(frame, np.arange(frame.height), forms, Faults(), maps, zone)


def values(text: str, given: Rows) -> list[object]:
    found = evaluate(parse(text), given).values
    return list(found) if isinstance(found, list) else found.to_list()


def as_kind(text: str, kind: Kind, given: Rows) -> list[object]:
    found = evaluate_as(parse(text), kind, given).values
    return list(found) if isinstance(found, list) else found.to_list()


def test_prices_with_three_decimals_stay_exact() -> None:
    given_rows = rows(quantity=["3", "-1200", "0"], price=["0.001", "4.255", "12.10"], discount=["0", "0.105", "1"])
    found = values("quantity * price * (1 - discount)", given_rows)
    assert found == [Decimal("0.003"), Decimal("-4569.870"), Decimal(0)]


@given(st.lists(st.tuples(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**6), 10**6, places=6)), min_size=1))
def test_products_and_sums_are_those_of_exact_arithmetic(pairs: list[tuple[Decimal, Decimal]]) -> None:
    given_rows = rows(a=[str(a) for a, _ in pairs], b=[str(b) for _, b in pairs])
    assert values("a * b + a - b", given_rows) == [a * b + a - b for a, b in pairs]


def test_missing_makes_missing_in_arithmetic_and_false_in_conditions() -> None:
    given_rows = rows(a=["1", None], b=["2", "3"])
    assert values("a + b", given_rows) == [Decimal(3), None]
    assert values("a = 1", given_rows) == [True, False]
    assert values("a != 1", given_rows) == [False, True]
    assert values("not a > 5 and b = 3", given_rows) == [False, True]
    assert values("coalesce(a, b, 0)", given_rows) == ["1", "3"]
    assert values("concat(a, '-', b)", given_rows) == ["1-2", None]


def test_a_branch_is_worked_out_only_for_the_rows_that_reach_it() -> None:
    given_rows = rows(price=["n/a", "2.50", "x"])
    assert as_kind("when(price = 'n/a', 0, number(price))", Kind.NUMBER, given_rows) == [0, Decimal("2.50"), None]
    assert given_rows.faults.messages == {2: "'x' is not a number"}


def test_and_and_or_stop_where_they_are_decided() -> None:
    given_rows = rows(kind=["gift", "sale"], price=["none", "2"])
    assert values("kind = 'sale' and number(price) > 1", given_rows) == [False, True]
    assert values("kind = 'gift' or number(price) > 1", given_rows) == [True, True]
    assert given_rows.faults.messages == {}


def test_divisions_by_zero_and_texts_that_are_no_numbers_are_faults_of_their_rows() -> None:
    given_rows = rows(a=["1", "2", "three"], b=["0", "8", "1"])
    assert values("a / b", given_rows) == [None, Decimal("0.25"), None]
    assert given_rows.faults.messages == {0: "division by zero", 2: "'three' is not a number"}


@pytest.mark.parametrize(
    ("form", "text", "number"),
    [
        (Form(decimal=",", thousands="."), "-1.234.567,89", "-1234567.89"),
        (Form(thousands=","), "1,234.5", "1234.5"),
        (Form(thousands=" "), " 12 345 ", "12345"),
        (Form(), "1e3", "1000"),
        (Form(), "+.5", "0.5"),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(form: Form, text: str, number: str) -> None:
    assert values("number(a)", rows(form=form, a=[text])) == [Decimal(number)]


@pytest.mark.parametrize(
    ("form", "text"), [(Form(thousands=","), "1,23"), (Form(), "1,234"), (Form(decimal=","), "1.5,2"), (Form(), "£3")]
)
def test_numbers_written_otherwise_are_faults_and_no_guess(form: Form, text: str) -> None:
    given_rows = rows(form=form, a=[text])
    assert values("number(a)", given_rows) == [None]
    assert "is not a number" in given_rows.faults.messages[0]


def test_iso_dates_and_times_are_read_without_being_told_how() -> None:
    texts = ["2026-11-02", "2026-11-02 09:30:00", "2026-11-02T09:30:00.25", "2026-11-02 09:30", " 2026-11-02T01:30:00Z",
             "2026-11-02T09:30:00+0530", None]  # fmt: skip
    found = as_kind("time(a)", Kind.TEXT, rows(a=texts))
    assert found == [
        "2026-11-01T16:00:00Z",
        "2026-11-02T01:30:00Z",
        "2026-11-02T01:30:00.250Z",
        "2026-11-02T01:30:00Z",
        "2026-11-02T01:30:00Z",
        "2026-11-02T04:00:00Z",
        None,
    ]


def test_patterns_are_tried_in_their_order() -> None:
    form = Form(dates=("%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y年%m月%d日"))
    found = as_kind(
        "date(a)", Kind.TEXT, rows(form=form, a=["2/11/2026", "02/11/2026 23:30", "2026年11月2日", "31/02/2026"])
    )
    assert found == ["2026-11-02", "2026-11-02", "2026-11-02", None]


def test_a_date_that_does_not_exist_is_a_fault() -> None:
    given_rows = rows(a=["2026-02-30", "soon"])
    assert values("date(a)", given_rows) == [None, None]
    assert given_rows.faults.messages[0] == "'2026-02-30' is not a date written as 2026-11-02 or 2026-11-02 09:30:00"


def test_hours_that_come_twice_or_never_are_settled_the_same_way_every_time() -> None:
    london = ZoneInfo("Europe/London")
    found = as_kind("time(a)", Kind.TEXT, rows(zone=london, a=["2010-10-31 01:30:00", "2010-03-28 01:30:00"]))
    assert found == ["2010-10-31T00:30:00Z", "2010-03-28T01:30:00Z"]


def test_a_day_in_an_expression_is_compared_as_a_day() -> None:
    form = Form(dates=("%d.%m.%Y",))
    assert values("a >= 2026-11-02", rows(form=form, a=["01.11.2026", "02.11.2026", None])) == [False, True, False]


def test_the_day_of_an_instant_is_the_local_one() -> None:
    assert as_kind("date(a)", Kind.TEXT, rows(a=["2026-11-02T20:00:00Z"])) == ["2026-11-03"]


def test_columns_that_come_typed_are_used_as_they_are() -> None:
    given_rows = rows(price=[6.95, 12.0, None], count=[3, 4, 5], id=[17.0, 18.0, None])
    assert values("price * count", given_rows) == [Decimal("20.85"), Decimal(48), None]
    assert as_kind("id", Kind.TEXT, given_rows) == ["17", "18", None]


def test_maps_say_what_they_do_not_know() -> None:
    given_rows = rows(status=["Won", "Lots", None])
    assert values("map(status, 'outcomes')", given_rows) == ["won", None, None]
    assert given_rows.faults.messages == {1: "'Lots' is not in maps.outcomes. Did you mean \"Lost\"?"}
    assert values("map(status, 'outcomes', 'open')", rows(status=["Won", "Lots", None])) == ["won", "open", "open"]


CASES = {
    "concat(a, '-', b)": ["x y-7", "é-8"],
    "lower('ABC')": ["abc", "abc"],
    "upper(a)": ["X Y", "É"],
    "strip(concat(' ', a, ' '))": ["x y", "é"],
    "replace(a, 'x', 'z')": ["z y", "é"],
    "starts_with(a, 'x')": [True, False],
    "ends_with(a, 'y')": [True, False],
    "contains(a, ' ')": [True, False],
    "left(a, 1)": ["x", "é"],
    "right(a, 1)": ["y", "é"],
    "part(a, ' ', 2)": ["y", None],
    "pad(b, 3)": ["007", "008"],
    "length(a)": [3, 1],
    "slug('Dr. Ada Müller')": ["dr-ada-müller", "dr-ada-müller"],
    "text(b)": ["7", "8"],
    "when(b = 7, 'seven')": ["seven", None],
    "coalesce(c, a)": ["x y", "given"],
    "map(a, 'outcomes', a)": ["x y", "é"],
    "missing(c)": [True, False],
    "given(c)": [False, True],
    "number(b)": [7, 8],
    "round(2.345, 2)": [Decimal("2.35"), Decimal("2.35")],
    "abs(0 - number(b))": [7, 8],
    "least(b, 7.5)": [7, Decimal("7.5")],
    "greatest(b, 7.5)": [Decimal("7.5"), 8],
    "text(date('02.11.2026', '%d.%m.%Y'))": ["2026-11-02", "2026-11-02"],
    "text(time('2026-11-02 08:00:00'))": ["2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z"],
    "text(at('2026-11-02', '18:00'))": ["2026-11-02T10:00:00Z", "2026-11-02T10:00:00Z"],
    "text(add_days('2026-02-27', b))": ["2026-03-06", "2026-03-07"],
    "text(epoch('1793577600123', 'ms'))": ["2026-11-02T00:00:00.123Z", "2026-11-02T00:00:00.123Z"],
    "month('2026-11-02')": ["2026-11", "2026-11"],
    "quarter('2026-11-02')": ["2026-Q4", "2026-Q4"],
    "year('2026-11-02')": ["2026", "2026"],
    "stamp('2026-11-02T00:00:00Z')": [1793577600000000, 1793577600000000],
    "row()": [1, 2],
    "file()": ["deals", "deals"],
}


@pytest.mark.parametrize("text", CASES)
def test_every_function_does_what_its_row_says(text: str) -> None:
    given_rows = rows(a=["x y", "é"], b=["7", "8"], c=[None, "given"])
    frame = given_rows.frame.with_columns(
        pl.Series("\x00row", [1, 2]), pl.Series("\x00file", ["deals.csv.gz", "deals.csv"])
    )
    prepared = Rows(frame, given_rows.positions, given_rows.forms, Faults(), given_rows.maps, SHANGHAI)
    assert values(text, prepared) == CASES[text]
    assert prepared.faults.messages == {}


def test_no_function_is_left_out_above() -> None:
    tried = {name for text in CASES for name in FUNCTIONS if f"{name}(" in text}
    assert tried == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("round(a, 2)", "9.9E+90 is too large"),
        ("round(2, a)", "2 is too large"),
        ("add_days('2026-11-02', a)", "days from 2026-11-02 there is no day"),
        ("add_days('9999-12-31', 1)", "1 days from 9999-12-31 there is no day"),
        ("epoch(a, 'ms')", "ms after 1970 there is no time"),
        ("epoch(1, 'h')", "'h' is no unit: write 's', 'ms', 'us' or 'ns'"),
    ],
)
def test_numbers_beyond_all_measure_are_faults_of_their_row(text: str, said: str) -> None:
    given_rows = rows(a=["9.9e90"])
    assert values(text, given_rows) == [None]
    assert said in given_rows.faults.messages[0]


def test_a_length_from_the_data_does_not_fill_the_memory() -> None:
    assert values("left('abc', a)", rows(a=["1e90"])) == ["abc"]
    assert values("length(pad('7', a))", rows(a=["1e90"])) == [1_000_000]


def test_a_number_is_no_date_unless_a_pattern_says_so() -> None:
    given_rows = rows(a=[20261102])
    assert as_kind("date(a, '%Y%m%d')", Kind.TEXT, given_rows) == ["2026-11-02"]
    assert convert(Column(Kind.NUMBER, [Decimal(1)]), Kind.DAY, given_rows).values.to_list() == [None]
    assert given_rows.faults.messages == {0: "is a number, not a date"}
