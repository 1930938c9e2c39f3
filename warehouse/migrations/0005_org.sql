-- The organisation. `org_events` is every statement about the company as it came; the `*_ranges` tables are what
-- follows from it: for each id the spans of days in which nothing about it (or above it) changed, with the path from
-- the root down to it. They are written whole, edition after edition, by the worker that holds the org topic; the
-- dictionaries read the newest edition. A late statement so changes every question about its days, and no fact.
CREATE TABLE org_events (
    topic_id    LowCardinality(String),
    partition   UInt16,
    offset      UInt64,
    entity_id   String,
    version     UInt64,
    state       String CODEC(ZSTD(3)),
    kind        LowCardinality(String),
    id          String,
    valid_from  Date,
    changed_at  DateTime64(6, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    source      LowCardinality(String),
    PROJECTION by_position (
        SELECT topic_id, partition, max(offset), max(received_at), max(changed_at) GROUP BY topic_id, partition)
) ENGINE = MergeTree ORDER BY (entity_id, valid_from, version)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE unit_ranges (
    edition UInt64, id String, valid_from Date, valid_to Date,
    parent_id String, tier LowCardinality(String), name String, name_en String, manager_id String, closed UInt8,
    path Array(String)
) ENGINE = MergeTree PARTITION BY edition ORDER BY (id, valid_from);

CREATE TABLE product_ranges (
    edition UInt64, id String, valid_from Date, valid_to Date,
    parent_id String, tier LowCardinality(String), name String, name_en String, manager_id String,
    supply LowCardinality(String), successor_id String,
    path Array(String)
) ENGINE = MergeTree PARTITION BY edition ORDER BY (id, valid_from);

CREATE TABLE person_ranges (
    edition UInt64, id String, valid_from Date, valid_to Date,
    name String, name_en String, unit_id String, role LowCardinality(String), role_since Date,
    roles Array(String), -- every role held, as "role@unit"
    status LowCardinality(String), stand_in_id String, contact String
) ENGINE = MergeTree PARTITION BY edition ORDER BY (id, valid_from);

CREATE TABLE customer_ranges (
    edition UInt64, id String, valid_from Date, valid_to Date,
    name String, name_en String, segment LowCardinality(String), industry LowCardinality(String),
    tier LowCardinality(String), owner_id String, first_order_on Date
) ENGINE = MergeTree PARTITION BY edition ORDER BY (id, valid_from);

CREATE TABLE calendar_days (
    edition UInt64, unit_id String, day Date, weight Decimal(9, 4), reason String
) ENGINE = MergeTree PARTITION BY edition ORDER BY (unit_id, day);

CREATE DICTIONARY units (
    id String, valid_from Date, valid_to Date,
    parent_id String, tier String, name String, name_en String, manager_id String, closed UInt8, path Array(String)
) PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, valid_from, valid_to, parent_id, tier, name, name_en, manager_id, closed, path
    FROM {database}.unit_ranges WHERE edition = (SELECT max(edition) FROM {database}.unit_ranges)'))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(range_lookup_strategy 'max')) RANGE(MIN valid_from MAX valid_to) LIFETIME(0);

CREATE DICTIONARY products (
    id String, valid_from Date, valid_to Date,
    parent_id String, tier String, name String, name_en String, manager_id String, supply String,
    successor_id String, path Array(String)
) PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, valid_from, valid_to, parent_id, tier, name, name_en, manager_id, supply,
    successor_id, path FROM {database}.product_ranges
    WHERE edition = (SELECT max(edition) FROM {database}.product_ranges)'))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(range_lookup_strategy 'max')) RANGE(MIN valid_from MAX valid_to) LIFETIME(0);

CREATE DICTIONARY people (
    id String, valid_from Date, valid_to Date,
    name String, name_en String, unit_id String, role String, role_since Date, status String, stand_in_id String,
    contact String
) PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, valid_from, valid_to, name, name_en, unit_id, role, role_since, status,
    stand_in_id, contact FROM {database}.person_ranges
    WHERE edition = (SELECT max(edition) FROM {database}.person_ranges)'))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(range_lookup_strategy 'max')) RANGE(MIN valid_from MAX valid_to) LIFETIME(0);

CREATE DICTIONARY customers (
    id String, valid_from Date, valid_to Date,
    name String, name_en String, segment String, industry String, tier String, owner_id String, first_order_on Date
) PRIMARY KEY id
SOURCE(CLICKHOUSE(QUERY 'SELECT id, valid_from, valid_to, name, name_en, segment, industry, tier, owner_id,
    first_order_on FROM {database}.customer_ranges
    WHERE edition = (SELECT max(edition) FROM {database}.customer_ranges)'))
LAYOUT(COMPLEX_KEY_RANGE_HASHED(range_lookup_strategy 'max')) RANGE(MIN valid_from MAX valid_to) LIFETIME(0);
