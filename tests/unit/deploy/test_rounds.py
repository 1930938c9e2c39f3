"""Verify beside the stack: when it runs again, and that it ends with what started it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy import rounds

AUTOGROUP = Path("/proc/self/autogroup")


def test_the_next_round_comes_with_the_period_or_when_twenty_times_the_last_one_have_passed():
    assert rounds.pause(1_800, took_seconds=30) == 1_770
    assert rounds.pause(1_800, took_seconds=300) == 6_000


def test_rounds_follow_each_other_until_it_is_over():
    waited, prepared, ran, now = [], [], [], [0.0]

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) > 3

    def prepare(_: rounds.Wait) -> int:
        prepared.append(True)
        now[0] += 900
        return 0

    def verify(_: rounds.Wait) -> int:
        ran.append(True)
        now[0] += 60 if len(ran) == 1 else 120
        return 1 if len(ran) == 1 else 0

    rounds.rounds(1_800, wait, prepare, verify, lambda: now[0])
    assert waited == [180, 1_740, 2_400, 2_400], "what is prepared once is no part of it"
    assert (len(prepared), len(ran)) == (3, 3)


def test_a_short_period_begins_with_itself():
    waited = []
    rounds.rounds(60, lambda seconds: bool(waited.append(seconds)) or True, lambda wait: 0, lambda wait: 0)
    assert waited == [60]


def test_a_round_that_goes_on_is_ended_when_it_is_over():
    over = threading.Event()
    over.set()
    assert rounds.one((sys.executable, "-c", "import signal; signal.pause()"), over.wait) < 0


def test_what_waits_beside_the_stack_imports_neither_polars_nor_the_warehouse():
    asked = "import sys, deploy.cli, deploy.rounds; print(*{'polars', 'chdb', 'dash', 'faust'} & sys.modules.keys())"
    done = subprocess.run((sys.executable, "-c", asked), capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="only Linux shares the processor out by session")
def test_what_steps_back_does_so_as_a_session_too():
    said = "from deploy.rounds import step_back; step_back(); print(open('/proc/self/autogroup').read())"
    done = subprocess.run([sys.executable, "-c", said], start_new_session=True, capture_output=True, text=True)
    assert done.stdout.split()[-1] == "19", done.stderr
