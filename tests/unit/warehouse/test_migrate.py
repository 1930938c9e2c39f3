"""Statements of a file."""

from warehouse.migrate import statements_in


def test_statements_end_at_semicolons_outside_of_quotes_and_comments() -> None:
    text = "-- one; still a comment\nSELECT 'a;b', 'it''s; \\'so\\'' -- tail;\n;\n\nSELECT 2 - 1;\n-- the end"
    assert statements_in(text) == ["SELECT 'a;b', 'it''s; \\'so\\''", "SELECT 2 - 1"]
    assert statements_in("-- nothing\n") == []
