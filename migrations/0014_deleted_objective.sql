-- A deleted objective stays for what refers to it: versions, counts, corrections. It gives its slug back, and bears its own
-- id in place of it, which is nobody's slug.
ALTER TABLE objective
  ADD COLUMN deleted_at timestamptz,
  ADD COLUMN deleted_slug text,
  ADD CONSTRAINT objective_deleted_check CHECK ((deleted_at IS NULL) = (deleted_slug IS NULL));
CREATE INDEX objective_deleted ON objective (deleted_slug, deleted_at) WHERE deleted_at IS NOT NULL;
