"""What the live loop needs of the board, and the picture it keeps of one view."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dashboard.live.updates import Update
from dashboard.plain import carried
from warehouse.viewer import Viewer

Drawn = dict[str, dict[str, Any]]
"""Component id → prop → value."""


class Board(Protocol):
    """Ask and draw, lane by lane. `draw` follows from its arguments alone, so that one picture serves every screen of a
    view; no two lanes draw the same prop."""

    def lanes(self, state: Any, /) -> Sequence[str]:
        """The parts of a picture that are asked apart, so that what is quick is not held up by what is not."""
        ...

    def is_urgent(self, state: Any, lane: str, /) -> bool:
        """Whether a lane is asked again as soon as it may be; the others leave browser and warehouse to those."""
        ...

    async def load(self, viewer: Viewer, state: Any, lane: str, /) -> Any: ...

    def draw(self, board: Any, state: Any, lane: str, /) -> Drawn: ...

    def digests(self, drawn: Drawn, /) -> dict[str, str]:
        """ "component.prop" → digest; equal digests are equal on the screen."""
        ...

    def concerns(self, state: Any, lane: str, update: Update, /) -> bool:
        """Whether what moved can change what a lane shows."""
        ...

    def moved(self, update: Update, /) -> None:
        """Forget what was known of what has moved; called before any view is asked again."""
        ...


@dataclass(frozen=True)
class Picture:
    """What a view shows. `seq` grows with every picture and never goes back, restarts included.

    `is_whole` is False where the warehouse could not be reached: it is asked again without waiting for an update.
    `moved_at` has, by lane, Kafka's timestamp of the oldest event that it newly holds. `is_part`: of its lanes not all
    are there yet.
    """

    seq: int
    drawn: Drawn
    digests: Mapping[str, str]
    offices: frozenset[str] | None
    is_whole: bool
    moved_at: Mapping[str, datetime] = field(default_factory=dict)
    is_part: bool = False
    _steps: dict[int, Drawn] = field(default_factory=dict, compare=False, repr=False)

    def after(self, last: "Picture") -> Drawn:
        """What is sent to a screen that shows `last`: made once, for all screens of a view take the same steps."""
        if last.seq not in self._steps:
            self._steps[last.seq] = carried(self.beyond(last.digests), is_part=self.is_part)
        return self._steps[last.seq]

    def beyond(self, digests: Mapping[str, str]) -> Drawn:
        """The props whose digest differs from those of a screen."""
        found: Drawn = {}
        for component_id, props in self.drawn.items():
            for prop, value in props.items():
                name = f"{component_id}.{prop}"
                if self.digests.get(name) is None or self.digests[name] != digests.get(name):
                    found.setdefault(component_id, {})[prop] = value
        return found


@dataclass(frozen=True)
class Key:
    """Screens with an equal key show the same. The person counts beside the scope: it shows what they answer for."""

    scope: str
    person_id: str
    state: Hashable
