-- The audit is append-only, whoever writes to it; what it is read from, too. Only the functions below take anything away: they say so for
-- the time of their statement.
INSERT INTO "audit_cursor" ("id", "position") VALUES (1, 0);

CREATE INDEX "audit_record_ids" ON "audit_record" USING gin ("resource_ids");
CREATE INDEX "audit_record_behalf" ON "audit_record" ("brand", "on_behalf_of", "at", "seq") WHERE "on_behalf_of" IS NOT NULL;
ALTER TABLE "audit_record" ADD CONSTRAINT "audit_record_operation" CHECK ("operation" IN ('create', 'update', 'delete', 'read', 'refuse'));

CREATE FUNCTION "tandem_audit_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tandem.audit', true) = 'erasing' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "audit_record_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_record" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_audit_append_only"();
-- Positions are given to events, personal attributes are taken out of their documents; who did what with which row stands.
CREATE TRIGGER "event_audit_stands" BEFORE UPDATE OF "event_type", "event_time", "correlation_id", "channel", "principal", "on_behalf_of", "brand", "resource", "resource_id", "revision", "created_at" ON "event"
  FOR EACH STATEMENT EXECUTE FUNCTION "tandem_audit_append_only"();
CREATE TRIGGER "event_append_only" BEFORE DELETE ON "event" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_audit_append_only"();

-- Takes the text of questions about these rows out of the audit (a name, a number that was searched for): that they were asked stays.
CREATE FUNCTION "tandem_audit_forget"("of_brand" text, "ids" text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE "forgotten" bigint;
BEGIN
  PERFORM set_config('tandem.audit', 'erasing', true);
  UPDATE "audit_record" SET "query" = NULL WHERE "brand" = "of_brand" AND "resource_ids" && "ids" AND "query" IS NOT NULL;
  GET DIAGNOSTICS "forgotten" = ROW_COUNT;
  PERFORM set_config('tandem.audit', '', true);
  RETURN "forgotten";
END $$;

-- Takes the texts out of these records, and puts in place of their ids what is given for each (a JSON list, or NULL where there are none).
CREATE FUNCTION "tandem_audit_forget_records"("of_brand" text, "seqs" bigint[], "ids" text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE "forgotten" bigint;
BEGIN
  PERFORM set_config('tandem.audit', 'erasing', true);
  UPDATE "audit_record" a SET "query" = NULL,
    "resource_ids" = CASE WHEN u."left" IS NULL THEN a."resource_ids" ELSE ARRAY(SELECT x FROM json_array_elements_text(u."left"::json) WITH ORDINALITY AS e(x, n) ORDER BY n) END
  FROM unnest("seqs", "ids") AS u("seq", "left") WHERE a."seq" = u."seq" AND a."brand" = "of_brand";
  GET DIAGNOSTICS "forgotten" = ROW_COUNT;
  PERFORM set_config('tandem.audit', '', true);
  RETURN "forgotten";
END $$;

-- Removes what of a brand is older than it has to be kept; "before" is an instant of the server's clock.
CREATE FUNCTION "tandem_audit_expire"("of_brand" text, "before" timestamptz, "most" integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE "gone" bigint;
BEGIN
  PERFORM set_config('tandem.audit', 'erasing', true);
  DELETE FROM "audit_record" WHERE "seq" IN (SELECT "seq" FROM "audit_record" WHERE "brand" = "of_brand" AND "at" < "before" ORDER BY "at", "seq" LIMIT "most");
  GET DIAGNOSTICS "gone" = ROW_COUNT;
  PERFORM set_config('tandem.audit', '', true);
  RETURN "gone";
END $$;
