"""A mapping that is wrong is told at once, wholly, with the line and the word that was meant."""

from pathlib import Path

import pytest

from ingest.errors import MappingError
from ingest.importer.run import run_import
from ingest.mappings.mapping import compile_text
from ingest.mappings.places import line_of, lines_of

RIGHT = """\
[source]
name = "shop"
timezone = "Asia/Shanghai"

[[files]]
name = "lines"
path = "orders.csv"

[[emit]]
topic = "orders"
from = "lines"
when = "Pieces > 0"
[emit.fields]
order_id = "Order"
occurred_at = "Date"
amount = "Pieces * Price"

[maps.kinds]
S = "standard"
"""


def said(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        compile_text(text, "shop.toml")
    return str(caught.value)


def test_a_right_mapping_is_read() -> None:
    compiled = compile_text(RIGHT)
    assert [rule.name for rule in compiled.rules] == ["orders 1"]
    assert set(compiled.rules[0].tree.members) == {"source", "version", "order_id", "occurred_at", "amount"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "shop"', 'name = "shop', "line 2: not TOML at column 13: Illegal character"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Shanghaii"', "line 3: source.timezone: there is no time zone"),
        ('path = "orders.csv"', 'pat = "orders.csv"', 'line 7: files.1.pat: unknown key. Did you mean "path"?'),
        ('path = "orders.csv"', "", "line 5: files.1.path: is required"),
        ('topic = "orders"', 'topic = "oders"', "line 10: emit 1: there is no topic 'oders'. Did you mean \"orders\"?"),
        ('topic = "orders"', 'topic = "findings"', "line 10: emit 1: there is no topic 'findings'."),
        ('topic = "orders"', 'topic = "org"', "line 9: emit 1: set.kind says what an org event is about: unit, person"),
        ('from = "lines"', 'from = "line"', "line 11: emit 1: there is no file 'line'. Did you mean \"lines\"?"),
        ('when = "Pieces > 0"', 'wen = "Pieces > 0"', 'unknown key. Did you mean "when"?'),
        (
            'when = "Pieces > 0"',
            'when = "Pieces >"',
            "line 12: emit 1, when: did not expect the end here (character 9)",
        ),
        ('amount = "Pieces', 'ammount = "Pieces', "orders has no field 'ammount'. Did you mean \"amount\"?"),
        ('amount = "Pieces', 'ammount = "Pieces', "line 9: emit 1: orders needs amount"),
        ('order_id = "Order"', 'order_id = "uper(Order)"', "there is no function 'uper'. Did you mean \"upper\"?"),
        ('order_id = "Order"', 'order_id = "left(Order)"', "left takes other arguments: left(a, n)"),
        ('order_id = "Order"', "order_id = \"map(Order, 'kind')\"", 'there is no [maps.kind]. Did you mean "kinds"?'),
        ('order_id = "Order"', 'order_id = ["Order"]', "fields.order_id: is one value, not a list or a table"),
        ('order_id = "Order"', 'order_id = "Order"\ncredits = "Rep"', "fields.credits: is a list: write [ { … }, … ]"),
        (
            'order_id = "Order"',
            'order_id = "Order"\ncredits = [{ persn_id = "Rep" }]',
            "there is no part 'persn_id'. Did you mean \"person_id\"?",
        ),
        ("[emit.fields]", "set = { amount = 1 }\n[emit.fields]", "fields.amount: is given in set and in fields"),
        ("[maps.kinds]", "[emit.extra]\namount = 'Price'\n[maps.kinds]", "orders knows 'amount': put it under fields"),
    ],
)
def test_a_wrong_key_or_word_is_named_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in RIGHT
    assert problem in said(RIGHT.replace(old, new))


def test_every_problem_is_told_at_once() -> None:
    text = said(
        RIGHT.replace("Pieces >", "Pieces >> ").replace('"Order"', '"lowr(Order)"').replace("amount =", "amont =")
    )
    assert "shop.toml has 4 problem(s):" in text


def test_a_joined_table_must_stand_above() -> None:
    joined = RIGHT.replace('path = "orders.csv"', 'path = "orders.csv"\njoins = [{ file = "rep", on = "Rep" }]')
    assert "line 8: files lines, joins: there is no file 'rep'. Known: lines." in said(joined)
    below = joined.replace("[[emit]]", '[[files]]\nname = "rep"\npath = "rep.csv"\n\n[[emit]]')
    assert "line 8: files lines, joins: the file 'rep' must stand above this one" in said(below)


def wrong_with_data(tmp_path: Path, mapping: str, **files: str) -> str:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "shop.toml").write_text(mapping, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        run_import(tmp_path / "shop.toml", tmp_path, dry_run=True)
    return str(caught.value)


def test_unknown_columns_are_told_with_the_line_and_the_near_one(tmp_path: Path) -> None:
    text = wrong_with_data(tmp_path, RIGHT, orders="Order,Day,Pieces,Prise\n1,2026-01-01,1,1\n")
    assert "has 2 problem(s)" in text
    assert "line 15: orders 1, occurred_at: there is no column 'Date' in lines." in text
    assert "line 16: orders 1, amount: there is no column 'Price' in lines. Did you mean \"Prise\"?" in text


def test_a_wrong_separator_is_guessed_at_once(tmp_path: Path) -> None:
    text = wrong_with_data(tmp_path, RIGHT, orders="Order;Date;Pieces;Price\n1;2026-01-01;1;1\n")
    assert text.splitlines() == [
        "shop.toml has 1 problem(s):",
        "  line 5: files lines: there is only one column, 'Order;Date;Pieces;Price', and no 'Pieces', 'Order', 'Date', "
        "'Price': is `separator` right?",
    ]


def test_what_is_wrong_with_the_mapping_and_what_its_files_lack_is_told_at_once(tmp_path: Path) -> None:
    wrong = RIGHT.replace('* Price"', '* Prise"\nquantitty = "Pieces"')
    text = wrong_with_data(tmp_path, wrong, orders="Order,Date,Pieces,Price\n1,2026-01-01,1,1\n")
    assert "has 2 problem(s)" in text
    assert "orders has no field 'quantitty'. Did you mean \"quantity\"?" in text
    assert "there is no column 'Prise' in lines. Did you mean \"Price\"?" in text


def test_what_cannot_be_joined_hides_nothing_else_and_is_blamed_for_nothing_else(tmp_path: Path) -> None:
    joins = 'joins = [{ file = "reps", on = "Nobody" }]\n'
    reps = '[[files]]\nname = "reps"\npath = "reps.csv"\n\n[[files]]\n'
    wrong = RIGHT.replace("[[files]]\n", reps).replace('path = "orders.csv"\n', f'path = "orders.csv"\n{joins}')
    wrong = wrong.replace("* Price", "* Prise * reps.share")
    assert wrong.count("reps.share") == 1
    text = wrong_with_data(
        tmp_path, wrong, orders="Order,Date,Pieces,Price\n1,2026-01-01,1,1\n", reps="Rep,share\n1,2\n"
    )
    assert "there is no column 'Nobody' in lines." in text
    assert "there is no column 'Prise' in lines." in text
    assert "reps.share" not in text


def test_a_file_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    text = wrong_with_data(tmp_path, RIGHT, order="Order\n")
    assert "line 7: files lines: no file 'orders.csv'" in text
    assert 'Did you mean "order.csv"?' in text


def test_a_path_does_not_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("Order\n1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    text = wrong_with_data(inside, RIGHT.replace("orders.csv", "../secret.csv"))
    assert "no file '../secret.csv'" in text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "the file is empty"),
        ("Order,Date,Order\n", "the header has 'Order' twice"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    assert problem in wrong_with_data(tmp_path, RIGHT, orders=content)


def test_lines_are_found_for_tables_in_tables_and_inline_keys() -> None:
    lines = lines_of(RIGHT)
    assert lines["files", 0, "path"] == 7
    assert lines["emit", 0, "fields", "amount"] == 16
    assert lines["maps", "kinds", "S"] == 19
    assert line_of(lines, ("emit", 0, "fields", "slice", "unit_id")) == 13
    assert line_of(lines, ("nowhere",)) is None
