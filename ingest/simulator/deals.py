"""A deal's way: from the first talk through stages, pushes and visits to its end."""

from datetime import date, timedelta
from random import Random
from typing import Any

from ingest.events import Activity, Opportunity
from ingest.fields import STAGES, ActivityKind, ActivityStatus, ForecastCategory, Grade, Outcome, Route
from ingest.simulator.bookings import LOST_PER_WON, Deal
from ingest.simulator.company import Company
from ingest.simulator.pace import local_day, opening
from ingest.simulator.stories import Days, Step, Track, money, pick

_PROBABILITY = {"lead": 10, "qualified": 20, "solution": 40, "bid": 55, "negotiation": 75, "awarded": 90}
_FORECAST = {
    "lead": ForecastCategory.OMITTED,
    "qualified": ForecastCategory.PIPELINE,
    "solution": ForecastCategory.PIPELINE,
    "bid": ForecastCategory.BEST_CASE,
    "negotiation": ForecastCategory.COMMIT,
    "awarded": ForecastCategory.COMMIT,
}
_NEXT_STEPS = (
    "现场勘查 site survey",
    "方案交流 solution talk",
    "样机测试 trial",
    "报价 quotation",
    "高层拜访 executive visit",
)
_LOSS_REASONS = ("价格 price", "客户推迟 postponed", "方案不符 solution", "关系 relation", "竞品 competitor")
_RIVALS = ("竞品甲 Rival A", "竞品乙 Rival B", "竞品丙 Rival C")
_ENDINGS = (Outcome.LOST,) * 8 + (Outcome.ABANDONED,) * 2 + (Outcome.SUSPENDED, Outcome.DUPLICATE)
_KINDS = (
    (ActivityKind.VISIT,) * 5 + (ActivityKind.CALL,) * 2 + (ActivityKind.MEETING, ActivityKind.DEMO, ActivityKind.BID)
)
OUTCOMES = (
    "明确需求 needs clear",
    "约定下一步 next step agreed",
    "报价已交 quotation given",
    "决策人已见 met the decider",
)
DEAL_ACTIVITIES = 0.25
"""Part of all activities that speak of a deal."""
FORGOTTEN = 0.08
"""Part of the deals that nobody tends after a while: no contact any more, and a next step that goes by."""
APART_DAYS = {Grade.S: 8, Grade.A: 8, Grade.B: 12}
"""A deal that is tended is spoken of about every so many days; a small one when there is time."""


def deal_steps(company: Company, deal: Deal, customer_id: str, route: Route, rng: Random) -> list[Step]:
    """The steps of the deal before its order, activities included; none for an order without a deal."""
    days = Days(company, deal.office, rng)
    opened = days.instant(local_day(deal.at) - timedelta(deal.days_open))
    end = max(deal.at - 600, opened + 3600)
    post = company.posts[deal.post]
    amount = deal.amount * 100
    track = Track(
        "opportunities",
        Opportunity,
        f"OP{deal.key}",
        {
            "source": "crm",
            "opportunity_id": f"OP{deal.key}",
            "opened_on": local_day(opened),
            "grade": _grade(deal.amount),
            "office_id": company.offices[deal.office].id,
            "product_id": company.products[deal.product].id,
            "customer_id": customer_id,
            "route": route,
        },
    )
    silent_from = company.effects.silent_since if deal.post == company.effects.silent_post else date.max
    reached = [stage for stage in STAGES[1:5] if rng.random() < 0.55]
    if deal.fate == "lost":
        reached = reached[: rng.randrange(len(reached) + 1)]
    elif deal.days_open > 20 and rng.random() < 0.3:
        reached.append("awarded")
    stages = ["lead" if rng.random() < 0.6 else "qualified", *reached]
    instants = sorted(days.after(opened, 1, max(2, deal.days_open - 3)) for _ in reached)
    tending = Random(deal.seed)
    is_forgotten = deal.fate == "withered" or tending.random() < FORGOTTEN
    steps: list[Step] = []
    closing = local_day(end)
    for number, (at, stage) in enumerate(zip([opened, *instants], stages, strict=True)):
        if at >= end or local_day(at) >= silent_from:
            continue
        # Early versions hope for an earlier end; the last one before the end knows.
        hoped = 0 if number == len(instants) else pick(rng, (0, 0, 0, 10, 25))
        told = _at_stage(stage, local_day(at), closing, hoped, int(amount * rng.uniform(0.8, 1.25)), rng)
        if not is_forgotten:
            told["next_step_on"] = local_day([*instants, end][number]) + timedelta(1)
        steps.append((at, track, told))
    if not steps:
        steps.append((opened, track, _at_stage(stages[0], local_day(opened), closing, 0, amount, rng)))
    steps[-1][2]["amount"] = money(amount)
    steps[0][2]["rep_id"] = post.holder(local_day(steps[0][0]))
    for since, person_id in post.holders[1:]:
        if opened < opening(since) < end:
            steps.append((opening(since), track, {"rep_id": person_id}))
    steps += _ending(deal, track, end, days, rng, silent=local_day(end) >= silent_from)
    activities = _activities(company, deal, customer_id, opened, end, silent_from, days, rng)
    apart = APART_DAYS.get(_grade(deal.amount), deal.days_open)
    if _expected(company) < deal.days_open / apart - 1:  # too few to tend a deal by
        until = opened + (end - opened) // 3 if is_forgotten else end
        activities = _contacts(company, deal, customer_id, range(opened, until, apart * 86_400), silent_from, tending)
    return steps + activities


def _at_stage(stage: str, day: date, closing: date, hoped: int, amount: int, rng: Random) -> dict[str, Any]:
    return {
        "stage": stage,
        "outcome": Outcome.OPEN,
        "amount": money(amount // 10_000 * 10_000),
        "probability": money(_PROBABILITY[stage]),
        "forecast_category": _FORECAST[stage],
        "expected_close_on": max(day + timedelta(1), closing - timedelta(hoped)),
        "next_step": pick(rng, _NEXT_STEPS),
        "next_step_on": day + timedelta(rng.randint(3, 14)),
    }


def _ending(deal: Deal, track: Track, end: int, days: Days, rng: Random, silent: bool) -> list[Step]:
    if deal.fate == "won":
        won = {
            "stage": "awarded",
            "outcome": Outcome.WON,
            "closed_on": local_day(end),
            "amount": money(deal.amount * 100),
            "probability": money(100),
            "forecast_category": ForecastCategory.COMMIT,
        }
        return [(end, track, won)]
    lost = {"outcome": pick(rng, _ENDINGS), "probability": money(0), "forecast_category": ForecastCategory.OMITTED}
    if lost["outcome"] is Outcome.LOST:
        lost |= {"loss_reason": pick(rng, _LOSS_REASONS), "competitor": pick(rng, _RIVALS)}
    if deal.fate == "lost":
        return [(end, track, lost | {"closed_on": local_day(end)})]
    # Withered: pushed twice and then lost; where nobody visits any more, nothing is said of it until it is given up.
    given_up = days.after(end, 45, 60)
    steps = [(given_up, track, lost | {"outcome": Outcome.LOST, "closed_on": local_day(given_up)})]
    if not silent:
        for at in (end, days.after(end, 20, 28)):
            steps.append((at, track, {"expected_close_on": local_day(at) + timedelta(30)}))
    return steps


def _contacts(
    company: Company, deal: Deal, customer_id: str, slots: range, silent_from: date, rng: Random
) -> list[Step]:
    """What is spoken with the customer while somebody tends the deal: once a slot, in its second half."""
    days, apart = Days(company, deal.office, rng), slots.step / 86_400
    steps: list[Step] = []
    for begins in slots:
        at = days.after(begins, apart / 2, apart)
        if at < slots.stop and local_day(at) < silent_from:
            steps.append(_contact(company, deal, customer_id, len(steps) + 1, at, rng))
    return steps


def _expected(company: Company) -> float:
    """Activities a deal by the size of the company."""
    size = company.size
    deals = size.orders_per_rep_month * size.deals_share * (1 + LOST_PER_WON)
    return size.activities_per_rep_month * DEAL_ACTIVITIES / deals


def _contact(company: Company, deal: Deal, customer_id: str, number: int, at: int, rng: Random) -> Step:
    activity_id = f"AC{deal.key}-{number}"
    fields: dict[str, Any] = {
        "source": "crm",
        "activity_id": activity_id,
        "status": ActivityStatus.DONE,
        "rep_id": company.posts[deal.post].seller(local_day(at)),
        "office_id": company.offices[deal.office].id,
        "customer_id": customer_id,
        "opportunity_id": f"OP{deal.key}",
        "kind": pick(rng, _KINDS),
        "duration_minutes": rng.randrange(20, 180, 5),
        "outcome": pick(rng, OUTCOMES),
    }
    return at, Track("activities", Activity, activity_id, fields), {}


def _activities(
    company: Company,
    deal: Deal,
    customer_id: str,
    opened: int,
    end: int,
    silent_from: date,
    days: Days,
    rng: Random,
) -> list[Step]:
    steps: list[Step] = []
    for number in range(int(_expected(company) + rng.random())):
        at = days.after(opened, 0, max(1, deal.days_open - 2))
        if at < end and local_day(at) < silent_from:
            steps.append(_contact(company, deal, customer_id, number + 1, at, rng))
    return steps


def _grade(amount: int) -> Grade:
    if amount >= 2_000_000:
        return Grade.S
    if amount >= 600_000:
        return Grade.A
    return Grade.B if amount >= 200_000 else Grade.C
