"""What snapshots contribute, computed once: their files do not change, so what follows from them does not either.

It is kept until the snapshots, the settings that sums depend on or the code that computes them are others; the
warehouse is compared with it every time.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from shutil import rmtree

import polars as pl

import ingest
from deploy.verify.parts import Parts
from deploy.verify.snapshots import File, groups
from deploy.verify.sums import Recomputation
from ingest.settings import CompanySettings

READ = {"timezone", "currency", "rates"}
"""The settings of the company that sums depend on."""


def history(of: Recomputation, files: Sequence[File]) -> list[Path]:
    """The shares of these files, one a part; killed, it goes on with the part at which it was."""
    if not files:
        return []
    kept = of.folder / f"{of.topic}-{_identity(files, of.company)}"
    kept.mkdir(exist_ok=True)
    with Parts(of.topic, sum(file.rows for file in files), of.folder) as parts:
        paths = [kept / f"{number}-of-{len(parts)}.parquet" for number in range(len(parts))]
        missing = [number for number, path in enumerate(paths) if not path.exists()]
        if missing:
            of.say("reading snapshots")
            parts.deal(group.table() for group in groups(files))
        for done, number in enumerate(missing):
            of.say(f"part {done + 1} of {len(missing)} of the snapshots")
            of.share(parts.of(number)).save(paths[number])
    for other in of.folder.glob(f"{of.topic}-*"):
        if other != kept:
            rmtree(other, ignore_errors=True)
    return paths


def _identity(files: Sequence[File], company: CompanySettings) -> str:
    said = [f"{file.place} {file.rows} {file.sha256}" for file in files]
    settings = company.model_dump_json(include=READ)
    return hashlib.sha256("\n".join([_code(), settings, *said]).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Follows from every line that reads or sums an event, and from how polars numbers entities."""
    rooms = (Path(__file__).parent, Path(ingest.__file__).parent)
    digest = hashlib.sha256(pl.__version__.encode())
    for path in sorted(one for room in rooms for one in room.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
