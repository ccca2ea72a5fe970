-- A look back that a level of a budget asks for before the gate answers otherwise again. It is owed from the moment the
-- level is entered, by what the policy said then; open until somebody records it.
CREATE TABLE budget_review (
  id text PRIMARY KEY,
  objective_id text NOT NULL REFERENCES objective (id),
  level text NOT NULL CHECK (level IN ('healthy', 'caution', 'slow', 'frozen', 'exhausted')),
  policy_slug text NOT NULL,
  policy_name text NOT NULL,
  policy_version integer NOT NULL,
  -- What the policy said of the level.
  rule jsonb NOT NULL,
  since timestamptz NOT NULL,
  reviewed_at timestamptz,
  reviewed_by jsonb,
  notes text,
  CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL) AND (reviewed_at IS NULL) = (notes IS NULL))
);
CREATE UNIQUE INDEX budget_review_open ON budget_review (objective_id, level) WHERE reviewed_at IS NULL;
CREATE INDEX budget_review_objective ON budget_review (objective_id, since, id);

-- A proposal that somebody has looked at and did not want.
ALTER TABLE correction DROP CONSTRAINT correction_state_check;
ALTER TABLE correction ADD CONSTRAINT correction_state_check CHECK (state IN ('proposed', 'active', 'withdrawn', 'declined'));
