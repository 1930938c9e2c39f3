"""Whether the numbers are right, how they are made anew, what is taken back, and what should come."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy import reach
from deploy.console import ERR, OUT, say
from deploy.dead_letters import moment, who_acts
from deploy.settings import local

app = typer.Typer()


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
        return command.prepare(ERR)
    is_right = command.once(OUT, ERR, is_patient=patient, is_told=tell)
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
        return forgotten(OUT)
    raise typer.Exit(0 if rebuilt(local().data_dir / "snapshots", OUT, say, even_if_different) else 1)


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
    at_the_keyboard(which, topic, who or who_acts(), why, OUT, is_agreed=yes, is_dry=dry_run)


@app.command()
def retractions() -> None:
    """List what was taken back: by whom, why, when and how many events."""
    reach.require(reach.warehouse)
    from deploy.retract import list_them

    list_them(OUT)


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
        ask(who_acts(), clock, OUT)
    else:
        show(moment(now, clock, "--now") if now else clock, depth, OUT)
