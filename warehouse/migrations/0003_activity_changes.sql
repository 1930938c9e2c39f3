-- Signed change rows of activities. An effective contact (customer × day with a done activity that has an outcome)
-- is a distinct count: per-key sums > 0 of `effective` on the facts.
CREATE TABLE activity_changes (
    topic_id         LowCardinality(String),
    partition        UInt16,
    offset           UInt64,
    entity_id        String,
    version          UInt64,
    state            String CODEC(ZSTD(3)),
    day              Date,
    entity_day       Date,
    changed_at       DateTime64(6, 'UTC'),
    received_at      DateTime64(3, 'UTC'),
    source           LowCardinality(String),
    activity_id      String,
    kind             LowCardinality(String),
    status           LowCardinality(String),
    office_id        LowCardinality(String),
    rep_id           LowCardinality(String),
    customer_id      String,
    contact_id       String,
    opportunity_id   String,
    severity         LowCardinality(String),
    resolved_on      Date,
    planned          Int64,
    done             Int64,
    visits           Int64,
    effective        Int64,
    minutes          Int64,
    complaints       Int64,
    open_complaints  Int64,
    PROJECTION by_office (
        SELECT day, office_id, kind, sum(planned), sum(done), sum(visits), sum(effective), sum(minutes),
            sum(complaints), sum(open_complaints)
        GROUP BY day, office_id, kind),
    PROJECTION by_rep (
        SELECT day, office_id, rep_id, sum(planned), sum(done), sum(visits), sum(effective), sum(minutes),
            sum(complaints), sum(open_complaints)
        GROUP BY day, office_id, rep_id),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (entity_id, version)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;
