-- Signed change rows of deals. Stocks (open_*) are the running sum up to a day; flows (won_*, lost_*, …) count on
-- the day a deal was closed. `pushes` counts a move of the expected close to a later month.
-- A deal is counted once, under its leading credit; its amounts are split over all its credits and lines.
CREATE TABLE opportunity_changes (
    topic_id          LowCardinality(String),
    partition         UInt16,
    offset            UInt64,
    entity_id         String,
    version           UInt64,
    state             String CODEC(ZSTD(3)),
    day               Date,
    entity_day        Date,
    changed_at        DateTime64(6, 'UTC'),
    received_at       DateTime64(3, 'UTC'),
    source            LowCardinality(String),
    opportunity_id    String,
    stage             LowCardinality(String),
    outcome           LowCardinality(String),
    forecast_category LowCardinality(String),
    grade             LowCardinality(String),
    opened_on         Date,
    closed_on         Date,
    expected_close_on Date,
    office_id         LowCardinality(String),
    rep_id            LowCardinality(String),
    product_id        LowCardinality(String),
    customer_id       String,
    credit_role       LowCardinality(String),
    is_overlay        UInt8,
    route             LowCardinality(String),
    loss_reason       LowCardinality(String),
    competitor        LowCardinality(String),
    opened_deals      Int64,
    opened_amount     Decimal(18, 4),
    open_deals        Int64,
    open_amount       Decimal(18, 4),
    probable_amount   Decimal(18, 4),
    awarded_amount    Decimal(18, 4),
    won_deals         Int64,
    won_amount        Decimal(18, 4),
    lost_deals        Int64,
    lost_amount       Decimal(18, 4),
    abandoned_deals   Int64,
    abandoned_amount  Decimal(18, 4),
    pushes            Int64,
    pushed_amount     Decimal(18, 4),
    PROJECTION by_office (
        SELECT day, office_id, is_overlay,
            sum(opened_deals), sum(opened_amount), sum(open_deals), sum(open_amount), sum(probable_amount),
            sum(awarded_amount), sum(won_deals), sum(won_amount), sum(lost_deals), sum(lost_amount),
            sum(abandoned_deals), sum(abandoned_amount), sum(pushes), sum(pushed_amount)
        GROUP BY day, office_id, is_overlay),
    PROJECTION by_rep (
        SELECT day, office_id, rep_id, is_overlay,
            sum(opened_deals), sum(opened_amount), sum(open_deals), sum(open_amount), sum(probable_amount),
            sum(awarded_amount), sum(won_deals), sum(won_amount), sum(lost_deals), sum(lost_amount),
            sum(abandoned_deals), sum(abandoned_amount), sum(pushes), sum(pushed_amount)
        GROUP BY day, office_id, rep_id, is_overlay),
    PROJECTION by_product (
        SELECT day, product_id, is_overlay,
            sum(opened_deals), sum(opened_amount), sum(open_deals), sum(open_amount), sum(probable_amount),
            sum(awarded_amount), sum(won_deals), sum(won_amount), sum(lost_deals), sum(lost_amount),
            sum(abandoned_deals), sum(abandoned_amount), sum(pushes), sum(pushed_amount)
        GROUP BY day, product_id, is_overlay),
    PROJECTION by_office_product (
        SELECT day, office_id, product_id, is_overlay,
            sum(opened_deals), sum(opened_amount), sum(open_deals), sum(open_amount), sum(probable_amount),
            sum(awarded_amount), sum(won_deals), sum(won_amount), sum(lost_deals), sum(lost_amount),
            sum(abandoned_deals), sum(abandoned_amount), sum(pushes), sum(pushed_amount)
        GROUP BY day, office_id, product_id, is_overlay),
    PROJECTION by_stage (
        SELECT day, office_id, stage, grade, route, toStartOfMonth(expected_close_on) AS expected_month, is_overlay,
            sum(open_deals), sum(open_amount), sum(probable_amount), sum(awarded_amount)
        GROUP BY day, office_id, stage, grade, route, expected_month, is_overlay),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (entity_id, version)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;
