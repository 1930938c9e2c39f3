"""`python -m tests.bench.planted.where`: is a planted cell named from the gap of what lies around it, and nothing named
where all in it fell alike? Month by month, on the last evening, for plants of 30 % and more.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from ingest.events import Finding, Slice
from ingest.simulator.pace import opening
from streams.attribution import attribute_gap
from streams.detection.causes.leaves import Leaves, slice_at
from streams.detection.causes.sold import scale_of, scatter_of
from streams.detection.causes.where import where
from streams.detection.findings import money, slice_of
from streams.detection.picture import Picture
from tests.bench.planted.causes import sold_of
from tests.bench.planted.plants import Plant
from tests.bench.planted.schedule import month_of
from tests.bench.planted.sweeps import TICKS, Watch
from warehouse.key import Key

LARGE = 0.3
WITHIN = ("person", "office", "person × product")
ALIKE = ("office", "product", "product × region")


def asked(plant: Plant, picture: Picture) -> Iterator[tuple[str, Key]]:
    """The slices whose gap is taken apart: the region around, in which only this is planted; and the planted one."""
    if plant.kind in WITHIN:
        yield f"{plant.kind}, from its region", Key(picture.org.unit_path(plant.key.unit_id)[1])
    if plant.kind in ALIKE:
        yield f"{plant.kind}, all in it alike", plant.key


def short(picture: Picture, key: Key, now: datetime) -> Finding:
    """What is missing at a key in the recent days, whether or not a rule would speak of it."""
    side = picture.cells
    _, due = side.standing(key, picture.spans.recent)
    actual, expected = money(round(side.sums.booked[side.rows(key)].sum())), money(round(due / 100) * 100)
    return Finding(
        occurred_at=now, source="bench", finding_id="one", rule="where", metric="bookings",
        period=picture.windows.month.key, slice=slice_of(key), since=now, as_of=now, actual=actual, expected=expected,
        gap=actual - expected, confidence=1,
    )  # fmt: skip


def main() -> None:
    """Count, by what was asked and by which function: slices, the planted cell named, and other cells named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        month = month_of(seed)
        watch = Watch(month)
        now = datetime.fromtimestamp(opening(month.place.days[-1]), UTC) + TICKS[-1]
        picture = watch.picture(now)
        for plant in month.plants:
            if picture is None or not plant.is_problem or plant.size < LARGE:
                continue
            for what, key in asked(plant, picture):
                finding = short(picture, key, now)
                leaves = Leaves.of(finding, sold_of(finding, picture, watch.known(now), watch.visits, now), picture)
                one = scale_of(picture)
                for name, answer in (
                    ("attribute_counts", where(leaves, one, scatter_of(picture, one))),
                    ("attribute_gap", attribute_gap(leaves.table, leaves.dimensions)),
                ):
                    places = [slice_at(finding.slice, part.cell) for part in (answer.parts if answer else ())]
                    right = [one for one in places if one is not None and _same(one, plant.key)]
                    count = counts[what, name]
                    count[0] += 1
                    count[1] += bool(right)
                    count[2] += len(places) - len(right)
    print("| asked | by | slices | the planted cell named | other cells named |\n|---|---|--:|--:|--:|")
    for (what, name), (slices, right, wrong) in sorted(counts.items()):
        print(f"| {what} | `{name}` | {slices} | {right if 'from' in what else '–'} | {wrong} |")


def _same(place: Slice, key: Key) -> bool:
    mine = (place.person_id or place.unit_id or "", place.product_id or "")
    return mine == (key.person_id or key.unit_id, key.product_id)


if __name__ == "__main__":
    main()
