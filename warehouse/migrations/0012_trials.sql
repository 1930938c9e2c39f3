-- Rules tried on the past before they are switched on: how far a trial is, and in the end what it found. Of one
-- `trial_id` the last word stands. Who asked for it, with which numbers, is the row of `action_events` 'trial:<trial_id>'.
CREATE TABLE trial_events (
    topic_id     LowCardinality(String),
    partition    UInt16,
    offset       UInt64,
    entity_id    String,
    version      UInt64,
    state        String CODEC(ZSTD(3)),
    trial_id     String,
    rule         LowCardinality(String),
    trial_state  LowCardinality(String),
    changed_at   DateTime64(6, 'UTC'),
    received_at  DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (trial_id, version)
SETTINGS non_replicated_deduplication_window = 10000;
