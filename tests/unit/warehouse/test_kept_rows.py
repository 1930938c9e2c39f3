"""What is kept by the thing it is of is asked for again where something moved, and nowhere else."""

from __future__ import annotations

import polars as pl

from warehouse.answers import IDS_AT_ONCE
from warehouse.kept_rows import MOST_MOVED, Ids, KeptRows

SCHEMA = {"id": pl.String, "day": pl.Int64}


class Things:
    """Rows by thing, and what was asked of them."""

    def __init__(self, count: int) -> None:
        self.rows = {f"t{one}": [one, one + 1] for one in range(count)}
        self.asked: list[list[str] | None] = []

    async def read(self, of: Ids) -> pl.DataFrame:
        self.asked.append(None if of is None else list(of))
        wanted = self.rows if of is None else {one: self.rows[one] for one in of if one in self.rows}
        pairs = [(one, day) for one, days in wanted.items() for day in days]
        return pl.DataFrame(pairs, schema=SCHEMA, orient="row")

    def all(self) -> list[tuple[str, int]]:
        return sorted((one, day) for one, days in self.rows.items() for day in days)


async def test_what_moved_is_asked_again_and_what_is_gone_is_gone() -> None:
    things, kept = Things(4), KeptRows()
    assert sorted((await kept.until("id", things.read, None)).iter_rows()) == things.all()
    await kept.until("id", things.read, set())
    things.rows["t1"] = [7]
    things.rows["t9"] = [9]
    del things.rows["t2"]
    assert sorted((await kept.until("id", things.read, {"t9", "t1", "t2"})).iter_rows()) == things.all()
    assert things.asked == [None, ["t1", "t2", "t9"]]


async def test_many_are_asked_in_parts_and_too_many_all_at_once() -> None:
    things, kept = Things(IDS_AT_ONCE + 1), KeptRows()
    await kept.until("id", things.read, None)
    assert sorted((await kept.until("id", things.read, set(things.rows))).iter_rows()) == things.all()
    assert [len(part or ()) for part in things.asked] == [0, IDS_AT_ONCE, 1]
    await kept.until("id", things.read, [f"t{one}" for one in range(MOST_MOVED + 1)])
    assert things.asked[-1] is None


async def test_of_those_that_are_wanted_only_the_unknown_and_the_moved_are_asked() -> None:
    things, kept = Things(5), KeptRows()
    await kept.of("id", things.read, None, {"t0", "t1", "none"})
    things.rows["t1"] = [11]
    found = await kept.of("id", things.read, {"t1", "t4"}, {"t1", "t2", "none"})
    assert sorted(found.iter_rows()) == [("t1", 11), ("t2", 2), ("t2", 3)]
    assert things.asked == [["none", "t0", "t1"], ["t1", "t2"]]
