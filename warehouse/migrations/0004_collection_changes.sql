-- Signed change rows of payments, one contribution an allocation and one for what is not allocated (未核销).
-- Unallocated money counts for the company and for no rep: its office, rep and product are ''.
CREATE TABLE collection_changes (
    topic_id           LowCardinality(String),
    partition          UInt16,
    offset             UInt64,
    entity_id          String,
    version            UInt64,
    state              String CODEC(ZSTD(3)),
    day                Date,
    entity_day         Date,
    changed_at         DateTime64(6, 'UTC'),
    received_at        DateTime64(3, 'UTC'),
    source             LowCardinality(String),
    collection_id      String,
    order_id           String,
    line_id            String,
    office_id          LowCardinality(String),
    rep_id             LowCardinality(String),
    product_id         LowCardinality(String),
    customer_id        String,
    method             LowCardinality(String),
    currency           LowCardinality(String),
    matures_on         Date,
    received_amount    Decimal(18, 4),
    unallocated_amount Decimal(18, 4),
    PROJECTION by_office (
        SELECT day, office_id, sum(received_amount), sum(unallocated_amount) GROUP BY day, office_id),
    PROJECTION by_rep (
        SELECT day, office_id, rep_id, sum(received_amount), sum(unallocated_amount) GROUP BY day, office_id, rep_id),
    PROJECTION by_product (
        SELECT day, product_id, sum(received_amount), sum(unallocated_amount) GROUP BY day, product_id),
    PROJECTION by_office_product (
        SELECT day, office_id, product_id, sum(received_amount), sum(unallocated_amount)
        GROUP BY day, office_id, product_id),
    PROJECTION by_customer (
        SELECT day, customer_id, sum(received_amount), sum(unallocated_amount) GROUP BY day, customer_id),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (entity_id, version)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;
