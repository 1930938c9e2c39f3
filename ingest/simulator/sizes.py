"""How large the fictional company is."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class CompanySize:
    """Counts of the company; `per_rep_month` figures are averages over all reps.

    `deals_share` is the share of orders that come out of a deal; for each deal won, 1.2 more are lost or given up.
    `revenue_per_rep` is in CNY a year. History is the month of today and the `months` - 1 before it.
    """

    regions: int
    offices: int
    reps: int
    lines: int
    products: int
    months: int
    orders_per_rep_month: float
    deals_share: float
    activities_per_rep_month: float
    customers_per_rep: int
    revenue_per_rep: int = 6_000_000

    def __post_init__(self) -> None:
        if self.regions < 2 or self.offices < self.regions + 3 or self.reps < 4 * self.offices:
            raise ValueError("a company needs two regions, three offices more than regions, and four reps an office")
        if not 2 <= self.lines <= 12 or not 4 * self.lines <= self.products <= 10 * self.lines:
            raise ValueError("a company has 2 to 12 product lines with 4 to 10 products each")
        if self.months < 3:
            raise ValueError("three months of history are the least: the planted problems begin 25 working days ago")


SIZES: dict[str, CompanySize] = {
    "small": CompanySize(
        regions=2,
        offices=6,
        reps=24,
        lines=2,
        products=8,
        months=3,
        orders_per_rep_month=8,
        deals_share=0.4,
        activities_per_rep_month=20,
        customers_per_rep=5,
    ),
    "medium": CompanySize(
        regions=8,
        offices=40,
        reps=400,
        lines=6,
        products=30,
        months=14,
        orders_per_rep_month=2.8,
        deals_share=0.2,
        activities_per_rep_month=5,
        customers_per_rep=5,
    ),
    "full": CompanySize(
        regions=31,
        offices=208,
        reps=6_000,
        lines=12,
        products=120,
        months=14,
        orders_per_rep_month=6.5,
        deals_share=0.22,
        activities_per_rep_month=115,
        customers_per_rep=12,
    ),
}
SIZES["broad"] = replace(SIZES["full"], months=5, activities_per_rep_month=23, customers_per_rep=3)
"""`small` is for tests, `medium` for a look within a minute, `full` what oneboard is built for and a demo shows;
`broad` is as large with a short past, few visits and few customers, for what is measured."""
