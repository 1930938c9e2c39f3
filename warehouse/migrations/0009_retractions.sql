-- Events that are taken back (`oneboard retract`): signed rows of their own, in the same part as everything else.
-- `retraction_id` names the command that wrote a row, '' everywhere else. Its row with a `state` is the retraction as it
-- came: entity_id and version are those of the event that no longer counts. Nothing is ever deleted.
ALTER TABLE order_changes ADD COLUMN retraction_id LowCardinality(String);
ALTER TABLE opportunity_changes ADD COLUMN retraction_id LowCardinality(String);
ALTER TABLE activity_changes ADD COLUMN retraction_id LowCardinality(String);
ALTER TABLE collection_changes ADD COLUMN retraction_id LowCardinality(String);

-- Statements are not summed: what stands are those whose `event_id` no retraction of the same entity and version names.
ALTER TABLE org_events ADD COLUMN event_id String DEFAULT JSONExtractString(state, 'event_id');
ALTER TABLE org_events ADD COLUMN retraction_id LowCardinality(String);
ALTER TABLE target_events ADD COLUMN event_id String DEFAULT JSONExtractString(state, 'event_id');
ALTER TABLE target_events ADD COLUMN retraction_id LowCardinality(String);
