-- What `verify` found each time it ran: the newest one is said on the board. `state` holds the event, all of it.
CREATE TABLE verifications (
    topic_id    LowCardinality(String),
    partition   UInt16,
    offset      UInt64,
    entity_id   String,
    version     UInt64,
    state       String CODEC(ZSTD(3)),
    source      LowCardinality(String),
    changed_at  DateTime64(6, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY changed_at
SETTINGS non_replicated_deduplication_window = 10000;
