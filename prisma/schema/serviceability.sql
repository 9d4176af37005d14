-- One row for each offer of a provider at a place from a date on. It leads with the place, so it serves the look-up too
-- (a bulk load pays for every further index). Two open starts are the same start, hence NULLS NOT DISTINCT.
CREATE UNIQUE INDEX "coverage_place_key" ON "coverage"
  ("brand", "place_id", "place_kind", "provider", "technology", "market_segment", "since") NULLS NOT DISTINCT;

-- A source that delivers a fresh file replaces what it delivered before.
CREATE INDEX "coverage_source_idx" ON "coverage" ("brand", "source", "as_of");

ALTER TABLE "coverage"
  ADD CONSTRAINT "coverage_place_kind_known" CHECK ("place_kind" IN ('address', 'cell')),
  ADD CONSTRAINT "coverage_latency_class_known" CHECK ("latency_class" IN ('low', 'standard')),
  ADD CONSTRAINT "coverage_market_segment_known" CHECK ("market_segment" IN ('business', 'residential', 'both')),
  ADD CONSTRAINT "coverage_speed_not_negative" CHECK ("max_download" >= 0 AND "max_upload" >= 0),
  ADD CONSTRAINT "coverage_capacity_not_negative" CHECK ("capacity" >= 0),
  ADD CONSTRAINT "coverage_since_before_until" CHECK ("since" < "until");

-- What sources delivered by import: a partition for each version of a source, built aside and attached when it is whole. Readers join the
-- version that the source names, so a switch is one row's change; an old version is detached and dropped without a lock that they feel.
CREATE TABLE "coverage_imported" (
  "version" INTEGER NOT NULL,
  "n" INTEGER NOT NULL,
  "place_id" TEXT COLLATE "C" NOT NULL,
  "place_kind" TEXT NOT NULL,
  "provider" TEXT NOT NULL,
  "technology" TEXT NOT NULL,
  "max_download" NUMERIC(12,3),
  "max_upload" NUMERIC(12,3),
  "latency_class" TEXT NOT NULL,
  "market_segment" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3),
  "until" TIMESTAMPTZ(3),
  "capacity" INTEGER
) PARTITION BY LIST ("version");

CREATE INDEX "coverage_imported_place_idx" ON "coverage_imported" ("place_id");

CREATE SEQUENCE "coverage_version_seq" AS INTEGER;

ALTER TABLE "coverage_source"
  ADD CONSTRAINT "coverage_source_kind_known" CHECK ("kind" IN ('imported', 'live')),
  ADD CONSTRAINT "coverage_source_live_says_how" CHECK ("kind" = 'imported' OR "live" IS NOT NULL);

ALTER TABLE "coverage_import"
  ADD CONSTRAINT "coverage_import_state_known" CHECK ("state" IN ('receiving', 'waiting', 'running', 'done', 'failed'));

-- One import of a source runs at a time.
CREATE UNIQUE INDEX "coverage_import_open_key" ON "coverage_import" ("brand", "source_id") WHERE "state" IN ('receiving', 'waiting', 'running');

-- Pieces are compressed already or are read once: no second try at it.
ALTER TABLE "coverage_import_piece" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;

-- Whoever writes these, by whatever way: every process forgets what it knows of places when the change is committed.
CREATE FUNCTION "tandem_coverage_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tandem_coverage', '');
  RETURN NULL;
END $$;
CREATE TRIGGER "coverage_told" AFTER INSERT OR UPDATE OR DELETE ON "coverage" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_coverage_changed"();
-- Whether a live source answers is written with each failure, and is not kept.
CREATE TRIGGER "coverage_source_told" AFTER INSERT OR DELETE OR UPDATE OF "name", "provider", "kind", "priority", "enabled", "live", "current_version", "as_of" ON "coverage_source" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_coverage_changed"();
CREATE TRIGGER "geographic_address_told" AFTER INSERT OR UPDATE OR DELETE ON "geographic_address" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_coverage_changed"();
