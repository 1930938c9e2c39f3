"""`oneboard`: its commands, and what it says when one of them cannot go on."""

import gc
import os
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from deploy import reach
from deploy.commands import parts, sources, truth, whole
from deploy.console import ERR
from deploy.dead_letters import letters
from deploy.errors import CannotRun, wrong_settings
from deploy.settings import local

# What is imported stays: to look for circles in it after every 700 objects takes a seventh of a start.
gc.set_threshold(20_000, 10, 10)


class Verbs(TyperGroup):
    """The commands in the order in which they are written, with one sentence for what their user can put right."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = wrong_settings(error) if isinstance(error, ValidationError) else error
            if not isinstance(said, _plain()):
                raise
            ERR.print(_gone(said) or str(said), style="red", markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from error


def _plain() -> tuple[type[Exception], ...]:
    """The errors whose text is written for the person at the keyboard."""
    from ingest.errors import IngestError
    from streams.snapshot.manifest import SnapshotBroken
    from warehouse.errors import WarehouseError
    from warehouse.migrate import MigrationRefused

    return CannotRun, IngestError, SnapshotBroken, WarehouseError, MigrationRefused


def _gone(error: Exception) -> str:
    """What a command that had begun says of an engine that went away meanwhile; "" where it is there."""
    from ingest.errors import BrokerAway
    from warehouse.errors import WarehouseUnavailable

    for kind, which in ((BrokerAway, reach.kafka), (WarehouseUnavailable, reach.warehouse)):
        if isinstance(error, kind):
            return reach.away(local(), [which])
    return ""


app = typer.Typer(
    name="oneboard",
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The live board on which a company's sales are led: from an event to a named person in seconds.",
)


@app.callback()
def settle() -> None:
    """Let every room see the ports and folders that were chosen for this machine."""
    for name, value in local().environment().items():
        os.environ.setdefault(name, value)


for commands in (whole.app, sources.app, truth.app, parts.app, sources.snapshot, letters):
    app.add_typer(commands)


if __name__ == "__main__":
    app()
