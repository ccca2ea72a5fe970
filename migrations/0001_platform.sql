-- Plumbing that every module writes through: due-time jobs, the outbox, the audit log, replayed requests.

CREATE TABLE job (
  id text PRIMARY KEY,
  name text NOT NULL,
  payload jsonb NOT NULL,
  key text UNIQUE,
  state text NOT NULL CHECK (state IN ('waiting', 'dead')),
  due_at timestamptz NOT NULL,
  claims integer NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  last_error text,
  created_at timestamptz NOT NULL
);
CREATE INDEX job_due ON job (due_at) WHERE state = 'waiting';
CREATE INDEX job_dead ON job (created_at) WHERE state = 'dead';

CREATE TABLE event (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL,
  name text NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL
);
CREATE INDEX event_order ON event (xid, seq);
CREATE INDEX event_at ON event (at);

CREATE TABLE audit_entry (
  id text PRIMARY KEY,
  at timestamptz NOT NULL,
  actor jsonb NOT NULL,
  operation text NOT NULL,
  subject text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX audit_entry_at ON audit_entry (at, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, at);

CREATE TABLE idempotency_key (
  actor text NOT NULL,
  key text NOT NULL,
  operation text NOT NULL,
  request_hash text NOT NULL,
  result jsonb,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
