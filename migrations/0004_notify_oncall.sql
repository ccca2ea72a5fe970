CREATE TABLE contact_method (
  id text PRIMARY KEY,
  person_id text NOT NULL REFERENCES person (id),
  channel text NOT NULL CHECK (channel IN ('app', 'email', 'webhook')),
  target text NOT NULL,
  secret text,
  delay_ms integer NOT NULL CHECK (delay_ms >= 0),
  created_at timestamptz NOT NULL,
  UNIQUE (person_id, channel, target)
);

-- One row per notice and contact method: the ledger. `about` is what the notice is about, a page as a rule.
CREATE TABLE delivery (
  id text PRIMARY KEY,
  about text NOT NULL,
  person_id text NOT NULL REFERENCES person (id),
  channel text NOT NULL,
  target text NOT NULL,
  secret text,
  notice jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'cancelled')),
  because jsonb NOT NULL,
  key text NOT NULL UNIQUE,
  due_at timestamptz NOT NULL,
  queued_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  finished_at timestamptz,
  cancelled_at timestamptz,
  link_used_at timestamptz
);
CREATE INDEX delivery_about ON delivery (about, queued_at, id);

-- Written before each call to the outside, closed after it: an open attempt is a call that crashed or still runs.
CREATE TABLE delivery_attempt (
  delivery_id text NOT NULL REFERENCES delivery (id),
  attempt integer NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  outcome jsonb,
  PRIMARY KEY (delivery_id, attempt)
);

CREATE TABLE schedule (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  definition jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);

CREATE TABLE schedule_override (
  id text PRIMARY KEY,
  schedule_id text NOT NULL REFERENCES schedule (id),
  person_id text NOT NULL REFERENCES person (id),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL,
  removed_at timestamptz,
  CHECK (starts_at < ends_at)
);
CREATE INDEX schedule_override_span ON schedule_override (schedule_id, ends_at) WHERE removed_at IS NULL;
