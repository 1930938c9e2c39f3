-- What was measured of tasks that were carried out: a row a measurement, as the worker told it. What a person makes of it
-- is a row of `action_events` with the subject 'task:<task_id>'. Of one `check_id` the last word stands.
CREATE TABLE check_events (
    topic_id     LowCardinality(String),
    partition    UInt16,
    offset       UInt64,
    entity_id    String,
    version      UInt64,
    state        String CODEC(ZSTD(3)),
    check_id     String,
    task_id      String,
    kind         LowCardinality(String),
    day          Date,
    proposal     LowCardinality(String),
    changed_at   DateTime64(6, 'UTC'),
    received_at  DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (task_id, day, version)
SETTINGS non_replicated_deduplication_window = 10000;
