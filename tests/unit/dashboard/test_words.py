"""How periods are called where the fiscal year is not the calendar's."""

import pytest

from dashboard.words import period_name
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
