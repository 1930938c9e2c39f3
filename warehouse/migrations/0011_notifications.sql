-- What was told to whom: one row a step of a message's life, as it lies on the topic `notifications`. Who tells reads the
-- log itself (a message is taken up there); these rows are for those who look: the card of a finding, and ops.
CREATE TABLE notification_events (
    topic_id           LowCardinality(String),
    partition          UInt16,
    offset             UInt64,
    entity_id          String,
    version            UInt64,
    state              String CODEC(ZSTD(3)),
    notification_id    String,
    recipient          String,
    route              LowCardinality(String),
    channel            LowCardinality(String),
    kind               LowCardinality(String),
    notification_state LowCardinality(String),
    finding_ids        Array(String) DEFAULT
        arrayMap(item -> JSONExtractString(item, 'finding_id'), JSONExtractArrayRaw(state, 'items')),
    changed_at         DateTime64(6, 'UTC'),
    received_at        DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (recipient, notification_id, offset)
SETTINGS non_replicated_deduplication_window = 10000;
