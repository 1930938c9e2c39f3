"""What others reach with the same job on the same log into the same warehouse, in an environment of their own."""

import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from deploy.local import children
from deploy.settings import local
from tests.stack import Stack, until

LOCK = Path(__file__).with_name("rivals.lock.txt")
ROOT = Path(__file__).parents[2]
RIVALS = {"confluent": "confluent-kafka, a plain loop", "quix": "Quix Streams, a batching sink"}


def python() -> Path:
    """The interpreter of the environment that the lock describes; made where it is not there yet."""
    folder = local().cache_dir / f"rivals-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    found = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        lock = ["--require-hashes", "-r", LOCK]
        subprocess.run([uv, "pip", "install", "--quiet", "--python", found, *lock], check=True)
        (folder / "ready").touch()
    return found


def through(stack: Stack, name: str) -> float:
    """Events a second from what lies on `orders` until the last is in the warehouse."""
    argv = (str(python()), "-m", "tests.bench.rival", name, stack.topic_ids["orders"])
    waiting = stack.behind()
    child = children.start(argv, stack.folder / f"{name}.log", {**stack.environment, "PYTHONPATH": str(ROOT)})
    try:
        until(lambda: stack.behind() < waiting or child.poll() is not None, f"{name} has begun")
        left, begin = stack.behind(), time.perf_counter()
        until(lambda: stack.behind() == 0 or child.poll() is not None, f"{name} is through", 300)
        took = time.perf_counter() - begin
        assert stack.behind() == 0, children.last_words(stack.folder / f"{name}.log")
        return left / took
    finally:
        children.stop(child, within_seconds=5)
