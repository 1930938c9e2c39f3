"""What the door counts about itself."""

from telemetry.meters import FAST, counter, histogram

REQUESTS = counter(
    "ingest_answered",
    "requests",
    "Answers of the door, by HTTP status.",
    labels=("status",),
    worry="503 comes at all: Kafka did not acknowledge in time. Much 422 is a source that sends what is no event.",
)
ACCEPTED = counter(
    "ingest_accepted",
    "events",
    "Events that Kafka has acknowledged, by topic.",
    labels=("topic",),
    worry="a source that always sends has stopped.",
)
REJECTED = counter(
    "ingest_rejected",
    "events",
    "Events refused with a reason, by topic.",
    labels=("topic",),
    worry="its rate is more than a hundredth of what is accepted.",
)
ACKNOWLEDGED = histogram(
    "ingest_acknowledged",
    "seconds",
    "From a request's events being valid to Kafka having all of them.",
    buckets=FAST,
    worry="p99 is over 0.1 s: the broker or its disk is slow.",
)
