CREATE TABLE indicator (
  id text PRIMARY KEY,
  definition jsonb NOT NULL,
  -- What an OTLP indicator remembers between requests.
  otlp_state jsonb,
  created_at timestamptz NOT NULL
);

-- What was counted from `at` for `seconds`. `xid` is the transaction that wrote the row last: readers follow it, and so
-- read each change once, however late it commits.
CREATE TABLE bucket (
  indicator_id text NOT NULL REFERENCES indicator (id),
  at timestamptz NOT NULL,
  seconds integer NOT NULL CHECK (seconds > 0),
  good bigint NOT NULL CHECK (good >= 0),
  valid bigint NOT NULL CHECK (valid >= good),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (indicator_id, at)
);
CREATE INDEX bucket_written ON bucket (xid);

CREATE TABLE objective (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  description text NOT NULL,
  service_id text NOT NULL REFERENCES service (id),
  indicator_id text NOT NULL REFERENCES indicator (id),
  target double precision NOT NULL CHECK (target > 0 AND target < 1),
  window_text text NOT NULL,
  window_ms bigint NOT NULL,
  links jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  -- What the last tick decided; the next one goes on from it.
  evaluation jsonb NOT NULL
);
CREATE INDEX objective_service ON objective (service_id);
