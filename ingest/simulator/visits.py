"""The day's work with customers that speaks of no deal: visits, calls, demos, complaints."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np

from ingest.events import Activity
from ingest.fields import ActivityKind, ActivityStatus
from ingest.simulator.build import built
from ingest.simulator.company import Company
from ingest.simulator.deals import DEAL_ACTIVITIES, OUTCOMES
from ingest.simulator.pace import OFFICE_SECONDS, opening
from ingest.simulator.stories import Happening, pick

WORKING_DAYS_A_MONTH = 21
SILENT_POST_VISITS = 4.0
"""The rep who will stop visiting visits so many times more than others before."""
MOST_DAYS_ON = 5
"""So many days after it was raised a complaint is resolved at the latest."""

_KINDS = (
    (ActivityKind.VISIT,) * 46
    + (ActivityKind.CALL,) * 28
    + (ActivityKind.MEETING,) * 10
    + (ActivityKind.DEMO,) * 6
    + (ActivityKind.TRAINING,) * 4
    + (ActivityKind.OTHER,) * 4
    + (ActivityKind.COMPLAINT,) * 2
)


def visits(company: Company, day: date) -> list[Happening]:
    """Everything that begins on the day, in order of time: what was planned in the morning is done or cancelled later
    that day, a complaint is resolved days after."""
    generator = np.random.default_rng([company.seed, 3, day.toordinal()])
    rng = Random(((company.seed << 20) + day.toordinal()) * 2 + 1)
    usual = company.size.activities_per_rep_month * (1 - DEAL_ACTIVITIES) / WORKING_DAYS_A_MONTH
    works = [company.workdays[office.index].next(day) == day for office in company.offices]
    means = usual * np.array(works, dtype=np.float64)[company.offices_of_posts]
    effects = company.effects
    means[effects.silent_post] *= 0.0 if day >= effects.silent_since else SILENT_POST_VISITS
    counts = generator.poisson(means)
    happenings: list[Happening] = []
    for number, index in enumerate(np.repeat(np.arange(len(counts)), counts).tolist(), start=1):
        happenings += _visit(company, index, day, f"AC{day:%y%m%d}-{number:05}", rng)
    happenings.sort(key=lambda happening: happening[0])
    return happenings


def _visit(company: Company, post: int, day: date, activity_id: str, rng: Random) -> list[Happening]:
    at = opening(day) + int(rng.random() * OFFICE_SECONDS)
    kind = pick(rng, _KINDS)
    fields: dict[str, Any] = {
        "source": "crm",
        "activity_id": activity_id,
        "kind": kind,
        "rep_id": company.posts[post].seller(day),
        "office_id": company.offices[company.posts[post].office].id,
        "customer_id": pick(rng, company.market.by_post[post]).id,
    }
    done: dict[str, Any] = {"status": ActivityStatus.DONE, "duration_minutes": rng.randrange(10, 150, 5)}
    resolved: date | None = None
    if kind is ActivityKind.COMPLAINT:
        done |= {"severity": pick(rng, ("minor", "minor", "severe"))}
        resolved = day + timedelta(rng.randint(1, MOST_DAYS_ON))
    elif rng.random() < 0.8:
        done["outcome"] = pick(rng, OUTCOMES)
    happenings = []
    if rng.random() <= 0.1:
        if rng.random() < 0.2:
            done, resolved = {"status": ActivityStatus.CANCELLED}, None
        planned = opening(day) - 3600 + rng.randrange(3000)
        happenings.append(_told(planned, fields | {"status": ActivityStatus.PLANNED}, 1))
    happenings.append(_told(at, fields | done, len(happenings) + 1))
    if resolved:
        over = fields | done | {"resolved_on": resolved}
        happenings.append(_told(opening(resolved) + 3600, over, len(happenings) + 1))
    return happenings


def _told(at: int, fields: dict[str, Any], version: int) -> Happening:
    envelope = {
        "occurred_at": datetime.fromtimestamp(at, UTC),
        "event_id": f"{fields['activity_id']}:{version}",
        "version": version,
    }
    return at, "activities", built(Activity, fields | envelope)
