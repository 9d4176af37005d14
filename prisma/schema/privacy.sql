-- Privacy: consents are added, never changed; what TMF644 documents say is in force in the very moment in which they are written.
ALTER TABLE "consent"
  ADD CONSTRAINT "consent_span" CHECK ("valid_until" IS NULL OR "valid_from" IS NULL OR "valid_until" > "valid_from"),
  ADD CONSTRAINT "consent_source" CHECK ("source" IN ('operation', 'erasure', 'partyPrivacyProfile', 'partyPrivacyAgreement')),
  ADD CONSTRAINT "consent_named" CHECK ("purpose" <> '' AND "channel" <> '');
ALTER TABLE "personal_data_export" ADD CONSTRAINT "personal_data_export_state" CHECK ("state" IN ('requested', 'running', 'completed', 'failed', 'expired', 'erased'));
CREATE INDEX "personal_data_export_open" ON "personal_data_export" ("requested_at") WHERE "state" IN ('requested', 'running');
CREATE INDEX "personal_data_export_expires" ON "personal_data_export" ("available_until") WHERE "state" = 'completed';
ALTER TABLE "personal_data_export_piece" ADD CONSTRAINT "personal_data_export_piece_of" FOREIGN KEY ("brand", "export_id") REFERENCES "personal_data_export" ("brand", "id") ON DELETE CASCADE;
ALTER TABLE "personal_data_erasure" ADD CONSTRAINT "personal_data_erasure_state" CHECK ("state" IN ('planned', 'requested', 'refused', 'running', 'completed', 'failed', 'closed'));
CREATE INDEX "personal_data_erasure_open" ON "personal_data_erasure" ("requested_at") WHERE "state" = 'running';
ALTER TABLE "personal_data_erasure_item"
  ADD CONSTRAINT "personal_data_erasure_item_of" FOREIGN KEY ("brand", "erasure_id") REFERENCES "personal_data_erasure" ("brand", "id"),
  ADD CONSTRAINT "personal_data_erasure_item_action" CHECK ("action" IN ('erase', 'redact', 'keep', 'mention')),
  ADD CONSTRAINT "personal_data_erasure_item_state" CHECK ("state" IN ('due', 'done'));

CREATE FUNCTION "privacy_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Only what law no longer wants goes, and only where the retention job says that it is at that.
  IF TG_OP = 'DELETE' AND current_setting('tandem.retention', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "consent_append_only" BEFORE UPDATE OR DELETE ON "consent" FOR EACH STATEMENT EXECUTE FUNCTION "privacy_append_only"();
CREATE TRIGGER "privacy_record_append_only" BEFORE UPDATE OR DELETE ON "privacy_record" FOR EACH STATEMENT EXECUTE FUNCTION "privacy_append_only"();

CREATE FUNCTION "consent_purpose"("value" text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(lower(btrim("value")), 200)
$$;

-- One word for each channel, however it is written: e-mail address, Email and email are one.
CREATE FUNCTION "consent_channel"("value" text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE k
    WHEN '' THEN '*' WHEN 'all' THEN '*' WHEN 'any' THEN '*'
    WHEN 'mail' THEN 'email' WHEN 'emailaddress' THEN 'email'
    WHEN 'telephone' THEN 'phone' WHEN 'phonenumber' THEN 'phone' WHEN 'call' THEN 'phone' WHEN 'voice' THEN 'phone'
    WHEN 'textmessage' THEN 'sms' WHEN 'pushnotification' THEN 'push'
    WHEN 'letter' THEN 'post' WHEN 'postaladdress' THEN 'post' ELSE k END
  FROM (SELECT left(regexp_replace(lower(coalesce("value", '')), '[^[:alnum:]*]', '', 'g'), 200) AS k) AS word
$$;

-- Only a clear yes allows: an unknown word forbids.
CREATE FUNCTION "consent_allows"("value" jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(regexp_replace(lower("value" #>> '{}'), '[^a-z0-9]', '', 'g') IN
    ('true', 'yes', '1', 'granted', 'grant', 'allow', 'allowed', 'accepted', 'agreed', 'authorized', 'authorised', 'optin', 'optedin', 'consented', 'given'), false)
$$;

-- What a TMF644 document says now is compared with what it said last; only what differs is added.
CREATE FUNCTION "consent_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "is_profile" boolean := TG_TABLE_NAME = 'party_privacy_profile';
  "origin" text := CASE WHEN TG_TABLE_NAME = 'party_privacy_profile' THEN 'partyPrivacyProfile' ELSE 'partyPrivacyAgreement' END;
  "of_brand" text := CASE WHEN TG_OP = 'DELETE' THEN OLD."brand" ELSE NEW."brand" END;
  "of_id" text := CASE WHEN TG_OP = 'DELETE' THEN OLD."id" ELSE NEW."id" END;
  "at_revision" integer := CASE WHEN TG_OP = 'DELETE' THEN OLD."revision" ELSE NEW."revision" END;
  "body" jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE NEW."doc"::jsonb END;
  "state" text := regexp_replace(lower(coalesce("body" ->> 'status', '')), '[^a-z]', '', 'g');
  "business_now" timestamptz := date_trunc('milliseconds', clock_timestamp()) + coalesce((SELECT "offset_ms" FROM "clock_setting" WHERE "id" = 1), 0) * interval '1 millisecond';
  "said_at" timestamptz;
BEGIN
  -- A document that comes from elsewhere (an import) is as old as it says, never newer than now.
  "said_at" := CASE WHEN TG_OP = 'INSERT' THEN least("business_now", coalesce(tandem_instant("body" ->> CASE WHEN "is_profile" THEN 'creationDate' ELSE 'initialDate' END), "business_now")) ELSE "business_now" END;
  INSERT INTO "consent" ("id", "brand", "party_id", "purpose", "channel", "recipient", "granted", "text_version", "given_channel", "given_at", "valid_from", "valid_until", "source", "source_id", "source_revision")
  WITH parties AS (
    SELECT coalesce("body" #>> '{applicableForParty,id}', "body" #>> '{agreedByParty,id}') AS "party_id" WHERE "is_profile"
    UNION
    SELECT p ->> 'id' FROM jsonb_array_elements(CASE WHEN jsonb_typeof("body" -> 'engagedPartyRole') = 'array' THEN "body" -> 'engagedPartyRole' ELSE '[]'::jsonb END) AS p
    WHERE NOT "is_profile" AND lower(coalesce(p ->> 'role', '')) NOT IN ('provider', 'serviceprovider', 'operator', 'controller', 'seller')
  ), said AS (
    SELECT DISTINCT ON ("purpose", "channel", "recipient") consent_purpose(c ->> 'privacyUsagePurpose') AS "purpose", consent_channel(c ->> 'name') AS "channel", coalesce(r ->> 'id', '') AS "recipient",
      consent_allows(c -> 'value') AND "state" IN ('', 'agreed', 'active', 'approved', 'accepted', 'signed', 'completed') AS "granted"
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof("body" -> 'partyPrivacyProfileCharacteristic') = 'array' THEN "body" -> 'partyPrivacyProfileCharacteristic' ELSE '[]'::jsonb END) AS c
    LEFT JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(c -> 'relatedParty') = 'array' THEN c -> 'relatedParty' ELSE '[]'::jsonb END) AS r ON true
    WHERE coalesce(btrim(c ->> 'privacyUsagePurpose'), '') <> ''
    -- Of two that contradict each other in one document, the one that forbids holds.
    ORDER BY "purpose", "channel", "recipient", "granted"
  ), present AS (
    SELECT "party_id", "purpose", "channel", "recipient", "granted",
      CASE WHEN "is_profile" THEN "body" #>> '{partyPrivacyProfileSpecification,id}' ELSE "body" ->> 'version' END AS "text_version",
      tandem_instant("body" #>> CASE WHEN "is_profile" THEN '{validFor,startDateTime}' ELSE '{agreementPeriod,startDateTime}' END::text[]) AS "valid_from",
      tandem_instant("body" #>> CASE WHEN "is_profile" THEN '{validFor,endDateTime}' ELSE '{agreementPeriod,endDateTime}' END::text[]) AS "valid_until"
    FROM parties, said WHERE "party_id" IS NOT NULL
  ), before AS (
    SELECT DISTINCT ON ("party_id", "purpose", "channel", "recipient") "party_id", "purpose", "channel", "recipient", "granted", "text_version", "valid_from", "valid_until"
    FROM "consent" WHERE "brand" = "of_brand" AND "source" = "origin" AND "source_id" = "of_id"
    ORDER BY "party_id", "purpose", "channel", "recipient", "seq" DESC
  )
  SELECT gen_random_uuid()::text, "of_brand", "party_id", "purpose", "channel", "recipient", coalesce(p."granted", false), coalesce(p."text_version", b."text_version"), NULL, "said_at",
    p."valid_from", CASE WHEN p."valid_until" > p."valid_from" OR p."valid_from" IS NULL THEN p."valid_until" END, "origin", "of_id", "at_revision"
  FROM present p FULL JOIN before b USING ("party_id", "purpose", "channel", "recipient")
  WHERE CASE
    WHEN b."granted" IS NULL THEN true
    WHEN p."granted" IS NULL THEN b."granted"
    ELSE (p."granted", p."text_version", p."valid_from", p."valid_until") IS DISTINCT FROM (b."granted", b."text_version", b."valid_from", b."valid_until")
  END;
  RETURN NULL;
END $$;
CREATE TRIGGER "party_privacy_profile_consent" AFTER INSERT OR UPDATE OF "doc" OR DELETE ON "party_privacy_profile" FOR EACH ROW EXECUTE FUNCTION "consent_follow"();
CREATE TRIGGER "party_privacy_agreement_consent" AFTER INSERT OR UPDATE OF "doc" OR DELETE ON "party_privacy_agreement" FOR EACH ROW EXECUTE FUNCTION "consent_follow"();
