CREATE TABLE incident (
  id text PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  title text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('SEV1', 'SEV2', 'SEV3', 'SEV4')),
  phase text NOT NULL CHECK (phase IN ('detected', 'triaged', 'declared', 'mitigated', 'resolved', 'learned', 'cancelled')),
  anchors jsonb NOT NULL,
  monitoring_ms integer NOT NULL,
  roles jsonb NOT NULL,
  declared_at timestamptz NOT NULL,
  resolved_at timestamptz,
  last_update_at timestamptz,
  next_update_at timestamptz,
  version integer NOT NULL DEFAULT 1
);
CREATE INDEX incident_feed ON incident (declared_at DESC, id DESC);
CREATE INDEX incident_open_feed ON incident (declared_at DESC, id DESC) WHERE phase IN ('detected', 'triaged', 'declared', 'mitigated');

CREATE TABLE incident_service (
  incident_id text NOT NULL REFERENCES incident (id),
  service_id text NOT NULL REFERENCES service (id),
  PRIMARY KEY (incident_id, service_id)
);
CREATE INDEX incident_service_service ON incident_service (service_id);

CREATE TABLE incident_alert (
  incident_id text NOT NULL REFERENCES incident (id),
  alert_id text NOT NULL REFERENCES alert (id),
  PRIMARY KEY (incident_id, alert_id)
);
CREATE INDEX incident_alert_alert ON incident_alert (alert_id);

CREATE TABLE incident_update (
  id text PRIMARY KEY,
  incident_id text NOT NULL REFERENCES incident (id),
  at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('investigating', 'identified', 'monitoring', 'resolved')),
  audience text NOT NULL CHECK (audience IN ('customers', 'team')),
  body text NOT NULL,
  author jsonb NOT NULL
);
CREATE INDEX incident_update_line ON incident_update (incident_id, at, id);

CREATE TABLE incident_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id text NOT NULL REFERENCES incident (id),
  at timestamptz NOT NULL,
  kind text NOT NULL,
  because jsonb NOT NULL,
  actor jsonb NOT NULL
);
CREATE INDEX incident_event_line ON incident_event (incident_id, at, id);

CREATE TABLE postmortem (
  id text PRIMARY KEY,
  incident_id text NOT NULL UNIQUE REFERENCES incident (id),
  title text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'in_review', 'published')),
  required boolean NOT NULL,
  required_because jsonb NOT NULL,
  sections jsonb NOT NULL,
  budget jsonb NOT NULL,
  people jsonb NOT NULL,
  due_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);
CREATE INDEX postmortem_feed ON postmortem (created_at DESC, id DESC);

CREATE TABLE action_item (
  id text PRIMARY KEY,
  postmortem_id text NOT NULL REFERENCES postmortem (id),
  title text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('prevent', 'detect', 'mitigate', 'process')),
  priority text NOT NULL CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
  owner_id text NOT NULL REFERENCES person (id),
  due_on text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'in_progress', 'done', 'dropped')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);
CREATE INDEX action_item_due ON action_item (due_on, id);
CREATE INDEX action_item_postmortem ON action_item (postmortem_id);
