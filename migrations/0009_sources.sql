-- A place that metrics are read from. What must not be shown again stands apart, in `secret`.
CREATE TABLE source (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  connection jsonb NOT NULL,
  secret jsonb NOT NULL,
  -- How long samples take to arrive: nothing younger is read.
  lag_ms bigint NOT NULL CHECK (lag_ms >= 0),
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  -- What the last polls came to.
  last_read_at timestamptz,
  failing_since timestamptz,
  failures integer NOT NULL,
  last_failure jsonb,
  is_dead boolean NOT NULL
);

-- How far an indicator has been read from its source: onwards from `started_at`, and backwards by its backfill.
CREATE TABLE indicator_reading (
  indicator_id text PRIMARY KEY REFERENCES indicator (id),
  source_id text NOT NULL REFERENCES source (id),
  started_at timestamptz NOT NULL,
  -- Null until the first poll; the next one goes on from here, with `counters`.
  read_until timestamptz,
  counters jsonb,
  last_failure jsonb,
  notes jsonb NOT NULL,
  backfill jsonb NOT NULL
);
CREATE INDEX indicator_reading_source ON indicator_reading (source_id);
