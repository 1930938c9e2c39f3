"""Where the published data lie that tests run on; they are read from there and never copied."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MAPPINGS = REPOSITORY / "ingest" / "mappings"


def folder(name: str) -> Path:
    """The folder of a data set; the test is skipped, saying why, where it is not on this machine."""
    home = Path(os.environ.get("ONEBOARD_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (home / name).is_dir():
        pytest.skip(f"there is no {home / name}; set ONEBOARD_SHARED_DATA to the folder that holds {name}/")
    return home / name
