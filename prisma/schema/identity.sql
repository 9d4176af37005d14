-- Identity: what may never be said of two parties, whoever writes.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Clusters are flat: what a member points at is a member that points at itself. So no chain and no circle can be written.
ALTER TABLE "party_cluster"
  ADD COLUMN "leads" boolean NOT NULL GENERATED ALWAYS AS ("party_id" = "cluster_id") STORED,
  ADD COLUMN "led" boolean NOT NULL GENERATED ALWAYS AS (true) STORED;
ALTER TABLE "party_cluster" ADD CONSTRAINT "party_cluster_leader" UNIQUE ("brand", "party_id", "leads");
ALTER TABLE "party_cluster" ADD CONSTRAINT "party_cluster_flat" FOREIGN KEY ("brand", "cluster_id", "led") REFERENCES "party_cluster" ("brand", "party_id", "leads") DEFERRABLE INITIALLY DEFERRED;

-- Merges of one cluster wait for each other, so that this is the order in which they were made. Clocks and ids are not.
ALTER TABLE "party_merge" ADD COLUMN "seq" bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX "party_merge_survivor" ON "party_merge" ("brand", "f_survivor_id") WHERE "f_state" = 'active';
CREATE INDEX "party_merge_merged" ON "party_merge" ("brand", "f_merged_id") WHERE "f_state" = 'active';

-- One suggestion for each pair.
CREATE UNIQUE INDEX "identity_suggestion_pair" ON "identity_suggestion" ("brand", "f_first_id", "f_second_id");

-- The owner of an identifier is the cluster of its party, always.
CREATE FUNCTION "party_identifier_owner"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."cluster_id" := coalesce((SELECT "cluster_id" FROM "party_cluster" WHERE "brand" = NEW."brand" AND "party_id" = NEW."party_id"), NEW."party_id");
  RETURN NEW;
END $$;
CREATE TRIGGER "party_identifier_owner" BEFORE INSERT OR UPDATE ON "party_identifier" FOR EACH ROW EXECUTE FUNCTION "party_identifier_owner"();
-- All members at once: between two of them an identifier that they share would seem to belong to two.
CREATE FUNCTION "party_cluster_owns"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "party_identifier" i SET "cluster_id" = '' FROM "moved" m WHERE i."brand" = m."brand" AND i."party_id" = m."party_id";
  RETURN NULL;
END $$;
CREATE TRIGGER "party_cluster_added" AFTER INSERT ON "party_cluster" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "party_cluster_owns"();
CREATE TRIGGER "party_cluster_changed" AFTER UPDATE ON "party_cluster" REFERENCING NEW TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "party_cluster_owns"();
CREATE TRIGGER "party_cluster_gone" AFTER DELETE ON "party_cluster" REFERENCING OLD TABLE AS "moved" FOR EACH STATEMENT EXECUTE FUNCTION "party_cluster_owns"();

-- A verified identifier belongs to one person at a time: from its verification to its end.
ALTER TABLE "party_identifier"
  ADD CONSTRAINT "party_identifier_one_person" EXCLUDE USING gist ("brand" WITH =, "type" WITH =, "scope" WITH =, "value" WITH =, "cluster_id" WITH <>, tstzrange("verified_at", "until") WITH &&) WHERE ("verified") DEFERRABLE INITIALLY IMMEDIATE,
  ADD CONSTRAINT "party_identifier_type" CHECK ("type" IN ('email', 'phone', 'customerNumber', 'login', 'device', 'document', 'external')),
  ADD CONSTRAINT "party_identifier_origin" CHECK ("origin" IN ('document', 'operation')),
  ADD CONSTRAINT "party_identifier_confidence" CHECK ("confidence" BETWEEN 0 AND 1),
  ADD CONSTRAINT "party_identifier_verified" CHECK (NOT "verified" OR ("verified_at" IS NOT NULL AND "verified_by" IS NOT NULL AND "verified_at" >= "since" AND ("until" IS NULL OR "until" >= "verified_at"))),
  ADD CONSTRAINT "party_identifier_span" CHECK ("until" IS NULL OR "until" >= "since");
-- Addresses in whatever case: whose they are, and which are one but for that.
CREATE INDEX "party_identifier_email" ON "party_identifier" ("brand", lower("value")) WHERE "type" = 'email';
CREATE INDEX "party_identifier_merge" ON "party_identifier" ("brand", "merge_id") WHERE "merge_id" IS NOT NULL;
CREATE UNIQUE INDEX "party_identifier_current" ON "party_identifier" ("brand", "party_id", "type", "scope", "value") WHERE "until" IS NULL;
