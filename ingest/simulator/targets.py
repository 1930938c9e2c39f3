"""What units, people and products shall reach, in three tiers."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ingest.calendar import Period
from ingest.events import Slice, Target
from ingest.fields import TargetPolicy, TargetTier
from ingest.simulator.build import built
from ingest.simulator.company import Amounts, Company
from ingest.simulator.org import HOURS_BEFORE_HISTORY
from ingest.simulator.pace import opening
from ingest.simulator.staff import months_of
from ingest.simulator.stories import Happening
from ingest.simulator.units import HQ

OVER_ASSIGNMENT = 1.05
"""加码: the regions' targets add up to so much of the company's, and the reps' to so much of their office's."""

TIERS = {TargetTier.FLOOR: 0.9, TargetTier.BASE: 1.0, TargetTier.STRETCH: 1.15}
BASE_ONLY = (TargetTier.BASE,)
DAYS_BEFORE_MONTH = 5


def targets(company: Company, until: date) -> Iterator[Happening]:
    """Every target told up to `until`, in order of time.

    A year's targets for units and products are told on 15 December before it, the part of a year in which history
    begins at its start; a person's targets for a month five days before it, so that people who left have none.
    Quarters and years are told where history covers them whole, people's year and quarter only for steady posts.
    """
    for told, period, for_units in sorted(_occasions(company, until), key=lambda occasion: occasion[0]):
        if for_units:
            yield from of_units(company, period, told)
        if not for_units or period.kind != "month":
            yield from _of_people(company, period, told)


def _occasions(company: Company, until: date) -> Iterator[tuple[int, Period, bool]]:
    """When which period's targets are told, and whether for units (and people, but for a month) or for people only."""
    year = company.first_day.year
    while date(year - 1, 12, 15) <= until or year == company.first_day.year:
        first = max(company.first_day, date(year, 1, 1))
        told = max(opening(date(year - 1, 12, 15)), _begins(company))
        quarters = [Period.parse(f"{year}-Q{number}") for number in (1, 2, 3, 4)]
        if first == date(year, 1, 1):
            yield told, Period.parse(str(year)), True
        for period in (
            *(quarter for quarter in quarters if quarter.start >= first),
            *months_of(first, date(year, 12, 31)),
        ):
            yield told, period, True
        year += 1
    for month in months_of(company.first_day, until + timedelta(31)):
        yield max(opening(month.start - timedelta(DAYS_BEFORE_MONTH)), _begins(company)), month, False


def _begins(company: Company) -> int:
    return opening(company.first_day) - HOURS_BEFORE_HISTORY * 3600 + 3600


def _planned(company: Company, period: Period) -> tuple[Amounts, Amounts]:
    """Business planned in the period, by post and by office."""
    months = list(months_of(period.start, period.end))
    by_post = sum((company.post_budgets(month) for month in months[1:]), company.post_budgets(months[0]))
    by_office = sum((company.office_budgets(month) for month in months[1:]), company.office_budgets(months[0]))
    return by_post, by_office


def of_units(company: Company, period: Period, told: int) -> Iterator[Happening]:
    """The period's targets of units, product lines, products, and units × line, all told at one instant."""
    _, by_office = _planned(company, period)
    by_product = company.shares * by_office[:, None]
    yield from _tiers(Slice(unit_id=HQ), period, by_office.sum() / OVER_ASSIGNMENT, told)
    for region in company.regions:
        offices = list(company.offices_in[region.index])
        yield from _tiers(Slice(unit_id=region.id), period, by_office[offices].sum(), told)
    for office in company.offices:
        yield from _tiers(Slice(unit_id=office.id), period, by_office[office.index], told)
    for index, line in enumerate(company.lines):
        of_line = [product.index for product in company.products if product.line == index]
        yield from _tiers(Slice(product_id=line.id), period, by_product[:, of_line].sum(), told)
        if period.kind != "year":
            by_line = by_product[:, of_line].sum(axis=1)
            for region in company.regions:
                cell = Slice(unit_id=region.id, product_id=line.id)
                yield from _tiers(cell, period, by_line[list(company.offices_in[region.index])].sum(), told, BASE_ONLY)
            for office in company.offices:
                cell = Slice(unit_id=office.id, product_id=line.id)
                yield from _tiers(cell, period, by_line[office.index], told, BASE_ONLY)
    for product in company.products:
        if product.index != company.effects.successor:
            wanted = by_product[:, product.index].sum()
            yield from _tiers(Slice(product_id=product.id), period, wanted, told, BASE_ONLY)


def _of_people(company: Company, period: Period, told: int) -> Iterator[Happening]:
    by_post, _ = _planned(company, period)
    for post in company.posts:
        if period.kind == "month" or post.is_steady:
            person = Slice(person_id=post.holder(period.start))
            yield from _tiers(
                person, period, by_post[post.index] * OVER_ASSIGNMENT, told, BASE_ONLY, TargetPolicy.FOLLOWS_PERSON
            )


def _tiers(
    slice: Slice,
    period: Period,
    wanted: float,
    told: int,
    tiers: Iterable[TargetTier] = tuple(TIERS),
    policy: TargetPolicy = TargetPolicy.STAYS_WITH_POST,
) -> Iterator[Happening]:
    """One target a tier, rounded to 1,000 CNY."""
    at, key = datetime.fromtimestamp(told, UTC), slice.key
    for tier in tiers:
        fields = {
            "occurred_at": at,
            "source": "planning",
            "event_id": f"{key}:{period.key}:{tier}",
            "version": 1,
            "slice": slice,
            "period": period.key,
            "tier": tier,
            "value": Decimal(round(wanted * TIERS[tier] / 1000) * 1000),
            "valid_from": period.start,
            "policy": policy,
        }
        yield told, "targets", built(Target, fields)
