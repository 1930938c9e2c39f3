"""A small disk of its own that can be filled to the last byte, where this user may mount one."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = "3g"


class SmallDisk:
    """A tmpfs at `folder`; where none may be mounted, or none is wanted, the folder stays what it is."""

    def __init__(self, folder: Path, *, is_small: bool = True) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "oneboard-faults", str(folder)]
        self.is_small = is_small and subprocess.run(mount, capture_output=True, check=False).returncode == 0

    @contextmanager
    def filled(self, left: int) -> Iterator[Callable[[], None]]:
        """Within, only so many bytes are left; what is given takes what others have given back meanwhile."""
        ballast = self.folder / f"ballast-{left}"
        with ballast.open("wb", buffering=0) as file:

            def fill() -> None:
                with suppress(OSError):  # somebody else has written at this moment
                    while (free := shutil.disk_usage(self.folder).free) > left:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, free - left)

            fill()
            try:
                yield fill
            finally:
                ballast.unlink()

    def close(self) -> None:
        """Everything on it is gone."""
        if self.is_small:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
