"""What runs: one `Part` a process, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.readiness import Condition


@dataclass(frozen=True)
class Part:
    """One process of the stack.

    `is_ready` is asked until it says yes; a part begins when all it `needs` are ready. A part that runs `once` is ready
    when it has ended with code 0. `lock` is held while it runs; `says` is shown as soon as it is ready.
    """

    name: str
    argv: tuple[str, ...]
    is_ready: Condition = lambda: True
    needs: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    lock: Path | None = None
    says: str = ""
    once: bool = False
    ready_within_seconds: float = 120.0
    stop_within_seconds: float = 15.0


def check(parts: tuple[Part, ...]) -> None:
    """A `ValueError` when two parts have one name, or one needs another that does not come before it."""
    seen: set[str] = set()
    for part in parts:
        if part.name in seen:
            raise ValueError(f"two parts are called {part.name!r}")
        if missing := set(part.needs) - seen:
            raise ValueError(f"{part.name!r} needs {', '.join(sorted(missing))}, which no part before it is called")
        seen.add(part.name)
