-- What the event machinery scans all day is small: only rows that still have work in them are indexed.
CREATE INDEX "event_unpositioned" ON "event" ("seq") WHERE "position" IS NULL;

CREATE INDEX "event_reaction_due" ON "event_reaction" ("position") WHERE "state" = 'due';
CREATE INDEX "event_reaction_order" ON "event_reaction" ("reaction", "brand", "resource", "resource_id", "position") WHERE "state" = 'due';
CREATE INDEX "event_reaction_dead" ON "event_reaction" ("position") WHERE "state" = 'dead';
CREATE INDEX "event_reaction_done" ON "event_reaction" ("done_at") WHERE "state" = 'done';
ALTER TABLE "event_reaction" ADD CONSTRAINT "event_reaction_state" CHECK ("state" IN ('due', 'done', 'dead'));

CREATE INDEX "hub_delivery_due" ON "hub_delivery" ("hub_id", "position") WHERE "state" = 'due';
CREATE INDEX "hub_delivery_order" ON "hub_delivery" ("hub_id", "resource", "resource_id", "position") WHERE "state" = 'due';
CREATE INDEX "hub_delivery_done" ON "hub_delivery" ("done_at") WHERE "state" = 'delivered';
ALTER TABLE "hub_delivery" ADD CONSTRAINT "hub_delivery_state" CHECK ("state" IN ('due', 'delivered'));
ALTER TABLE "hub" ADD CONSTRAINT "hub_state" CHECK ("state" IN ('active', 'paused'));

-- Claims run many times a second on tables whose statistics are always wrong: hundreds of due rows now, none a moment later. Their plans are
-- therefore fixed: walk the due rows in order by their index, look into the index for each whether an earlier one stands before it, stop
-- when there are enough. OFFSET 0 keeps the planner from turning the look into a join over all due rows.
CREATE FUNCTION "tandem_claim_reactions"("names" text[], "most" integer)
  RETURNS TABLE ("event_seq" bigint, "reaction" text, "position" bigint, "attempts" integer)
  LANGUAGE plpgsql VOLATILE ROWS 5
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN QUERY
    SELECT r."event_seq", r."reaction", r."position", r."attempts" FROM "event_reaction" r
    WHERE r."state" = 'due' AND r."due_at" <= now() AND r."reaction" = ANY("names")
      AND NOT EXISTS (SELECT 1 FROM "event_reaction" b WHERE b."state" = 'due' AND b."reaction" = r."reaction" AND b."brand" = r."brand"
        AND b."resource" = r."resource" AND b."resource_id" = r."resource_id" AND b."position" < r."position" OFFSET 0)
    ORDER BY r."position" LIMIT "most" FOR UPDATE OF r SKIP LOCKED;
END
$$;

CREATE FUNCTION "tandem_lease_deliveries"("most" integer, "lease_ms" integer, "most_per_hub" integer, "busy" text[], "busy_with" integer[])
  RETURNS TABLE ("hub_id" text, "position" bigint, "resource" text, "payload" text, "attempts" integer)
  LANGUAGE plpgsql VOLATILE ROWS 10
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  RETURN QUERY
    WITH picked AS MATERIALIZED (
      SELECT d."hub_id", d."position" FROM "hub" h CROSS JOIN LATERAL (
        SELECT c."hub_id", c."position" FROM "hub_delivery" c
        WHERE c."hub_id" = h."id" AND c."state" = 'due' AND c."due_at" <= now() AND (c."lease_until" IS NULL OR c."lease_until" < now())
          AND NOT EXISTS (SELECT 1 FROM "hub_delivery" b WHERE b."state" = 'due' AND b."hub_id" = c."hub_id" AND b."resource" = c."resource"
            AND b."resource_id" = c."resource_id" AND b."position" < c."position" OFFSET 0)
        ORDER BY c."position"
        LIMIT greatest(0, "most_per_hub" - coalesce((SELECT f."count" FROM unnest("busy", "busy_with") AS f("id", "count") WHERE f."id" = h."id"), 0))
        FOR UPDATE SKIP LOCKED) d
      WHERE h."state" = 'active' AND (h."retry_at" IS NULL OR h."retry_at" <= now()) LIMIT "most")
    UPDATE "hub_delivery" u SET "lease_until" = now() + "lease_ms" * interval '1 millisecond', "attempts" = u."attempts" + 1
    FROM picked p WHERE u."hub_id" = p."hub_id" AND u."position" = p."position"
    RETURNING u."hub_id", u."position", u."resource", u."payload"::text, u."attempts";
END
$$;
