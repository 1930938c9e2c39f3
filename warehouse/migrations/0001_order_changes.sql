-- Signed change rows of order lines. One table, no PARTITION BY: a batch is one part, so its facts, its aggregates
-- (the projections below live in the same part) and its position land together or not at all.
--
-- A row says: at this position, this much was added (or taken away) under these ids on this day. Rows are never
-- edited; a version that comes late is put in by reversing what stood in its place. `state` holds the event as it
-- came on one row of each version, '' on the others: it is what timelines are rebuilt from.
--
-- Ids only: names, regions, lines and managers are looked up at query time by (id, day) in the dictionaries.
-- `day` is the business day the change counts for, `entity_day` the day the order was booked.
-- The window of deduplication tokens must outlast the longest pause of a worker times its batches a second.
CREATE TABLE order_changes (
    topic_id            LowCardinality(String),
    partition           UInt16,
    offset              UInt64,
    entity_id           String,
    version             UInt64,
    state               String CODEC(ZSTD(3)),
    day                 Date,
    entity_day          Date,
    changed_at          DateTime64(6, 'UTC'),
    received_at         DateTime64(3, 'UTC'),
    source              LowCardinality(String),
    order_id            String,
    line_id             String,
    kind                LowCardinality(String),
    status              LowCardinality(String),
    office_id           LowCardinality(String),
    rep_id              LowCardinality(String),
    product_id          LowCardinality(String),
    customer_id         String,
    credit_role         LowCardinality(String),
    is_overlay          UInt8,
    route               LowCardinality(String),
    partner_id          LowCardinality(String),
    ship_to             LowCardinality(String),
    opportunity_id      String,
    parent_order_id     String,
    currency            LowCardinality(String),
    due_on              Date,
    due_what            LowCardinality(String),
    lines               Int64,
    quantity            Decimal(18, 4),
    booked_amount       Decimal(18, 4),
    booked_net_amount   Decimal(18, 4),
    framework_amount    Decimal(18, 4),
    list_amount         Decimal(18, 4),
    listed_amount       Decimal(18, 4),
    shipped_amount      Decimal(18, 4),
    shipped_net_amount  Decimal(18, 4),
    accepted_amount     Decimal(18, 4),
    accepted_net_amount Decimal(18, 4),
    invoiced_amount     Decimal(18, 4),
    invoiced_net_amount Decimal(18, 4),
    returned_amount     Decimal(18, 4),
    returned_net_amount Decimal(18, 4),
    collected_amount    Decimal(18, 4),
    due_amount          Decimal(18, 4),
    PROJECTION by_office (
        SELECT day, office_id, is_overlay,
            sum(lines), sum(quantity), sum(booked_amount), sum(booked_net_amount), sum(framework_amount),
            sum(list_amount), sum(listed_amount), sum(shipped_amount), sum(shipped_net_amount), sum(accepted_amount),
            sum(accepted_net_amount), sum(invoiced_amount), sum(invoiced_net_amount), sum(returned_amount),
            sum(returned_net_amount), sum(collected_amount)
        GROUP BY day, office_id, is_overlay),
    PROJECTION by_rep (
        SELECT day, office_id, rep_id, is_overlay,
            sum(lines), sum(quantity), sum(booked_amount), sum(booked_net_amount), sum(framework_amount),
            sum(list_amount), sum(listed_amount), sum(shipped_amount), sum(shipped_net_amount), sum(accepted_amount),
            sum(accepted_net_amount), sum(invoiced_amount), sum(invoiced_net_amount), sum(returned_amount),
            sum(returned_net_amount), sum(collected_amount)
        GROUP BY day, office_id, rep_id, is_overlay),
    PROJECTION by_product (
        SELECT day, product_id, is_overlay,
            sum(lines), sum(quantity), sum(booked_amount), sum(booked_net_amount), sum(framework_amount),
            sum(list_amount), sum(listed_amount), sum(shipped_amount), sum(shipped_net_amount), sum(accepted_amount),
            sum(accepted_net_amount), sum(invoiced_amount), sum(invoiced_net_amount), sum(returned_amount),
            sum(returned_net_amount), sum(collected_amount)
        GROUP BY day, product_id, is_overlay),
    PROJECTION by_office_product (
        SELECT day, office_id, product_id, is_overlay,
            sum(lines), sum(quantity), sum(booked_amount), sum(booked_net_amount), sum(framework_amount),
            sum(list_amount), sum(listed_amount), sum(shipped_amount), sum(shipped_net_amount), sum(accepted_amount),
            sum(accepted_net_amount), sum(invoiced_amount), sum(invoiced_net_amount), sum(returned_amount),
            sum(returned_net_amount), sum(collected_amount)
        GROUP BY day, office_id, product_id, is_overlay),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (entity_id, version)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;
