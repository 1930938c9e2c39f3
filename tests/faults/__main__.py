"""Many seeds of faults, one after the other: `make faults SEEDS=100`.

Every trial is written down when it is over, so that a run that was broken off goes on where it was; `--again` begins
anew. Exit code 1 where the oracle found anything wrong.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tests.faults.ground import Ground
from tests.faults.trial import Trial, judge, run
from tests.written import Written, arguments

AIM_SECONDS = 15.0


def table(done: Iterable[Trial]) -> list[str]:
    """How long each fault took to be current again, the slowest first."""
    seconds: dict[str, list[float]] = {}
    for trial in done:
        for name, took in zip(trial.faults, trial.seconds, strict=False):
            seconds.setdefault(name, []).append(took)
    ordered = sorted(seconds.items(), key=lambda item: -median(item[1]))
    return [
        f"| fault | times | current again after, median s | longest s | within {AIM_SECONDS:.0f} s |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {name} | {len(took)} | {median(took):.1f} | {max(took):.1f}"
            f" | {sum(one <= AIM_SECONDS for one in took) / len(took):.0%} |"
            for name, took in ordered
        ),
    ]


def once(seed: int) -> Trial:
    """One trial on a ground of its own."""
    with tempfile.TemporaryDirectory(prefix="oneboard-faults-") as folder, Ground(Path(folder)) as ground:
        trial = Trial.planned(seed)
        try:
            return judge(ground, run(ground, trial))
        except AssertionError as error:
            trial.wrong.append(str(error))
            return trial


def main() -> None:
    """Run what is missing of the seeds and say what came of all of them."""
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    asked = parser.parse_args()
    written = Written("faults", again=asked.again)
    done = {trial.seed: trial for trial in (Trial(**row) for row in written.rows())}
    for seed in range(asked.seeds):
        if seed in done:
            continue
        done[seed] = once(seed)
        written.add(done[seed].row())
        print(f"seed {seed}: {', '.join(done[seed].faults)}: {done[seed].verdict}", flush=True)
    wanted = [done[seed] for seed in range(asked.seeds)]
    wrong = [trial for trial in wanted if trial.wrong]
    print("\n".join(table(wanted)))
    events, sums = (sum(getattr(trial, name) for trial in wanted) for name in ("events", "sums"))
    print(f"{len(wanted)} seeds, {events:,} events, {sums:,} sums compared; {len(wrong)} seeds wrong.")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
