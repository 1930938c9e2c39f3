-- What the system found and what people did about it: events of their own topics, the last word of each stands.
CREATE TABLE finding_events (
    topic_id       LowCardinality(String),
    partition      UInt16,
    offset         UInt64,
    entity_id      String,
    version        UInt64,
    state          String CODEC(ZSTD(3)),
    finding_id     String,
    rule           LowCardinality(String),
    metric         LowCardinality(String),
    period         LowCardinality(String),
    finding_state  LowCardinality(String),
    unit_id        String,
    person_id      String,
    product_id     String,
    responsible_id String,
    gap            Decimal(18, 4),
    since          DateTime64(3, 'UTC'),
    changed_at     DateTime64(6, 'UTC'),
    received_at    DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (finding_id, version)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE action_events (
    topic_id    LowCardinality(String),
    partition   UInt16,
    offset      UInt64,
    entity_id   String,
    version     UInt64,
    state       String CODEC(ZSTD(3)),
    event_id    String,
    subject     String,
    who         String,
    what        LowCardinality(String),
    note        String,
    assignee_id String,
    changed_at  DateTime64(6, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (subject, changed_at)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE control_totals (
    topic_id    LowCardinality(String),
    partition   UInt16,
    offset      UInt64,
    entity_id   String,
    version     UInt64,
    state       String CODEC(ZSTD(3)),
    source      LowCardinality(String),
    day         Date,
    topic       LowCardinality(String),
    count       UInt64,
    amount      Decimal(18, 4),
    changed_at  DateTime64(6, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (source, day, topic, version)
SETTINGS non_replicated_deduplication_window = 10000;
