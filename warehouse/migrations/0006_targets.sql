-- What a slice shall reach. '' in a part of the slice means all of it. Of several, the one with the latest
-- valid_from not after the day asked about stands, and of those the latest version.
CREATE TABLE target_events (
    topic_id    LowCardinality(String),
    partition   UInt16,
    offset      UInt64,
    entity_id   String,
    version     UInt64,
    state       String CODEC(ZSTD(3)),
    unit_id     String,
    person_id   String,
    product_id  String,
    route       LowCardinality(String),
    segment     LowCardinality(String),
    period      LowCardinality(String),
    metric      LowCardinality(String),
    tier        LowCardinality(String),
    value       Decimal(18, 4),
    valid_from  Date,
    policy      LowCardinality(String),
    changed_at  DateTime64(6, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    source      LowCardinality(String),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (period, metric, tier, entity_id, valid_from, version)
SETTINGS non_replicated_deduplication_window = 10000;
