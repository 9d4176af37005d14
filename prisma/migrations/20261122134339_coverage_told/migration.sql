-- Composed by `npm run migration`.

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
