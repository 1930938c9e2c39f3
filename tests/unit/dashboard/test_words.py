"""How periods are called where the fiscal year is not the calendar's, and days of another year."""

from datetime import date

import pytest

from dashboard.words import day_name, page_of, period_name
from ingest.period import Period
from ingest.settings import CompanySettings


def test_a_fiscal_year_is_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ingest.period", "dashboard.words"):
        monkeypatch.setattr(f"{module}.company", lambda: CompanySettings(fiscal_year_starts=4))
    names = [
        (period_name(Period.parse(key), "zh"), period_name(Period.parse(key), "en")) for key in ("2026", "2026-Q4")
    ]
    assert names == [("2026财年", "FY2026"), ("2026财年四季度", "Q4 FY2026")]
    assert period_name(Period.parse("2027-01"), "en") == "Jan 2027"


def test_a_day_of_another_year_is_called_with_its_year() -> None:
    last_year, this_year = date(2025, 12, 9), date(2026, 1, 8)
    with page_of(date(2026, 3, 1)):
        assert [day_name(day, "zh") for day in (last_year, this_year)] == ["2025年12月9日", "1月8日"]
        assert [day_name(day, "en") for day in (last_year, this_year)] == ["9 Dec 2025", "8 Jan"]
        assert period_name(Period.read("2025-12-30..2026-01-08"), "en") == "30 Dec 2025–8 Jan"
    with page_of(date(2025, 12, 31)):
        assert [day_name(day, "en") for day in (last_year, this_year)] == ["9 Dec", "8 Jan 2026"]
    assert period_name(Period.read("2025-12-09"), "zh") == "2025年12月9日"
