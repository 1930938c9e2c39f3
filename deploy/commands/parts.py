"""Each part as a process of its own."""

from typing import Annotated

import typer

from deploy import reach
from deploy.console import OUT
from deploy.dead_letters import who_acts
from deploy.errors import CannotRun
from deploy.settings import local

app = typer.Typer()


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

    raise typer.Exit(0 if shoot(test, who_acts(), contact, OUT) else 1)


@app.command()
def kafka() -> None:
    """Run the embedded Kafka alone until Ctrl-C."""
    from deploy.local import foreground, stack

    foreground.alone(local(), OUT, stack.kafka_part)


@app.command()
def warehouse() -> None:
    """Run the embedded warehouse alone until Ctrl-C."""
    from deploy.local import foreground, stack

    foreground.alone(local(), OUT, stack.warehouse_part)
