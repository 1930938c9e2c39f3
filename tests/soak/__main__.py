"""An hour of live stream, or more: what each process holds in memory, and whether every sum is right at the end.

`make soak MINUTES=60`. Everything runs as on one machine, with two producers, a poisoner and an open board. Samples are
written down as they are taken; a run that was broken off goes on for the minutes that lack, and since its processes are
new ones, memory is judged run by run.
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.faults.ground import Ground
from tests.faults.trial import Trial, judge
from tests.written import Written, arguments

SAMPLE_SECONDS = 20.0
WARM_MINUTES = 5.0
"""What a process holds before its caches are full says nothing."""
FULL_SOON = {"ONEBOARD_WORKER_CACHED_ENTITIES": "1000"}
"""The worker's timelines have their number within those minutes; by default it would take days of this stream."""
MEGABYTE = 2**20
Sample = dict[str, Any]


def resident(pid: int) -> float:
    """Megabytes that a process and its children hold."""
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / MEGABYTE


def sample(ground: Ground, run: int, minutes: float) -> Sample:
    """What every process holds now."""
    pids = {"kafka": ground.broker.pid, **{name: ground.stack.pid(name) for name in ground.stack.running}}
    held = {name: round(resident(pid), 1) for name, pid in pids.items() if pid}
    return {"run": run, "minutes": round(minutes, 2), "events": ground.stored(), "held": held}


def growth(samples: Sequence[Sample], name: str) -> float:
    """Megabytes an hour, as the median of the slopes between all pairs of samples (Theil 1950, Sen 1968)."""
    points = [(one["minutes"], one["held"][name]) for one in samples]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for at, a in enumerate(points) for b in points[at + 1 :] if b[0] > a[0]]
    return 60 * median(slopes) if slopes else 0.0


def table(samples: Sequence[Sample]) -> list[str]:
    """Each process of the longest run, after it was warm."""
    runs: dict[int, list[Sample]] = {}
    for one in samples:
        if one["minutes"] >= WARM_MINUTES:
            runs.setdefault(one["run"], []).append(one)
    if not runs:
        return [f"No run was longer than the {WARM_MINUTES:.0f} minutes in which caches fill."]
    longest = max(runs.values(), key=len)
    first, last = longest[0], longest[-1]
    rows = [
        f"| {name} | {first['held'][name]:,.0f} | {last['held'][name]:,.0f} | {growth(longest, name):+.1f} |"
        for name in first["held"]
    ]
    minutes, events = last["minutes"] - first["minutes"], last["events"] - first["events"]
    return [
        f"{minutes:.0f} minutes after {WARM_MINUTES:.0f} to get warm, {events:,} events.",
        "",
        "| process | MB at first | MB at last | MB an hour (Theil–Sen) |",
        "|---|--:|--:|--:|",
        *rows,
    ]


def soak(minutes: float, run: int, written: Written) -> list[str]:
    """Go on for so many minutes; what is wrong at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="oneboard-soak-") as folder,
        Ground(Path(folder), is_small=False, env=FULL_SOON) as ground,
    ):
        ground.send(run)
        begun = time.monotonic()
        while (passed := (time.monotonic() - begun) / 60) < minutes:
            written.add(sample(ground, run, passed))
            time.sleep(SAMPLE_SECONDS)
        trial = judge(ground, Trial(run, ()))
        print(trial.verdict)
        return trial.wrong


def main() -> None:
    """Run what lacks of the minutes, then say how memory went."""
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    asked = parser.parse_args()
    written = Written("soak", again=asked.again)
    samples = written.rows()
    run = 1 + max((one["run"] for one in samples), default=0)
    longest = {one["run"]: one["minutes"] for one in samples}
    lacking = asked.minutes - sum(longest.values())
    wrong = soak(lacking, run, written) if lacking > 0 else []
    print("\n".join(table(written.rows())))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
