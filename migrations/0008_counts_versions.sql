-- The series of an indicator: what the objective is judged by ('counted'), and, for slices, the events behind it
-- ('events'). One for all ('') and one a group.
CREATE TABLE series (
  id text PRIMARY KEY,
  indicator_id text NOT NULL REFERENCES indicator (id),
  role text NOT NULL CHECK (role IN ('counted', 'events')),
  group_key text NOT NULL,
  -- Start of the earliest cell, end of the latest.
  first_at timestamptz NOT NULL,
  last_end timestamptz NOT NULL,
  -- Hours before it stand in the days and blocks too.
  rolled_until timestamptz NOT NULL,
  -- How often to expect news.
  interval_ms bigint NOT NULL,
  UNIQUE (indicator_id, role, group_key)
);

-- An hour of cells. `xid` is the transaction that wrote the row last: readers follow it, and so read each change once,
-- however late it commits.
CREATE TABLE series_hour (
  series_id text NOT NULL REFERENCES series (id),
  at timestamptz NOT NULL,
  cells bytea NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (series_id, at)
);
CREATE INDEX series_hour_written ON series_hour (xid);
-- For the nightly deletion of what is too old for any window.
CREATE INDEX series_hour_age ON series_hour USING brin (at);

-- Sums of the hours: a day in five minutes, 32 days in hours. What memory is filled from.
CREATE TABLE series_day (
  series_id text NOT NULL REFERENCES series (id),
  at timestamptz NOT NULL,
  cells bytea NOT NULL,
  PRIMARY KEY (series_id, at)
);
CREATE TABLE series_block (
  series_id text NOT NULL REFERENCES series (id),
  at timestamptz NOT NULL,
  cells bytea NOT NULL,
  PRIMARY KEY (series_id, at)
);

-- Buckets pushed before this migration are packed by the first start after it, and then gone.
ALTER TABLE bucket RENAME TO old_bucket;
DROP INDEX bucket_written;

-- Each edit of an objective is a version. One of them governs: it is what alerts and budgets are judged by.
CREATE TABLE objective_version (
  objective_id text NOT NULL REFERENCES objective (id),
  number integer NOT NULL,
  definition jsonb NOT NULL,
  indicator_id text NOT NULL REFERENCES indicator (id),
  created_at timestamptz NOT NULL,
  created_by jsonb NOT NULL,
  -- When it began to govern; null while it gathers what it needs.
  governs_since timestamptz,
  PRIMARY KEY (objective_id, number)
);
INSERT INTO objective_version (objective_id, number, definition, indicator_id, created_at, created_by, governs_since)
SELECT o.id, o.version,
  jsonb_build_object('service', s.slug, 'name', o.name, 'description', o.description, 'target', o.target,
    'window', o.window_text, 'links', o.links, 'indicator', i.definition),
  o.indicator_id, o.created_at, '{"kind": "system", "id": null, "name": "migration"}', o.created_at
FROM objective o JOIN service s ON s.id = o.service_id JOIN indicator i ON i.id = o.indicator_id;

ALTER TABLE objective ADD COLUMN governing integer NOT NULL DEFAULT 1;
UPDATE objective SET governing = version;
ALTER TABLE objective ALTER COLUMN governing DROP DEFAULT, ALTER COLUMN version DROP DEFAULT,
  DROP COLUMN description, DROP COLUMN indicator_id, DROP COLUMN target, DROP COLUMN window_text, DROP COLUMN window_ms,
  DROP COLUMN links;

-- What the last tick decided of each group that is alerted on for itself.
CREATE TABLE objective_group (
  objective_id text NOT NULL REFERENCES objective (id),
  group_key text NOT NULL,
  evaluation jsonb NOT NULL,
  PRIMARY KEY (objective_id, group_key)
);

-- A period that counts otherwise than it was counted, once or again and again.
CREATE TABLE correction (
  id text PRIMARY KEY,
  objective_id text NOT NULL REFERENCES objective (id),
  state text NOT NULL CHECK (state IN ('proposed', 'active', 'withdrawn')),
  rule jsonb NOT NULL,
  reason text NOT NULL,
  -- What proposed it: an incident, a maintenance; null when a person thought of it.
  source text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  created_by jsonb NOT NULL,
  decided_at timestamptz,
  decided_by jsonb
);
CREATE INDEX correction_objective ON correction (objective_id, created_at);
