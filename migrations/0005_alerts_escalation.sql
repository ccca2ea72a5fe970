CREATE TABLE integration (
  id text PRIMARY KEY,
  name text NOT NULL,
  key_hash text NOT NULL UNIQUE,
  hint text NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);

-- What arrived, word for word, before anybody judged it. Text, for jsonb cannot hold every JSON text.
CREATE TABLE alert_signal (
  id text PRIMARY KEY,
  integration_id text NOT NULL REFERENCES integration (id),
  received_at timestamptz NOT NULL,
  raw text NOT NULL,
  alert_id text NOT NULL,
  outcome text NOT NULL
);
CREATE INDEX alert_signal_alert ON alert_signal (alert_id, received_at);
CREATE INDEX alert_signal_integration ON alert_signal (integration_id, received_at DESC);

CREATE TABLE alert (
  id text PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  source text NOT NULL,
  dedup_key text NOT NULL,
  service_id text REFERENCES service (id),
  severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'ticket')),
  summary text NOT NULL,
  labels jsonb NOT NULL,
  links jsonb NOT NULL,
  facts jsonb NOT NULL,
  firing_count integer NOT NULL DEFAULT 1,
  started_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  last_firing_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by jsonb,
  resolved_at timestamptz
);
CREATE UNIQUE INDEX alert_open_identity ON alert (source, dedup_key) WHERE resolved_at IS NULL;
CREATE INDEX alert_feed ON alert (opened_at DESC, id DESC);
CREATE INDEX alert_open_feed ON alert (opened_at DESC, id DESC) WHERE resolved_at IS NULL;
CREATE INDEX alert_service ON alert (service_id, opened_at DESC);

CREATE TABLE alert_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id),
  at timestamptz NOT NULL,
  kind text NOT NULL,
  because jsonb NOT NULL,
  actor jsonb NOT NULL
);
CREATE INDEX alert_event_line ON alert_event (alert_id, id);

CREATE TABLE policy (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  is_default boolean NOT NULL,
  steps jsonb NOT NULL,
  repeats integer NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX policy_one_default ON policy (is_default) WHERE is_default;

CREATE TABLE policy_service (
  service_id text PRIMARY KEY REFERENCES service (id),
  policy_id text NOT NULL REFERENCES policy (id)
);

CREATE TABLE page (
  id text PRIMARY KEY,
  alert_id text NOT NULL UNIQUE REFERENCES alert (id),
  policy_id text REFERENCES policy (id),
  steps jsonb NOT NULL,
  repeats integer NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'exhausted', 'acknowledged', 'ended')),
  step integer NOT NULL,
  round integer NOT NULL,
  next_at timestamptz,
  paged jsonb NOT NULL,
  opened_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by jsonb,
  ended_at timestamptz,
  because jsonb NOT NULL,
  -- Promise 1 of the product: an open page has a next step in the future, every other state is a written ending.
  CHECK ((state = 'open') = (next_at IS NOT NULL)),
  CHECK ((state = 'acknowledged') <= (acknowledged_at IS NOT NULL))
);
CREATE INDEX page_feed ON page (opened_at DESC, id DESC);
CREATE INDEX page_waiting ON page (opened_at DESC, id DESC) WHERE state IN ('open', 'exhausted');

CREATE TABLE page_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  page_id text NOT NULL REFERENCES page (id),
  at timestamptz NOT NULL,
  kind text NOT NULL,
  because jsonb NOT NULL,
  actor jsonb NOT NULL
);
CREATE INDEX page_event_line ON page_event (page_id, id);
