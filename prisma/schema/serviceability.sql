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
