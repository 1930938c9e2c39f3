"""What the stylesheets must not do."""

from pathlib import Path

import pytest

import dashboard

SHEETS = sorted((Path(dashboard.__file__).parent / "assets").glob("*.css"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_asks_what_an_element_has_inside(sheet: Path) -> None:
    """With one `:has()` on the frame every number that changes makes Chromium style half the page anew: 15 ms each."""
    assert ":has(" not in sheet.read_text("utf-8")
