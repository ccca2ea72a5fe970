-- What reading remembers of counters: their names, which seldom change, apart from their numbers, which change with every
-- poll. `counters` is what older programs wrote; it is read where there are no numbers.
ALTER TABLE indicator_reading
  ADD COLUMN counter_names jsonb,
  ADD COLUMN counter_values bytea;
-- Out of the row when they are long, so that a new version of the row need not copy them.
ALTER TABLE indicator_reading ALTER COLUMN counter_names SET STORAGE EXTERNAL;
