"""Room on the disk."""

import shutil
from pathlib import Path

from deploy.errors import CannotRun

NEEDED_BYTES = 2 * 2**30


def free_bytes(folder: Path) -> int:
    """Bytes free where `folder` is or will be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_room(folder: Path) -> None:
    """`CannotRun` when less than `NEEDED_BYTES` are free there."""
    free, needed = free_bytes(folder), NEEDED_BYTES
    if free < needed:
        raise CannotRun(
            f"The disk of {folder} has {free / 2**30:.1f} GB free and oneboard needs {needed / 2**30:.1f} GB: "
            "free some space, or move the data with ONEBOARD_DATA_DIR."
        )
