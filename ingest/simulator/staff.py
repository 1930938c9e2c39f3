"""The people of the company and the posts they hold: who sells where on which day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from ingest.calendar import Period, WorkingCalendar
from ingest.simulator.names import Names


@dataclass(frozen=True)
class Person:
    """Somebody of the company, as on the day they came; `unit_id` is None for the head office's product people."""

    id: str
    name: str
    name_en: str
    role: str
    unit_id: str
    since: date


@dataclass(frozen=True)
class Absence:
    """Leave from `start` to `end`, both included; the stand-in does the work."""

    person_id: str
    start: date
    end: date
    stand_in_id: str


@dataclass
class Post:
    """A rep's post in an office: `weight` 1 is an average rep's business, `orders` a month.

    `holders` lists who holds it from which day on, first one first.
    """

    index: int
    office: int
    weight: float
    orders: float
    holders: list[tuple[date, str]] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)

    def holder(self, day: date) -> str:
        """Who holds the post on `day`; before the first holder's day that one too."""
        person_id = self.holders[0][1]
        for since, who in self.holders[1:]:
            if since <= day:
                person_id = who
        return person_id

    def seller(self, day: date) -> str:
        """Who does the post's work on `day`: its holder, or the stand-in while the holder is on leave."""
        holder = self.holder(day)
        for absence in self.absences:
            if absence.start <= day <= absence.end and absence.person_id == holder:
                return absence.stand_in_id
        return holder

    @property
    def is_steady(self) -> bool:
        """Whether one person holds it all the time."""
        return len(self.holders) == 1


class Register:
    """Takes people on and numbers them."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.people: list[Person] = []

    def add(self, role: str, unit_id: str, since: date) -> str:
        """The new person's id."""
        name, name_en = self._names.person()
        person = Person(f"p{len(self.people) + 1:05}", name, name_en, role, unit_id, since)
        self.people.append(person)
        return person.id


def months_of(first: date, last: date) -> Iterator[Period]:
    """Every month from that of `first` to that of `last`."""
    month = Period.containing(first, "month")
    while month.start <= last:
        yield month
        month = month.next()


def change_staff(
    posts: Sequence[Post],
    office_ids: Sequence[str],
    regions: Sequence[int],
    register: Register,
    first: date,
    today: date,
    calendar: WorkingCalendar,
    rng: np.random.Generator,
) -> None:
    """Let some people of `posts` leave, some change office within their region, and some go on leave.

    `regions` is the region of each office. People leave at the end of a month that lies two months back or more,
    transfers take effect on the first of a month before this one, and one person is on leave today.
    """
    past = list(months_of(first, today))[:-1]
    pool = [posts[int(index)] for index in rng.permutation(len(posts))]
    steady = len(pool)

    for _ in range(max(1, round(0.03 * steady))):
        post = pool.pop()
        last_day = past[int(rng.integers(0, max(1, len(past) - 1)))].end
        starter = last_day + timedelta(1)
        post.holders.append((starter, register.add("rep", office_ids[post.office], starter)))

    for _ in range(max(1, round(0.01 * steady))):
        post = pool.pop()
        other = next((p for p in pool if regions[p.office] == regions[post.office] and p.office != post.office), None)
        if other is None:
            continue
        pool.remove(other)
        moved_on = past[int(rng.integers(1, len(past)))].start
        here, there = post.holders[0][1], other.holders[0][1]
        post.holders.append((moved_on, there))
        other.holders.append((moved_on, here))

    for number in range(max(1, round(0.015 * steady))):
        post = pool.pop()
        stand_in = next((p for p in pool if p.office == post.office and not p.absences), None)
        if stand_in is None:
            continue
        pool.remove(stand_in)
        start = calendar.add_working_days(today, -3 if number == 0 else -int(rng.integers(15, 40)))
        end = calendar.add_working_days(start, int(rng.integers(5, 9)))
        post.absences.append(Absence(post.holders[0][1], start, end, stand_in.holders[0][1]))
