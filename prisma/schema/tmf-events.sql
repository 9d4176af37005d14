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
