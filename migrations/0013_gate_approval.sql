-- Somebody has said that one change of a service may go out where the gate asks for that.
CREATE TABLE gate_approval (
  id text PRIMARY KEY,
  service_id text NOT NULL REFERENCES service (id),
  -- The change as whoever asks the gate names it: a commit, a version.
  ref text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('deploy', 'config', 'flag', 'migration', 'rollback')),
  reason text NOT NULL,
  approved_at timestamptz NOT NULL,
  approved_by jsonb NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > approved_at),
  withdrawn_at timestamptz,
  withdrawn_by jsonb,
  CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX gate_approval_change ON gate_approval (service_id, ref);
CREATE INDEX gate_approval_service ON gate_approval (service_id, approved_at, id);
