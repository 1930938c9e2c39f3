"""Money of other currencies, in the one the company reports in."""

from bisect import bisect_right
from datetime import date
from decimal import Decimal

from ingest.settings import CompanySettings


class NoRate(ValueError):
    """An amount in a currency for which no rate holds on its day."""


class Exchange:
    """Dated rates into the reporting currency."""

    def __init__(self, company: CompanySettings) -> None:
        self.reporting = company.currency
        self._rates: dict[str, list[tuple[date, Decimal]]] = {}
        for rate in sorted(company.rates, key=lambda rate: rate.valid_from):
            self._rates.setdefault(rate.currency, []).append((rate.valid_from, rate.rate))

    def is_own(self, currency: str | None) -> bool:
        """Whether amounts are in the reporting currency as they come."""
        return currency is None or currency == self.reporting

    def rate(self, currency: str | None, day: date) -> Decimal | None:
        """What to multiply with; None for the reporting currency itself. Raises `NoRate`."""
        if currency is None or self.is_own(currency):
            return None
        dated = self._rates.get(currency, [])
        at = bisect_right(dated, day, key=lambda pair: pair[0])
        if at == 0:
            raise NoRate(
                f"no rate from {currency} to {self.reporting} on {day}; add one to ONEBOARD_COMPANY_RATES and replay"
            )
        return dated[at - 1][1]


def converted(amount: int, rate: Decimal | None) -> int:
    """A scaled amount at a rate, rounded half even to 1/10,000."""
    return amount if rate is None else int((amount * rate).to_integral_value())
