"""Expressions as text and as trees."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mappings.grammar import Call, Constant, Name, SyntaxFault, column_names, parse, substitute


def number(text: str) -> Constant:
    return Constant(Decimal(text))


def test_products_bind_before_sums_and_sums_before_comparisons() -> None:
    tree = parse("a + b * 2 >= c or not d = 'x' and e")
    comparison = Call(">=", (Call("+", (Name("a"), Call("*", (Name("b"), number("2"))))), Name("c")))
    negated = Call("not", (Call("=", (Name("d"), Constant("x"))),))
    assert tree == Call("or", (comparison, Call("and", (negated, Name("e")))))


def test_differences_and_quotients_are_read_from_the_left() -> None:
    assert parse("a - b - c") == Call("-", (Call("-", (Name("a"), Name("b"))), Name("c")))
    assert parse("a / b / c") == Call("/", (Call("/", (Name("a"), Name("b"))), Name("c")))


def test_names_may_hold_anything_in_brackets_and_any_letters() -> None:
    assert parse("[Customer ID]") == Name("Customer ID")
    assert parse("accounts.[State or Province]") == Name("accounts.State or Province")
    assert parse("销售额") == Name("销售额")
    assert set(column_names(parse("when(a = 'b', [c d], lower(e.f))"))) == {"a", "c d", "e.f"}


def test_quotes_are_doubled_inside_their_own_kind() -> None:
    assert parse("'it''s'") == Constant("it's")
    assert parse('"a ""b"""') == Constant('a "b"')


def test_keywords_are_read_in_any_case_and_not_in_is_one() -> None:
    assert parse("a NOT IN ('x', 'y')") == Call("not", (Call("in", (Name("a"), Constant("x"), Constant("y"))),))


def test_definitions_are_put_in_their_place() -> None:
    tree = substitute(parse("net * 2"), {"net": parse("price - discount")})
    assert tree == Call("*", (Call("-", (Name("price"), Name("discount"))), number("2")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "did not expect the end here (character 1)"),
        ("a +", "did not expect the end here (character 4)"),
        ("(a", "expected ')', found the end (character 3)"),
        ("a b", "did not expect 'b' here (character 3)"),
        ("'abc", "the ' is never closed (character 1)"),
        ("[abc", "the [ is never closed (character 1)"),
        ("f(a,)", "did not expect ')' here (character 5)"),
        ("a < 2026-02-30", "there is no day 2026-02-30 (character 5)"),
        ("a # b", "cannot read '#' (character 3)"),
        ("a not b", "expected 'in' after 'not' (character 7)"),
        ("(" * 100 + "a" + ")" * 100, "nested too deeply (character 61)"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, said: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        parse(text)
    assert str(caught.value) == said


@given(st.text(alphabet="ab1.'\"[]()+-*/=<>, not in and or", max_size=40))
def test_any_text_is_either_a_tree_or_a_syntax_fault(text: str) -> None:
    with suppress(SyntaxFault):
        parse(text)
