"""Whatever dies: five seeds go through every fault, and the oracle finds nothing lost, nothing double, nothing late."""

from collections.abc import Iterator

import pytest

from tests.faults.feed import Load
from tests.faults.ground import Ground
from tests.faults.kinds import FAULTS, plan
from tests.faults.trial import Trial, judge, run

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
SEEDS = range(5)
SPARING = Load(pause_seconds=1.5)
SELDOM = {"ONEBOARD_DASHBOARD_MIN_REDRAW_SECONDS": "2"}
"""What costs most of a trial is not the faults: inserts of a few events, and pictures that ask all questions anew."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("ground"), load=SPARING, env=SELDOM) as ground:
        yield ground


def test_five_seeds_go_through_every_fault() -> None:
    assert {name for seed in SEEDS for name in plan(seed)} == set(FAULTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_faults_of_a_seed_every_sum_is_what_the_log_says(ground: Ground, seed: int) -> None:
    trial = judge(ground, run(ground, Trial.planned(seed)))
    assert not trial.wrong, trial
