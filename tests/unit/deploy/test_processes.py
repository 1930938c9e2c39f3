"""The supervisor, with small Python programs as parts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.errors import CannotRun
from deploy.local.parts import Part
from deploy.local.processes import Supervisor

WRITES = """
import signal, sys
order = open({order!r}, "a", buffering=1)
def goodbye(*_):
    order.write("-{name} ")
    sys.exit(0)
signal.signal(signal.SIGTERM, goodbye)
order.write("{name} ")
order.flush()
signal.pause()
"""
STAYS = "import signal, pathlib; pathlib.Path({mark!r}).touch(); signal.pause()"
DIES = """
import pathlib, sys, time
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.touch()
    while mark.exists():
        time.sleep(0.01)
    mark.touch()
sys.exit(3)
"""
WILL_NOT_GO = """
import pathlib, signal, subprocess, sys
deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", deaf])
aside = pathlib.Path({mark!r} + ".new")
aside.write_text(str(child.pid))
aside.rename({mark!r})
while True:
    signal.pause()
"""


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


def staying(name: str, folder: Path, needs: tuple[str, ...] = ()) -> Part:
    """Runs until it is stopped; ready when it has left its mark."""
    mark = folder / f"{name}.mark"
    return Part(name, program(STAYS.format(mark=str(mark))), mark.exists, needs, stop_within_seconds=5)


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def pids(supervisor: Supervisor) -> dict[str, int]:
    return {one.part.name: one.pid for one in supervisor.running if one.pid}


def test_parts_begin_in_the_order_of_their_needs_and_all_are_gone_afterwards(tmp_path: Path) -> None:
    order = tmp_path / "order"
    order.touch()

    def writing(name: str, *needs: str) -> Part:
        text = WRITES.format(order=str(order), name=name)
        return Part(name, program(text), lambda: name in order.read_text().split(), needs)

    parts = [writing("log"), writing("store", "log"), writing("board", "log", "store")]
    with Supervisor(parts, tmp_path / "logs") as supervisor:
        supervisor.wait_ready()
        alive = pids(supervisor)
        assert len(alive) == 3
    assert order.read_text().split() == ["log", "store", "board", "-board", "-store", "-log"]
    assert not any(psutil.pid_exists(pid) for pid in alive.values())


def test_a_part_that_dies_is_started_again_and_it_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor([staying("worker", tmp_path)], tmp_path, said.append) as supervisor:
        supervisor.wait_ready()
        first = pids(supervisor)["worker"]
        os.kill(first, signal.SIGKILL)
        until(lambda: pids(supervisor).get("worker", first) != first)
        supervisor.wait_ready()
    assert said == [f"worker was killed by signal 9 (its log is {tmp_path}/worker.log); it starts again in 0.5 s."]


def test_the_pause_grows_while_a_part_keeps_dying(tmp_path: Path) -> None:
    said: list[str] = []
    mark = tmp_path / "mark"
    worker = Part("worker", program(DIES.format(mark=str(mark))), mark.exists)
    with Supervisor([worker], tmp_path, said.append) as supervisor:
        supervisor.wait_ready()
        mark.unlink()
        until(lambda: len(said) == 3)
    assert [sentence.rsplit(" in ", 1)[1] for sentence in said] == ["0.5 s.", "1 s.", "2 s."]


def test_a_part_that_dies_before_it_was_ready_stops_everything_with_its_last_words(tmp_path: Path) -> None:
    parts = [
        staying("kafka", tmp_path),
        Part("door", program("import sys; sys.exit('The door cannot open.')"), lambda: False, ("kafka",)),
    ]
    supervisor = Supervisor(parts, tmp_path)
    supervisor.start()
    with pytest.raises(CannotRun, match=r"^door ended with code 1: The door cannot open \(its log is .*door\.log\)\.$"):
        supervisor.wait_ready()
    assert pids(supervisor) == {}


def test_a_full_disk_is_named_whatever_else_the_log_says(tmp_path: Path) -> None:
    full = "import sys; print('java.io.IOException: No space left on device'); sys.exit('at Frame.of(Frame.java)')"
    supervisor = Supervisor([Part("kafka", program(full), lambda: False)], tmp_path)
    supervisor.start()
    with pytest.raises(CannotRun, match="the disk is full: free some space"):
        supervisor.wait_ready()


def test_a_part_that_never_answers_is_given_up(tmp_path: Path) -> None:
    mute = Part("door", program("import signal; signal.pause()"), lambda: False, ready_within_seconds=0.3)
    supervisor = Supervisor([mute], tmp_path)
    supervisor.start()
    with pytest.raises(CannotRun, match=r"^door did not answer within 0 s"):
        supervisor.wait_ready()
    assert pids(supervisor) == {}


def test_what_runs_once_must_have_ended_well_before_others_begin(tmp_path: Path) -> None:
    done, seen = tmp_path / "done", tmp_path / "seen"
    makes = Part("migrate", program(f"open({str(done)!r}, 'w').write('1')"), once=True)
    needs = f"import os, signal; os.stat({str(done)!r}); open({str(seen)!r}, 'w'); signal.pause()"
    board = Part("board", program(needs), seen.exists, ("migrate",))
    with Supervisor([makes, board], tmp_path) as supervisor:
        supervisor.wait_ready()
        assert set(pids(supervisor)) == {"board"}


def test_a_part_that_will_not_go_is_killed_and_so_are_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    stubborn = Part("worker", program(WILL_NOT_GO.format(mark=str(mark))), mark.exists, stop_within_seconds=0.3)
    with Supervisor([stubborn], tmp_path) as supervisor:
        supervisor.wait_ready()
        pid, child = pids(supervisor)["worker"], int(mark.read_text())
    assert not psutil.pid_exists(pid)
    until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


SUPERVISES = """
import pathlib, signal
from deploy.local.processes import Supervisor
from tests.unit.deploy.test_processes import pids, psutil, staying
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = pathlib.Path({folder!r})
supervisor = Supervisor([staying("a", folder), staying("b", folder, ("a",))], folder)
supervisor.start()
supervisor.wait_ready()
children = pids(supervisor).values()
try:
    print(*children, flush=True)
    supervisor.wait(3_600)
except KeyboardInterrupt:
    supervisor.stop()
    print(*filter(psutil.pid_exists, children), flush=True)
"""


def supervising(folder: Path) -> tuple["subprocess.Popen[str]", list[int]]:
    """A process that supervises two parts, and theirs."""
    script, root = SUPERVISES.format(folder=str(folder)), Path(__file__).parents[3]
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root)
    assert parent.stdout
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) == 2
    return parent, children


def test_ctrl_c_waits_until_every_part_is_gone(tmp_path: Path) -> None:
    parent, _ = supervising(tmp_path)
    parent.send_signal(signal.SIGINT)
    left, _ = parent.communicate(timeout=30)
    assert parent.returncode == 0
    assert left.split() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only the Linux kernel tells a child that its parent is gone")
def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    parent, children = supervising(tmp_path)
    assert parent.stdout
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(map(psutil.pid_exists, children)))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((Part("a", ("true",)), Part("a", ("true",))), "two parts are called 'a'"),
        ((Part("a", ("true",), needs=("b",)), Part("b", ("true",))), "'a' needs b, which no part before it is called"),
    ],
)
def test_a_wrong_table_fails_before_anything_starts(parts: tuple[Part, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        Supervisor(parts, tmp_path)
