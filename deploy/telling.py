"""`oneboard tell --test`: a test shot from the keyboard."""

import asyncio
from contextlib import closing

from rich.console import Console

from deploy.dead_letters import plain


def shoot(route: str, who: str, contact: str, out: Console) -> bool:
    """Fire by every channel of the route, say what each answered, keep it on the log; whether all arrived."""
    from dashboard.notifications.outbox import TOPIC
    from dashboard.notifications.trial import fire
    from ingest.publisher import Publisher

    shots = asyncio.run(fire(route, who, contact))
    for shot in shots:
        said = f"{shot.channel:<16} {'arrived' if shot.has_arrived else 'did not arrive'}: {plain(shot.answer)}"
        out.print(said, markup=False, highlight=False, soft_wrap=True)
    with closing(Publisher()) as publisher:
        publisher.publish(TOPIC, [shot.word for shot in shots])
    return all(shot.has_arrived for shot in shots)
