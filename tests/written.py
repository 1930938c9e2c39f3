"""What long runs write down line by line, so that a run that was broken off goes on where it was."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from deploy.settings import local


class Written:
    """The JSON lines of one kind of run, below the data folder."""

    def __init__(self, name: str, *, again: bool = False) -> None:
        """`again` forgets what earlier runs have written down."""
        self._path = local().data_dir / f"{name}.jsonl"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if again:
            self._path.unlink(missing_ok=True)

    def rows(self) -> list[dict[str, Any]]:
        """Every line so far, the oldest first."""
        return [json.loads(line) for line in self._path.read_text().splitlines()] if self._path.exists() else []

    def add(self, row: Mapping[str, Any]) -> None:
        """One more line, on the disk when this returns."""
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")


def arguments(about: str | None) -> argparse.ArgumentParser:
    """What every long run takes."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--again", action="store_true", help="forget what earlier runs have written down")
    return parser
