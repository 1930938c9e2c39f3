"""What telling people counts about itself."""

from telemetry.meters import counter

MESSAGES = counter(
    "notifications_tried",
    "messages",
    "Tries to tell somebody something, by kind of channel and by what became of it.",
    labels=("channel", "state"),
    worry="failed grows faster than sent, or dead grows at all: see the page Ops.",
)
