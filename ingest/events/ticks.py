"""The clock of the sweeps."""

from ingest.events.base import Event


class Tick(Event):
    """The clock of detection: sweep as of `occurred_at`."""

    @property
    def entity_id(self) -> str:
        return "clock"
