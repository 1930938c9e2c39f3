"""What comes in: files, topics and databases, a fictional company, history as snapshots."""

from pathlib import Path
from typing import Annotated

import typer

from deploy import reach
from deploy.console import ERR, OUT, say
from deploy.settings import local

app = typer.Typer()
snapshot = typer.Typer(
    name="snapshot", no_args_is_help=True, help="History that enters at once, as Parquet files beside the log."
)


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
        ERR,
        dry_run=dry_run,
        replay=factor,
        shift_to_now=shift_to_now,
        keep_weekday=keep_weekday,
        limit=limit,
        drop_duplicates=drop_duplicates,
        state_dir=local().data_dir / "imports",
    )
    OUT.print(report.text(), markup=False, highlight=False, soft_wrap=True)
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
        raise typer.Exit(look_at(mappings, rows, OUT))
    reach.require(reach.kafka)
    raise typer.Exit(listen_to(mappings, OUT))


@app.command()
def sources() -> None:
    """Show how every live source is doing: rows taken, rows that could not be mapped, rows still to come."""
    from deploy.listening import show_sources

    show_sources(OUT)


@app.command()
def simulate(
    size: Annotated[str, typer.Option(help="Size of the company: small, medium or full.")] = "medium",
    seed: Annotated[int, typer.Option(help="Which company of that size: every seed gives another.")] = 7,
    live: Annotated[bool, typer.Option(help="Then go on as it happens, until Ctrl-C.")] = False,
) -> None:
    """Send the events of a fictional company to a oneboard that runs: all that it has not sent yet."""
    reach.require(reach.kafka)
    from deploy.demo import simulate as run

    run(local(), OUT, size, seed, live=live)


@snapshot.command("load")
def load_snapshots() -> None:
    """Load into the warehouse what it lacks of the snapshots beside the log; no worker may run meanwhile."""
    reach.require(reach.kafka, reach.warehouse)
    from deploy.history import load_all

    entered = load_all(local(), say)
    OUT.print(f"{entered:,} events entered.")


@snapshot.command("simulate")
def snapshot_simulation(
    size: Annotated[str, typer.Option(help="Size of the company: small, medium or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Which company of that size: every seed gives another.")] = 7,
) -> None:
    """Write the history of a fictional company as snapshots and load them, once; no worker may run meanwhile."""
    reach.require(reach.kafka, reach.warehouse)
    from deploy.history import found

    entered = found(local(), size, seed, say)
    OUT.print(f"{entered:,} events entered.")
