"""The embedded warehouse as a test sees it: a process of its own on a folder and a free port."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from warehouse.settings import WarehouseSettings


class EmbeddedWarehouse:
    """`python -m warehouse.embedded` on `folder`, ready when the constructor returns."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "warehouse.embedded", "--path", str(folder), "--port", str(port), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, f"the warehouse did not start: {line!r}"
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        self.settings = WarehouseSettings.model_validate({"url": self.url})

    def ask(
        self, sql: str | bytes = b"", method: str = "POST", headers: dict[str, str] | None = None, **url: str
    ) -> httpx.Response:
        """One raw HTTP request: `sql` as the body, everything else as URL parameters."""
        params = {"database": "oneboard", **url}
        return httpx.request(method, self.url, params=params, content=sql, headers=headers, timeout=60)

    def kill(self) -> None:
        """As kill -9 does it."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As SIGTERM does it; the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=10)
