"""A stack in the foreground, as whoever starts it sees it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local import ports
from tests.unit.deploy.test_processes import until

NOWHERE = "127.0.0.1:1"


def test_ctrl_c_before_a_first_start_is_done_stops_everything_and_says_so(tmp_path: Path) -> None:
    engines = {"ONEBOARD_KAFKA_BOOTSTRAP": NOWHERE, "ONEBOARD_WAREHOUSE_URL": f"http://{NOWHERE}"}
    free = {f"ONEBOARD_{name}_PORT": str(ports.free_port()) for name in ("DASHBOARD", "INGEST")}
    here = {"ONEBOARD_DATA_DIR": str(tmp_path), **free}
    up = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "up"], env={**os.environ, **engines, **here},
        cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    until(lambda: up.poll() is not None or psutil.Process(up.pid).children())
    assert up.poll() is None, "it ended by itself"
    parts = psutil.Process(up.pid).children()
    up.send_signal(signal.SIGINT)
    said, _ = up.communicate(timeout=30)
    assert "Everything has stopped; the data are kept." in said
    assert "Traceback" not in said
    assert up.returncode == 0
    assert not any(part.is_running() for part in parts)
