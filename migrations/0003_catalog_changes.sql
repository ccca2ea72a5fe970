CREATE TABLE service (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  tier integer NOT NULL CHECK (tier BETWEEN 1 AND 4),
  owner text NOT NULL,
  description text NOT NULL,
  zone text NOT NULL,
  links jsonb NOT NULL,
  public boolean NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL
);

CREATE TABLE change (
  id text PRIMARY KEY,
  service_id text NOT NULL REFERENCES service (id),
  kind text NOT NULL CHECK (kind IN ('deploy', 'config', 'flag', 'migration', 'rollback')),
  version text NOT NULL,
  author text NOT NULL,
  summary text NOT NULL,
  labels jsonb NOT NULL,
  links jsonb NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX change_service_line ON change (service_id, started_at DESC, id DESC);
CREATE INDEX change_feed ON change (started_at DESC, id DESC);
