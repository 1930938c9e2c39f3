-- Versions of the sales baseline, in parts that fit into an event. A version (`baseline_id`) counts once all `parts` are
-- there; of a month the one that was built last counts, as of an instant the last built before it.
CREATE TABLE baseline_events (
    topic_id     LowCardinality(String),
    partition    UInt16,
    offset       UInt64,
    entity_id    String,
    version      UInt64,
    state        String CODEC(ZSTD(3)),
    baseline_id  String,
    metric       LowCardinality(String),
    period       LowCardinality(String),
    part         UInt16,
    parts        UInt16,
    changed_at   DateTime64(6, 'UTC'),
    received_at  DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (metric, period, baseline_id, part)
SETTINGS non_replicated_deduplication_window = 10000;
