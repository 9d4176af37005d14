-- Whoever writes these, by whatever way: every process forgets what it knows of its callers when the change is committed.
CREATE FUNCTION "tandem_access_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('tandem_access', '');
  RETURN NULL;
END $$;
CREATE TRIGGER "user_role_changed" AFTER INSERT OR UPDATE OR DELETE ON "user_role" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();
CREATE TRIGGER "permission_changed" AFTER INSERT OR UPDATE OR DELETE ON "permission" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();
CREATE TRIGGER "delegation_changed" AFTER INSERT OR UPDATE OR DELETE ON "delegation" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();
-- A caller is every party that is the same person as its own.
CREATE TRIGGER "party_cluster_told" AFTER INSERT OR UPDATE OR DELETE ON "party_cluster" FOR EACH STATEMENT EXECUTE FUNCTION "tandem_access_changed"();
