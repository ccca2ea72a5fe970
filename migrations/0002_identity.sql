CREATE TABLE installation (
  id integer PRIMARY KEY CHECK (id = 1),
  name text NOT NULL,
  secret text NOT NULL,
  fallback_person_ids jsonb NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE person (
  id text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'responder', 'editor', 'admin')),
  password_hash text,
  zone text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz
);

CREATE TABLE session (
  token_hash text PRIMARY KEY,
  person_id text NOT NULL REFERENCES person (id),
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE api_key (
  id text PRIMARY KEY,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'responder', 'editor', 'admin')),
  operations jsonb NOT NULL,
  key_hash text NOT NULL UNIQUE,
  hint text NOT NULL,
  created_at timestamptz NOT NULL,
  created_by jsonb NOT NULL,
  revoked_at timestamptz
);

CREATE TABLE sign_in_failure (
  email text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_recent ON sign_in_failure (email, at);
