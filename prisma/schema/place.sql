CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE "geographic_address"
  ADD CONSTRAINT "geographic_address_coordinates_on_earth"
    CHECK ("latitude" BETWEEN -90 AND 90 AND "longitude" BETWEEN -180 AND 180),
  ADD CONSTRAINT "geographic_address_coordinates_whole" CHECK (("latitude" IS NULL) = ("longitude" IS NULL));

-- Texts of cells in the order of their digits: everything near a point lies between two of them.
CREATE INDEX "geographic_address_cell_idx" ON "geographic_address" ("brand", "cell" COLLATE "C") WHERE "cell" IS NOT NULL;

-- Misspelt streets. Small beside the addresses: one row for some thirty of them.
CREATE INDEX "geographic_street_search_idx" ON "geographic_street" USING gin ("street_search" gin_trgm_ops);

ALTER TABLE "address_import"
  ADD CONSTRAINT "address_import_state_known" CHECK ("state" IN ('receiving', 'waiting', 'running', 'done', 'failed'));

-- What comes is packed already, or is gone in a minute.
ALTER TABLE "address_import_piece" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;

-- Other lists name addresses by the identifiers of the list that these come from: coverage by the location_id of the FCC's fabric.
CREATE INDEX "geographic_address_external_idx" ON "geographic_address" ("brand", "source", "external_id") WHERE "external_id" IS NOT NULL;
