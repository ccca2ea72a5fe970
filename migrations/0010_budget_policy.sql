-- What follows from what is left of an error budget. Shipped policies are no rows until somebody edits or signs them.
CREATE TABLE budget_policy (
  slug text PRIMARY KEY,
  name text NOT NULL,
  levels jsonb NOT NULL,
  -- How exceptions are made, in words.
  exceptions text NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

-- Who signed which version; those of earlier versions stay.
CREATE TABLE budget_policy_signature (
  policy_slug text NOT NULL REFERENCES budget_policy (slug),
  version integer NOT NULL,
  person_id text NOT NULL REFERENCES person (id),
  role text NOT NULL CHECK (role IN ('product', 'sre', 'engineering', 'executive')),
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (policy_slug, version, person_id, role)
);

-- The policy of a service's objectives, where they name none. A shipped one is no row, so this is no reference.
CREATE TABLE service_budget_policy (
  service_id text PRIMARY KEY REFERENCES service (id),
  policy_slug text NOT NULL
);

-- The level of each objective's budget that people were told of last, and since when it has been better than that.
CREATE TABLE level_announcement (
  objective_id text PRIMARY KEY REFERENCES objective (id),
  level text NOT NULL CHECK (level IN ('healthy', 'caution', 'no_data', 'slow', 'frozen', 'exhausted')),
  better_since timestamptz,
  at timestamptz NOT NULL
);

-- What kind of incident it was, in a word of one's own: those of a class are added up over a quarter.
ALTER TABLE postmortem ADD COLUMN class text;
CREATE INDEX postmortem_class ON postmortem (class) WHERE class IS NOT NULL;

-- A planning item waits for an owner, says why it is there, and is made once a class and quarter.
ALTER TABLE action_item ALTER COLUMN owner_id DROP NOT NULL,
  ADD COLUMN because jsonb,
  ADD COLUMN plan_key text UNIQUE;
