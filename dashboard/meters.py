"""What the board counts about itself: once a picture or a push, whoever looks."""

import math
import time
from datetime import datetime

from telemetry.meters import FAST, counter, gauge, histogram

ASKING = histogram(
    "board_asking",
    "seconds",
    "Asking the warehouse for everything one lane of a picture shows.",
    labels=("lane",),
    buckets=FAST,
    worry="p95 is over 0.25 s: see the statements of the warehouse by table.",
)
DRAWING = histogram(
    "board_drawing",
    "seconds",
    "From the answers to the lane's part of the picture, without sending it.",
    labels=("lane",),
    buckets=FAST,
    worry="p95 is over 0.1 s: this process has too much to do.",
)
PUSHED = counter(
    "board_pushed",
    "pictures",
    "Pictures sent to screens; a screen that shows it already gets none.",
    worry="it stands still while events are stored and screens are open.",
)
PUSH_DELAY = histogram(
    "board_push_delay",
    "seconds",
    "From Kafka's timestamp of the oldest event that a lane of a picture is the first to hold to its being sent to a"
    " screen.",
    labels=("lane",),
    buckets=FAST,
    worry="p99 of a page's first lane is over 0.5 s; the others rest between two pictures.",
)
SCREENS = gauge("board_open", "screens", "Tabs that are being pushed to.", worry="it is 0 and people are looking.")
VIEWS = gauge(
    "board_kept",
    "views",
    "Different pictures that are kept current or have just been left.",
    worry="it is near the number of screens although most look at the same.",
)
FRESHNESS = gauge(
    "board_freshness",
    "seconds",
    "Now less the newest event in the warehouse, by Kafka's clock. NaN before there is any.",
    worry="it is over 60 s while a source sends.",
)
READING = gauge(
    "board_reader",
    "up",
    "1 while this board hears from the workers what moved, else 0; it then compares every two seconds.",
    worry="it is 0 for more than a minute.",
)

MESSAGES = counter(
    "notifications_tried",
    "messages",
    "Tries to tell somebody something, by kind of channel and by what became of it.",
    labels=("channel", "state"),
    worry="failed grows faster than sent, or dead grows at all: see the page Ops.",
)


def newest_is(at: datetime | None) -> None:
    """When the newest event in the warehouse was received; from now on it ages, also while nothing can be asked."""
    FRESHNESS.set_function(lambda: time.time() - at.timestamp() if at else math.nan)
