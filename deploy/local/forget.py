"""`make clean`: forget the data of this machine's oneboard, and say what that was.

Only what oneboard makes there is removed, so that a data folder set to a wrong place loses nothing else.
"""

import shutil
import sys
from pathlib import Path

from deploy.errors import CannotRun
from deploy.local import children
from deploy.settings import local

OURS = ("kafka", "warehouse", "snapshots", "verify", "dashboard", "imports", "sources", "logs", "simulation.json")


def forget(data_dir: Path) -> list[Path]:
    """Remove what is ours in `data_dir`; what was there. `CannotRun` while a oneboard uses it."""
    if children.is_locked(data_dir / "kafka" / "lock"):
        raise CannotRun(f"A oneboard is using {data_dir}: stop it first.")
    there = [data_dir / name for name in OURS if (data_dir / name).exists()]
    for path in there:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if data_dir.is_dir() and not any(data_dir.iterdir()):
        data_dir.rmdir()
    return there


if __name__ == "__main__":
    try:
        forgotten = forget(local().data_dir)
    except CannotRun as problem:
        sys.exit(str(problem))
    print(f"Forgotten: {', '.join(map(str, forgotten))}." if forgotten else "There is nothing to forget.")
