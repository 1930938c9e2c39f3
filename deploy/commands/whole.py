"""The whole of it on this machine: started, looked over, made ready."""

from importlib.metadata import version as version_of
from typing import Annotated

import typer

from deploy import reach
from deploy.console import OUT
from deploy.settings import local

app = typer.Typer()


@app.command()
def up() -> None:
    """Start Kafka, the warehouse and every part of oneboard on this machine, until Ctrl-C."""
    from deploy.local import foreground

    foreground.up(local(), OUT)


@app.command()
def demo(
    size: Annotated[str, typer.Option(help="Size of the company: small, medium or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Which company of that size: every seed gives another.")] = 7,
) -> None:
    """As `up`, with a fictional company in it: its history enters once, then it lives on while you look."""
    from deploy.demo import demo as run

    run(local(), OUT, size, seed)


@app.command()
def doctor() -> None:
    """Check this machine and what runs on it, and say what to do about each problem."""
    from deploy.doctor import examine

    findings = list(examine(local()))
    for one in findings:
        mark = "[green]ok     [/]" if one.ok else "[red]problem[/]"
        OUT.print(f"{mark} [bold]{one.subject:<13}[/]", end="")
        OUT.print(one.what, markup=False, highlight=False, soft_wrap=True)
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
        OUT.print(f"made {name}", highlight=False)


@app.command()
def version() -> None:
    """Say which version of oneboard this is."""
    OUT.print(f"oneboard {version_of('oneboard')}", highlight=False)
