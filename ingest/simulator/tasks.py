"""Key tasks of the offices' people: projects to win, decision-makers to cover; most done in time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ingest.calendar import Period
from ingest.events import Task
from ingest.fields import TaskKind, TaskStatus
from ingest.simulator.build import built
from ingest.simulator.company import Company
from ingest.simulator.pace import local_day, opening
from ingest.simulator.stories import Happening
from ingest.simulator.units import Unit

_TITLES = {
    TaskKind.WIN: (
        ("拿下{customer}平台项目", "Win the platform project of {customer}"),
        ("{customer}二期扩容签约", "Sign phase two with {customer}"),
    ),
    TaskKind.COVER: (
        ("覆盖{customer}分管领导", "Cover the executive in charge at {customer}"),
        ("拜访{customer}信息中心主任", "Meet the head of IT at {customer}"),
    ),
    TaskKind.OTHER: (("完成{customer}样板点验收", "Get the reference site at {customer} accepted"),),
}
_KINDS = (TaskKind.WIN, TaskKind.WIN, TaskKind.COVER, TaskKind.COVER, TaskKind.OTHER)
A_MONTH = 2
"""Tasks of an office."""
IN_TIME, LATE = 0.7, 0.15


def tasks(company: Company, month: Period) -> Iterator[Happening]:
    """The tasks that the offices are given on the first of the month, in order of time, until the last one is done."""
    rng = Random(f"tasks:{company.seed}:{month.key}")
    told = [
        word for office in company.offices for n in range(A_MONTH) for word in _words(company, month, office, n, rng)
    ]
    told.sort(key=lambda happening: (happening[0], happening[2].entity_id))
    yield from told


def _words(company: Company, month: Period, office: Unit, number: int, rng: Random) -> Iterator[Happening]:
    given = opening(month.start) + 1_800
    post = rng.choice(company.posts_of[office.index])
    customer = rng.choice(company.market.by_post[post.index])
    kind = rng.choice(_KINDS)
    title, title_en = rng.choice(_TITLES[kind])
    due_on = month.start + timedelta(rng.randint(8, (month.end - month.start).days))
    fields = {
        "source": "plan",
        "task_id": f"TK-{month.key}-{office.id}-{number + 1}",
        "title": title.format(customer=customer.name),
        "title_en": title_en.format(customer=customer.name_en),
        "kind": kind,
        "unit_id": office.id,
        "person_id": post.holder(month.start),
        "due_on": due_on,
        "customer_id": customer.id,
    }
    yield _said(given, 1, fields)
    fate, seconds = rng.random(), rng.randint(0, 8 * 3600)
    days = -rng.randint(0, 7) if fate < IN_TIME else rng.randint(1, 9)
    if fate < IN_TIME + LATE:
        done = opening(due_on + timedelta(days)) + seconds
        yield _said(done, 2, fields | {"status": TaskStatus.DONE, "done_on": local_day(done)})


def _said(at: int, version: int, fields: dict[str, Any]) -> Happening:
    envelope = {
        "occurred_at": datetime.fromtimestamp(at, UTC),
        "event_id": f"{fields['task_id']}:{version}",
        "version": version,
    }
    return at, "tasks", built(Task, envelope | fields)
