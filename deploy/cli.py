"""`oneboard`: what can be done, one function a command.

Every command is a few lines: it reads its arguments, imports the room that does the work, and calls it. The imports
stand inside the functions so that `oneboard --help` answers at once and a worker never loads the board.
"""

import gc
import os
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from typer.core import TyperGroup

from deploy import reach
from deploy.dead_letters import letters, moment, who_acts
from deploy.errors import CannotRun, wrong_settings
from deploy.settings import local

# What is imported stays: to look for circles in it after every 700 objects takes a seventh of a start.
gc.set_threshold(20_000, 10, 10)

_out, _err = Console(), Console(stderr=True)


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
            _err.print(_gone(said) or str(said), style="red", markup=False, highlight=False, soft_wrap=True)
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


snapshot = typer.Typer(no_args_is_help=True, help="History that enters at once, as Parquet files beside the log.")
app.add_typer(snapshot, name="snapshot")


def _say(line: str) -> None:
    _err.print(line, markup=False, highlight=False)


@app.callback()
def settle() -> None:
    """Let every room see the ports and folders that were chosen for this machine."""
    for name, value in local().environment().items():
        os.environ.setdefault(name, value)


@app.command()
def up() -> None:
    """Start Kafka, the warehouse and every part of oneboard on this machine, until Ctrl-C."""
    from deploy.local import foreground

    foreground.up(local(), _out)


@app.command()
def demo(
    size: Annotated[str, typer.Option(help="Size of the company: small, medium or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Which company of that size: every seed gives another.")] = 7,
) -> None:
    """As `up`, with a fictional company in it: its history enters once, then it lives on while you look."""
    from deploy.demo import demo as run

    run(local(), _out, size, seed)


@app.command()
def baseline(
    now: Annotated[str, typer.Option(help="As of when: 12h ago, or 2026-11-25T08:00 (UTC); else now.")] = "",
    depth: Annotated[int, typer.Option(min=1, help="How many levels to show, from the company down.")] = 3,
    build: Annotated[bool, typer.Option("--build", help="Show nothing; ask the worker for a new version.")] = False,
) -> None:
    """Show the baseline of the month: what every node should have by now, and where it will land.

    With --build the worker makes a new version of it, by which the board and its findings go from then on.
    """
    reach.require(reach.kafka if build else reach.warehouse)
    from deploy.baseline import ask, show

    clock = datetime.now(UTC)
    if build:
        ask(who_acts(), clock, _out)
    else:
        show(moment(now, clock, "--now") if now else clock, depth, _out)


@app.command()
def doctor() -> None:
    """Check this machine and what runs on it, and say what to do about each problem."""
    from deploy.doctor import examine

    findings = list(examine(local()))
    for one in findings:
        mark = "[green]ok     [/]" if one.ok else "[red]problem[/]"
        _out.print(f"{mark} [bold]{one.subject:<13}[/]", end="")
        _out.print(one.what, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


@app.command()
def migrate() -> None:
    """Make the topics that are missing, and bring the tables of the warehouse up to date."""
    reach.require(reach.kafka, reach.warehouse)
    from ingest.publisher import ensure_topics
    from warehouse.client import Warehouse
    from warehouse.migrate import migrate as apply

    topics = ensure_topics()
    warehouse = Warehouse()
    warehouse.ensure_database()
    migrations = apply(warehouse)
    warehouse.close()
    for name in (*topics, *migrations):
        _out.print(f"made {name}", highlight=False)


@app.command("import")
def import_(
    mapping: Annotated[Path, typer.Argument(help="The mapping, a TOML file.")],
    folder: Annotated[Path, typer.Argument(help="The folder that its files are in.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; report what would enter, what would not, and why.")
    ] = False,
    replay: Annotated[
        str | None, typer.Option(help="Send every event when it is due, so many times faster than it happened: 600x.")
    ] = None,
    shift_to_now: Annotated[
        bool,
        typer.Option(
            "--shift-to-now", help="Move all dates by whole days, so that the newest event lies just before now."
        ),
    ] = False,
    keep_weekday: Annotated[
        bool, typer.Option("--keep-weekday", help="With --shift-to-now: move by whole weeks, so that weekdays stay.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take only this many rows of every file, from its top.")
    ] = None,
    drop_duplicates: Annotated[
        bool | None,
        typer.Option(
            "--drop-duplicates/--keep-duplicates",
            help="What becomes of rows that equal an earlier one in every column; else the mapping decides.",
        ),
    ] = None,
) -> None:
    """Import a folder of CSV, Parquet, XLSX or JSON lines files as events, by a mapping (docs/import.md)."""
    from deploy.importing import import_folder, times

    factor = times(replay) if replay else None
    if not dry_run:
        reach.require(reach.kafka)
    report = import_folder(
        mapping,
        folder,
        _err,
        dry_run=dry_run,
        replay=factor,
        shift_to_now=shift_to_now,
        keep_weekday=keep_weekday,
        limit=limit,
        drop_duplicates=drop_duplicates,
        state_dir=local().data_dir / "imports",
    )
    _out.print(report.text(), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if report.finished else 130)


@app.command()
def listen(
    mappings: Annotated[list[Path], typer.Argument(help="Mappings (TOML files), or folders of them.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; show what the first rows would become.")
    ] = False,
    rows: Annotated[
        int, typer.Option(min=1, max=10_000, help="With --dry-run: how many rows of each source to look at.")
    ] = 10,
) -> None:
    """Take in what arrives on topics and in databases, by mappings, until Ctrl-C (docs/sources.md)."""
    from deploy.listening import listen_to, look_at

    if dry_run:
        raise typer.Exit(look_at(mappings, rows, _out))
    reach.require(reach.kafka)
    raise typer.Exit(listen_to(mappings, _out))


@app.command()
def sources() -> None:
    """Show how every live source is doing: rows taken, rows that could not be mapped, rows still to come."""
    from deploy.listening import show_sources

    show_sources(_out)


@app.command()
def simulate(
    size: Annotated[str, typer.Option(help="Size of the company: small, medium or full.")] = "medium",
    seed: Annotated[int, typer.Option(help="Which company of that size: every seed gives another.")] = 7,
    live: Annotated[bool, typer.Option(help="Then go on as it happens, until Ctrl-C.")] = False,
) -> None:
    """Send the events of a fictional company to a oneboard that runs: all that it has not sent yet."""
    reach.require(reach.kafka)
    from deploy.demo import simulate as run

    run(local(), _out, size, seed, live=live)


@snapshot.command("load")
def load_snapshots() -> None:
    """Load into the warehouse what it lacks of the snapshots beside the log; no worker may run meanwhile."""
    reach.require(reach.kafka, reach.warehouse)
    from deploy.history import load_all

    entered = load_all(local(), _say)
    _out.print(f"{entered:,} events entered.")


@snapshot.command("simulate")
def snapshot_simulation(
    size: Annotated[str, typer.Option(help="Size of the company: small, medium or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Which company of that size: every seed gives another.")] = 7,
) -> None:
    """Write the history of a fictional company as snapshots and load them, once; no worker may run meanwhile."""
    reach.require(reach.kafka, reach.warehouse)
    from deploy.history import found

    entered = found(local(), size, seed, _say)
    _out.print(f"{entered:,} events entered.")


@app.command()
def verify(
    repeat: Annotated[
        bool, typer.Option("--repeat", help="Again and again beside the stack, at the lowest priority.")
    ] = False,
    patient: Annotated[bool, typer.Option("--patient", help="Ask the warehouse so that the board goes first.")] = False,
    tell: Annotated[bool, typer.Option(help="Say on the board what was found.")] = True,
    prepare: Annotated[
        bool,
        typer.Option("--prepare", help="Only sum up snapshots that are new, which takes longest."),
    ] = False,
) -> None:
    """Recompute every aggregate from snapshots and log, apart from the warehouse, and compare; then the sources' own
    totals.
    """
    if repeat:
        from deploy.rounds import again_and_again

        return again_and_again(local().verify_every_minutes)
    reach.require(*(() if prepare else (reach.kafka,)), reach.warehouse)
    from deploy.verify import command

    if prepare:
        return command.prepare(_err)
    is_right = command.once(_out, _err, is_patient=patient, is_told=tell)
    raise typer.Exit(0 if is_right else 1)


@app.command()
def rebuild(
    even_if_different: Annotated[
        bool,
        typer.Option("--even-if-different", help="Change over even where the new generation differs from the old one."),
    ] = False,
    forget_old: Annotated[
        bool,
        typer.Option(
            "--forget-old", help="Rebuild nothing: drop the generation that was in use before the last rebuild."
        ),
    ] = False,
) -> None:
    """Build the warehouse anew from snapshots and log while the board stays up, and change over where it is equal."""
    reach.require(reach.warehouse, *(() if forget_old else (reach.kafka,)))
    from deploy.rebuild.saying import forgotten, rebuilt

    if forget_old:
        return forgotten(_out)
    raise typer.Exit(0 if rebuilt(local().data_dir / "snapshots", _out, _say, even_if_different) else 1)


app.add_typer(letters)


@app.command()
def retract(
    source: Annotated[str, typer.Option(help="The source, as its events name it.")],
    topic: Annotated[
        str, typer.Option(help="Only events of this topic; else of every topic whose events can be taken back.")
    ] = "",
    file: Annotated[str, typer.Option(help="Only events that were imported from the file of this name.")] = "",
    since: Annotated[
        str, typer.Option(help="Only what was received since then: 30m, 12h or 7d ago, or 2026-11-25T08:00 (UTC).")
    ] = "",
    until: Annotated[str, typer.Option(help="Only what was received before then, written as for --since.")] = "",
    why: Annotated[
        str, typer.Option(help="Why they do not count, for everybody to read; not needed with --dry-run.")
    ] = "",
    who: Annotated[str, typer.Option(help="Who takes them back; else the user who is logged in here.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be taken back.")] = False,
) -> None:
    """Take back what a source or a file said: its events no longer count, and everybody sees who did it and why."""
    from deploy.retract import at_the_keyboard
    from warehouse.retractions import Which

    now = datetime.now(UTC)
    begin, end = (
        moment(text, now, f"--{name}") if text else None for name, text in (("since", since), ("until", until))
    )
    which = Which(source, begin, end, file or None)
    reach.require(reach.kafka, reach.warehouse)
    at_the_keyboard(which, topic, who or who_acts(), why, _out, is_agreed=yes, is_dry=dry_run)


@app.command()
def retractions() -> None:
    """List what was taken back: by whom, why, when and how many events."""
    reach.require(reach.warehouse)
    from deploy.retract import list_them

    list_them(_out)


@app.command()
def ingest() -> None:
    """Run the door for events: the HTTP API and its webhooks."""
    from ingest.api import main

    main()


@app.command()
def worker() -> None:
    """Run a worker: it stores the events of the topics in the warehouse, and looks for findings."""
    from streams.process import main

    main()


@app.command()
def dashboard() -> None:
    """Run the board and all of its pages."""
    from dashboard.server import main

    main()


@app.command()
def digest(
    now: Annotated[bool, typer.Option("--now", help="Send it to everybody now, and end.")] = False,
) -> None:
    """Send each person what their board says, by mail on working days (settings ONEBOARD_DIGEST_…, docs/along.md)."""
    from dashboard.digest import run
    from dashboard.digest.settings import digest as settings
    from dashboard.mail import mail

    if not mail().host or not settings().people:
        raise CannotRun("Set ONEBOARD_MAIL_HOST and ONEBOARD_DIGEST_RECIPIENTS (person id=address, …) first.")
    if now:
        reach.require(reach.kafka, reach.warehouse)
    run(once=now)


@app.command()
def tell(
    test: Annotated[
        str, typer.Option(help="Send a test by every channel of this route, say what came of it, and end.")
    ] = "",
    contact: Annotated[
        str, typer.Option(help="With --test: where the channel `contact` leads, for example a mail address.")
    ] = "",
) -> None:
    """Tell people what was found, when and by which channel the routes say (docs/telling.md)."""
    from dashboard.notifications.running import run

    if not test:
        return run()
    reach.require(reach.kafka)
    from deploy.telling import shoot

    raise typer.Exit(0 if shoot(test, who_acts(), contact, _out) else 1)


@app.command()
def kafka() -> None:
    """Run the embedded Kafka alone until Ctrl-C."""
    from deploy.local import foreground, stack

    foreground.alone(local(), _out, stack.kafka_part)


@app.command()
def warehouse() -> None:
    """Run the embedded warehouse alone until Ctrl-C."""
    from deploy.local import foreground, stack

    foreground.alone(local(), _out, stack.warehouse_part)


@app.command()
def version() -> None:
    """Say which version of oneboard this is."""
    _out.print(f"oneboard {version_of('oneboard')}", highlight=False)


if __name__ == "__main__":
    app()
