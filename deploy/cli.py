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
            _err.print(str(said), style="red", markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from error


def _plain() -> tuple[type[Exception], ...]:
    """The errors whose text is written for the person at the keyboard."""
    from ingest.errors import IngestError
    from streams.snapshot.manifest import SnapshotBroken
    from warehouse.errors import WarehouseError
    from warehouse.migrate import MigrationRefused

    return CannotRun, IngestError, SnapshotBroken, WarehouseError, MigrationRefused


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
    """Start everything here and keep it running until Ctrl-C."""
    from deploy.local import foreground

    foreground.up(local(), _out)


@app.command()
def demo(
    size: Annotated[str, typer.Option(help="The company: small, medium or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 7,
) -> None:
    """Start everything with a fictional company in it: its history once, then its life as it happens."""
    from deploy.demo import demo as run

    run(local(), _out, size, seed)


@app.command()
def baseline(
    now: Annotated[str, typer.Option(help="As of when: 12h for twelve hours ago, or 2026-11-25T08:00 (UTC).")] = "",
    depth: Annotated[int, typer.Option(help="Levels shown, from the company down.")] = 3,
    build: Annotated[bool, typer.Option("--build", help="Ask the worker for a new version instead.")] = False,
) -> None:
    """Build the baseline of the month: what every node should have by now, and where it lands.

    It is shown and no more; with --build the worker is asked for a version that board and detection go by.
    """
    from deploy.baseline import ask, show

    clock = datetime.now(UTC)
    if build:
        ask(who_acts(), clock, _out)
    else:
        show(moment(now, clock, "--now") if now else clock, depth, _out)


@app.command()
def doctor() -> None:
    """Say what this machine has and lacks, and what to do about it."""
    from deploy.doctor import examine

    findings = list(examine(local()))
    for one in findings:
        mark = "[green]ok     [/]" if one.ok else "[red]problem[/]"
        _out.print(f"{mark} [bold]{one.subject:<13}[/]", end="")
        _out.print(one.what, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


@app.command()
def migrate() -> None:
    """Bring topics and tables up to date; nothing happens where they are."""
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
    folder: Annotated[Path, typer.Argument(help="The folder of its files.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; report what would enter and what not.")
    ] = False,
    replay: Annotated[
        str | None, typer.Option(help="Send at the events' own pace, so many times faster: 600x.")
    ] = None,
    shift_to_now: Annotated[
        bool, typer.Option("--shift-to-now", help="Move all dates so that the newest is now.")
    ] = False,
    keep_weekday: Annotated[bool, typer.Option("--keep-weekday", help="Move them by whole weeks.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Take only the first rows of every file.")] = None,
    drop_duplicates: Annotated[
        bool | None,
        typer.Option(
            "--drop-duplicates/--keep-duplicates", help="Exact duplicate rows; without it the mapping decides."
        ),
    ] = None,
) -> None:
    """Bring a folder of CSV, Parquet, XLSX or JSON lines onto the topics, by a mapping."""
    from deploy.importing import import_folder

    report = import_folder(
        mapping,
        folder,
        _err,
        dry_run=dry_run,
        replay=float(replay.rstrip("x")) if replay else None,
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
    mappings: Annotated[list[Path], typer.Argument(help="Mappings, TOML files, or folders of them.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; show what the first rows would become.")
    ] = False,
    rows: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows a dry run looks at.")] = 10,
) -> None:
    """Take what arrives on topics and in databases, by mappings, until Ctrl-C."""
    from deploy.listening import listen_to, look_at

    raise typer.Exit(look_at(mappings, rows, _out) if dry_run else listen_to(mappings, _out))


@app.command()
def sources() -> None:
    """Say how every live source is: its rows, what could not be mapped, what is still to come."""
    from deploy.listening import show_sources

    show_sources(_out)


@app.command()
def simulate(
    size: Annotated[str, typer.Option(help="The company: small, medium or full.")] = "medium",
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 7,
    live: Annotated[bool, typer.Option(help="Go on as it happens until Ctrl-C.")] = False,
) -> None:
    """Put a fictional company on the log of a oneboard that runs: what it has not yet told."""
    from deploy.demo import simulate as run

    run(local(), _out, size, seed, live=live)


@snapshot.command("load")
def load_snapshots() -> None:
    """Bring what is missing of the snapshots beside the log into the warehouse; no worker may run meanwhile."""
    from deploy.history import load_all

    entered = load_all(local(), _say)
    _out.print(f"{entered:,} events entered.")


@snapshot.command("simulate")
def snapshot_simulation(
    size: Annotated[str, typer.Option(help="The company: small, medium or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 7,
) -> None:
    """Let the history of a fictional company enter as a snapshot, once; no worker may run meanwhile."""
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
    from deploy.verify import command

    if prepare:
        return command.prepare(_err)
    is_right = command.once(_out, _err, is_patient=patient, is_told=tell)
    raise typer.Exit(0 if is_right else 1)


@app.command()
def rebuild(
    even_if_different: Annotated[
        bool,
        typer.Option("--even-if-different", help="Change over although the new generation is not equal to the old."),
    ] = False,
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Rebuild nothing: drop what was there before the last rebuild.")
    ] = False,
) -> None:
    """Build the warehouse anew from snapshots and log while the board stays up, and change over where it is equal."""
    from deploy.rebuild.saying import forgotten, rebuilt

    if forget_old:
        return forgotten(_out)
    raise typer.Exit(0 if rebuilt(local().data_dir / "snapshots", _out, _say, even_if_different) else 1)


app.add_typer(letters)


@app.command()
def retract(
    source: Annotated[str, typer.Option(help="Whose events, as they say it themselves.")],
    topic: Annotated[str, typer.Option(help="Only of this topic; else of all from which events can be taken.")] = "",
    file: Annotated[str, typer.Option(help="Only what was imported from the file of this name.")] = "",
    since: Annotated[str, typer.Option(help="Received not before: 30m, 12h, 7d, or 2026-11-25T08:00 (UTC).")] = "",
    until: Annotated[str, typer.Option(help="Received before: the same.")] = "",
    why: Annotated[str, typer.Option(help="Why they do not count; everybody can read it.")] = "",
    who: Annotated[str, typer.Option(help="Who takes them back; else the user of this machine.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
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
    at_the_keyboard(which, topic, who or who_acts(), why, _out, is_agreed=yes, is_dry=dry_run)


@app.command()
def retractions() -> None:
    """List what was taken back: by whom, why, when and how many events."""
    from deploy.retract import list_them

    list_them(_out)


@app.command()
def ingest() -> None:
    """Run the door for events."""
    from ingest.api import main

    main()


@app.command()
def worker() -> None:
    """Run a worker: from the topics into the warehouse."""
    from streams.process import main

    main()


@app.command()
def dashboard() -> None:
    """Run the board."""
    from dashboard.server import main

    main()


@app.command()
def digest(
    now: Annotated[bool, typer.Option("--now", help="Send it now to everybody, and end.")] = False,
) -> None:
    """Send each person's board by mail on working days (settings ONEBOARD_DIGEST_…)."""
    from dashboard.digest import run
    from dashboard.digest.settings import digest as settings
    from dashboard.mail import mail

    if not mail().host or not settings().people:
        raise CannotRun("Set ONEBOARD_MAIL_HOST and ONEBOARD_DIGEST_RECIPIENTS (person id=address, …) first.")
    run(once=now)


@app.command()
def tell(
    test: Annotated[str, typer.Option(help="Fire a test by every channel of this route, say what came of it.")] = "",
    contact: Annotated[
        str, typer.Option(help="With --test: where the channel `contact` leads, a mail address say.")
    ] = "",
) -> None:
    """Tell people what was found: at once, after a wait, folded, by the routes in force (docs/telling.md)."""
    from dashboard.notifications.running import run

    if not test:
        return run()
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
    """Say which oneboard this is."""
    _out.print(f"oneboard {version_of('oneboard')}", highlight=False)


if __name__ == "__main__":
    app()
