"""Settings of the worker; every field is documented by its own row."""

from functools import cache
from pathlib import Path
from tempfile import gettempdir

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class WorkerSettings(BaseSettings):
    """How the worker reads the log and writes the warehouse."""

    model_config = SettingsConfigDict(env_prefix="ONEBOARD_WORKER_", frozen=True)

    group: str = Field("oneboard", description="Kafka consumer group; its offsets are for display of lag only.")
    instance: str | None = Field(
        None,
        description="A name of its own for each worker (Kafka's static membership): one that is killed and started"
        " again goes on at once instead of after the session. Of two under one name the later throws the other out.",
    )
    session_seconds: float = Field(10.0, ge=6, description="After this silence a worker's partitions go to others.")
    scratch_dir: Path = Field(
        Path(gettempdir()) / "oneboard-worker", description="A folder Faust insists on; nothing of worth is kept in it."
    )
    fetch_bytes: int = Field(4 * 2**20, ge=2**16, le=32 * 2**20, description="Bytes of one partition in one fetch.")
    gather_seconds: float = Field(0.02, gt=0, le=1, description="How long small batches are gathered into one insert.")
    cached_entities: int = Field(100_000, ge=1, description="Timelines of entities kept in memory, each topic.")
    oldest_batch_seconds: float = Field(
        300.0, description="A batch older than this when it would be sent is thrown away and fetched again."
    )
    dead_letters_in_a_row: int = Field(1_000, ge=1, description="So many bad events with no good one stop the stream.")
    dead_letters_share: float = Field(
        0.5, gt=0, le=1, description="So large a share of a partition's last events bad stops its stream too."
    )
    dead_letters_window: int = Field(10_000, ge=1, description="How many last events that share is taken of.")
    standstill_seconds: float = Field(
        2.0, gt=0, description="How often a stream that stands still looks whether it is let through."
    )
    stuck_seconds: float = Field(
        180.0,
        ge=6,
        description="A worker at which something waits, and nothing was stored or tried for so long, ends itself."
        " Longer than any answer may take (ONEBOARD_WAREHOUSE_ANSWER_TIMEOUT_SECONDS).",
    )
    tick_seconds: float = Field(5.0, gt=0, description="How often detection sweeps.")


@cache
def worker() -> WorkerSettings:
    """The one worker settings object of this process, read once."""
    return WorkerSettings()
