-- Key tasks (重点任务) as whoever set them states them: of one `task_id` the latest version stands. What people do about a
-- task, done, opened again or given to somebody else, are rows of `action_events` with the subject 'task:<task_id>'.
CREATE TABLE task_events (
    topic_id      LowCardinality(String),
    partition     UInt16,
    offset        UInt64,
    entity_id     String,
    version       UInt64,
    state         String CODEC(ZSTD(3)),
    task_id       String,
    unit_id       String,
    person_id     String,
    due_on        Date,
    source        LowCardinality(String),
    event_id      String DEFAULT JSONExtractString(state, 'event_id'),
    retraction_id LowCardinality(String),
    changed_at    DateTime64(6, 'UTC'),
    received_at   DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (task_id, version)
SETTINGS non_replicated_deduplication_window = 10000;
