"""Deals on their way."""

from ingest.events.base import Event, Part
from ingest.events.credits import Credits
from ingest.fields import (
    Day,
    ForecastCategory,
    Grade,
    Id,
    Money,
    Outcome,
    Route,
    Share,
)


class OpportunityLine(Part):
    """A product of a deal."""

    product_id: Id
    amount: Money


class Opportunity(Event):
    """A deal. Its stage is how far the work is, its outcome how it ended: neither is derived from the other."""

    opportunity_id: Id
    stage: Id | None = None
    outcome: Outcome = Outcome.OPEN
    opened_on: Day | None = None
    closed_on: Day | None = None
    expected_close_on: Day | None = None
    amount: Money | None = None
    lines: tuple[OpportunityLine, ...] | None = None
    probability: Share | None = None
    forecast_category: ForecastCategory | None = None
    grade: Grade | None = None
    next_step: str | None = None
    next_step_on: Day | None = None
    loss_reason: str | None = None
    competitor: str | None = None
    rep_id: Id | None = None
    office_id: Id | None = None
    product_id: Id | None = None
    customer_id: Id | None = None
    credits: Credits | None = None
    route: Route | None = None
    correction: bool = False

    @property
    def entity_id(self) -> str:
        return self.opportunity_id
